package garrison.model.selector;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What holds for every selector. */
class SelectorProperties {
  @Provide
  Arbitrary<List<Requirement>> requirements() {
    Arbitrary<String> keys = Arbitraries.of("a", "b", "x/y", "in", "notin");
    Arbitrary<List<String>> values =
        values().set().ofMinSize(1).ofMaxSize(3).map(set -> set.stream().sorted().toList());
    Arbitrary<Requirement> requirements =
        Combinators.combine(keys, Arbitraries.of(Requirement.Operator.class), values)
            .as(
                (key, operator, those) ->
                    new Requirement(
                        key,
                        operator,
                        switch (operator) {
                          case IN, NOT_IN -> those;
                          case EQUALS, NOT_EQUALS -> List.of(those.getFirst());
                          case GREATER_THAN, LESS_THAN -> List.of("3");
                          case EXISTS, DOES_NOT_EXIST -> List.of();
                        }));
    return requirements.list().ofMaxSize(4);
  }

  private static Arbitrary<String> values() {
    return Arbitraries.of("", "v", "w", "in", "2", "4");
  }

  @Provide
  Arbitrary<Map<String, String>> labels() {
    return Arbitraries.maps(Arbitraries.of("a", "b", "x/y", "in", "notin"), values()).ofMaxSize(4);
  }

  private static String text(List<Requirement> requirements) {
    return requirements.stream().map(Requirement::toString).collect(Collectors.joining(", "));
  }

  @Property
  void textsPickWhatAllTheirRequirementsPick(
      @ForAll("requirements") List<Requirement> requirements,
      @ForAll("labels") Map<String, String> labels) {
    LabelSelector selector = LabelSelector.parse(text(requirements));
    assertThat(selector.matches(labels))
        .isEqualTo(requirements.stream().allMatch(one -> one.matches(labels)));
    assertThat(LabelSelector.parse(selector.toString())).isEqualTo(selector);
  }

  /** {@code In} and {@code NotIn}, {@code Exists} and {@code DoesNotExist} are opposites. */
  @Property
  void documentsPickWhatTheirTextPicks(
      @ForAll("requirements") List<Requirement> requirements,
      @ForAll("labels") Map<String, String> labels) {
    List<Requirement> expressible =
        requirements.stream()
            .filter(
                one ->
                    one.operator() == Requirement.Operator.IN
                        || one.operator() == Requirement.Operator.NOT_IN
                        || !one.operator().takesValues())
            .toList();
    ObjectNode document = Json.object();
    ArrayNode expressions = document.putArray("matchExpressions");
    for (Requirement one : expressible) {
      ObjectNode expression = expressions.addObject().put("key", one.key());
      expression.put(
          "operator",
          switch (one.operator()) {
            case IN -> "In";
            case NOT_IN -> "NotIn";
            case EXISTS -> "Exists";
            default -> "DoesNotExist";
          });
      ArrayNode values = expression.putArray("values");
      one.values().forEach(values::add);
    }
    assertThat(LabelSelector.of(document).matches(labels))
        .isEqualTo(LabelSelector.parse(text(expressible)).matches(labels));
  }

  @Property
  void anyTextIsReadOrRefused(@ForAll("texts") String text) {
    try {
      LabelSelector.parse(text);
    } catch (SelectorException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
    try {
      FieldSelector.parse(text);
    } catch (SelectorException e) {
      assertThat(e.getMessage()).startsWith("invalid ");
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of("a", "in", "notin", "(", ")", ",", "=", "!", "<", " ", "\\", "-", "é")
        .list()
        .ofMaxSize(8)
        .map(parts -> String.join("", parts));
  }

  /** Whatever a value holds, a selector can ask for exactly that. */
  @Property
  void escapedFieldValuesAreFound(@ForAll String value) {
    String escaped = value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
    ObjectNode document = Json.object();
    document.putObject("spec").put("nodeName", value);
    assertThat(FieldSelector.parse("spec.nodeName=" + escaped).matches(document)).isTrue();
    assertThat(FieldSelector.parse("spec.nodeName!=" + escaped).matches(document)).isFalse();
  }
}
