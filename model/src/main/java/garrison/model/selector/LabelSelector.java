package garrison.model.selector;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Picks objects by their labels (spec: api-server 8.3). All requirements must hold; none at all
 * picks everything. Immutable.
 */
public final class LabelSelector {
  /** Picks everything. */
  public static final LabelSelector EVERYTHING = new LabelSelector(List.of(), false);

  /** Picks nothing. */
  public static final LabelSelector NOTHING = new LabelSelector(List.of(), true);

  /** Picks nothing, because nobody knows what it should pick. */
  private static final LabelSelector MALFORMED = new LabelSelector(List.of(), true);

  private final List<Requirement> requirements;
  private final boolean nothing;

  private LabelSelector(List<Requirement> requirements, boolean nothing) {
    this.requirements = requirements;
    this.nothing = nothing;
  }

  /**
   * Reads the text form, as in a query.
   *
   * @throws SelectorException with upstream's sentence where it is malformed
   */
  public static LabelSelector parse(String text) {
    if (text.isEmpty()) {
      return EVERYTHING;
    }
    return all(new LabelSelectorParser(text).parse());
  }

  /**
   * Reads the document form, {@code matchLabels} and {@code matchExpressions}. Absent or null picks
   * nothing, an empty object everything. One that validation would refuse (an unknown operator, the
   * wrong number of values) picks nothing.
   */
  public static LabelSelector of(@Nullable JsonNode selector) {
    if (selector == null || !selector.isObject()) {
      return NOTHING;
    }
    List<Requirement> requirements = new ArrayList<>();
    selector
        .path("matchLabels")
        .forEachEntry(
            (key, value) ->
                requirements.add(
                    new Requirement(
                        key, Requirement.Operator.EQUALS, List.of(value.asString("")))));
    for (JsonNode expression : selector.path("matchExpressions")) {
      Requirement requirement = requirement(expression);
      if (requirement == null) {
        return MALFORMED;
      }
      requirements.add(requirement);
    }
    return all(requirements);
  }

  private static LabelSelector all(List<Requirement> requirements) {
    if (requirements.isEmpty()) {
      return EVERYTHING;
    }
    requirements.sort(Comparator.comparing(Requirement::key));
    return new LabelSelector(List.copyOf(requirements), false);
  }

  /** One of {@code matchExpressions}, null where it is malformed. */
  private static @Nullable Requirement requirement(JsonNode expression) {
    Requirement.Operator operator =
        switch (expression.path("operator").asString("")) {
          case "In" -> Requirement.Operator.IN;
          case "NotIn" -> Requirement.Operator.NOT_IN;
          case "Exists" -> Requirement.Operator.EXISTS;
          case "DoesNotExist" -> Requirement.Operator.DOES_NOT_EXIST;
          default -> null;
        };
    List<String> values = new ArrayList<>();
    expression.path("values").forEach(value -> values.add(value.asString("")));
    values.sort(null);
    if (operator == null || operator.takesValues() == values.isEmpty()) {
      return null;
    }
    return new Requirement(expression.path("key").asString(""), operator, List.copyOf(values));
  }

  /** Whether it picks an object with these labels. */
  public boolean matches(Map<String, String> labels) {
    if (nothing) {
      return false;
    }
    for (Requirement requirement : requirements) {
      if (!requirement.matches(labels)) {
        return false;
      }
    }
    return true;
  }

  /** Whether it picks everything. */
  public boolean isEmpty() {
    return !nothing && requirements.isEmpty();
  }

  /** Its conditions, by key. */
  public List<Requirement> requirements() {
    return requirements;
  }

  /**
   * The text form as tables show it: {@code <none>} for one that picks everything or nothing,
   * {@code <error>} for one that is malformed.
   */
  public String format() {
    if (this == MALFORMED) {
      return "<error>";
    }
    return requirements.isEmpty() ? "<none>" : toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LabelSelector that
        && nothing == that.nothing
        && requirements.equals(that.requirements);
  }

  @Override
  public int hashCode() {
    return requirements.hashCode();
  }

  @Override
  public String toString() {
    return requirements.stream().map(Requirement::toString).collect(Collectors.joining(","));
  }
}
