package garrison.apiserver.resource;

import garrison.client.PatchType;
import garrison.model.StatusException;
import garrison.model.schema.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Fields of a body that are unknown or stand twice, and what becomes of it (spec: api-server 6.3).
 *
 * @param texts in the order of the document, such as {@code unknown field "spec.foo"}; one about
 *     YAML has several lines
 */
record FieldProblems(List<String> texts) {
  /** The first line of those about YAML. */
  private static final String HEADING = "yaml: unmarshal errors:";

  private static final Set<String> OPERATION_FIELDS = Set.of("op", "path", "from", "value");

  /** What the body of a patch shows before it is applied. */
  static FieldProblems ofPatch(PatchType type, Source patch) {
    List<String> texts = new ArrayList<>();
    if (type != PatchType.JSON) {
      patch.duplicates().forEach(path -> texts.add("duplicate field \"" + path + "\""));
      return new FieldProblems(texts);
    }
    int index = 0;
    for (JsonNode operation : patch.root()) {
      String at = "[" + index++ + "].";
      for (String field : operation.propertyNames()) {
        if (!OPERATION_FIELDS.contains(field)) {
          texts.add("json patch unknown field \"" + at + field + "\"");
        }
      }
      for (String path : patch.duplicates()) {
        if (path.startsWith(at)) {
          texts.add("json patch duplicate field \"" + path + "\"");
        }
      }
    }
    return new FieldProblems(texts);
  }

  /** These, and more behind them. */
  FieldProblems and(List<String> more) {
    List<String> all = new ArrayList<>(texts);
    all.addAll(more);
    return new FieldProblems(all);
  }

  /** Warns of them, or refuses the body. */
  void report(
      FieldValidation validation,
      Consumer<String> warnings,
      Function<String, StatusException> refusal) {
    if (validation == FieldValidation.STRICT && !texts.isEmpty()) {
      throw refusal.apply("strict decoding error: " + String.join(", ", texts));
    }
    if (validation == FieldValidation.WARN) {
      for (String text : texts) {
        text.lines().filter(line -> !line.equals(HEADING)).map(String::strip).forEach(warnings);
      }
    }
  }
}
