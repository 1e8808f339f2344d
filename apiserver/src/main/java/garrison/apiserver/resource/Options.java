package garrison.apiserver.resource;

import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.kind.Rules;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Refusals of query options, which read like those of objects of group meta.k8s.io. Pure. */
public final class Options {
  private Options() {}

  /** The 422 for one option: {@code ListOptions.meta.k8s.io "" is invalid: …}. */
  public static StatusException invalid(String options, List<FieldError> errors) {
    return StatusException.invalid(kind(options), "", errors);
  }

  /** A value that is none of the supported ones. */
  public static FieldError unsupported(String field, String value, String supported) {
    return new FieldError(
        field,
        FieldError.Type.NOT_SUPPORTED,
        "Unsupported value: " + value + ": supported values: " + supported);
  }

  /** An option that may not be given here. */
  public static FieldError forbidden(String field, String why) {
    return new FieldError(field, FieldError.Type.FORBIDDEN, "Forbidden: " + why);
  }

  /**
   * Reads {@code dryRun}, which may be given more than once.
   *
   * @param options the name in a refusal, such as CreateOptions
   * @param values as they stand in the query or the body
   * @return whether nothing is to be stored
   */
  public static boolean dryRun(String options, List<String> values) {
    if (values.isEmpty()) {
      return false;
    }
    if (!values.stream().allMatch("All"::equals)) {
      String list =
          values.stream()
              .map(value -> "\"" + value + "\"")
              .collect(Collectors.joining(",", "[", "]"));
      throw invalid(options, List.of(unsupported("dryRun", list, "\"All\"")));
    }
    return true;
  }

  /** Reads {@code fieldValidation}; an empty text means the default (spec: api-server 6.3). */
  public static FieldValidation fieldValidation(String options, String value) {
    return switch (value) {
      case "", "Warn" -> FieldValidation.WARN;
      case "Ignore" -> FieldValidation.IGNORE;
      case "Strict" -> FieldValidation.STRICT;
      default ->
          throw invalid(
              options,
              List.of(
                  unsupported(
                      "fieldValidation",
                      "\"" + value + "\"",
                      "\"\", \"Ignore\", \"Strict\", \"Warn\"")));
    };
  }

  static Kind kind(String name) {
    return new Kind(
        "meta.k8s.io",
        "v1",
        name,
        name,
        name,
        List.of(),
        List.of(),
        false,
        Set.of(),
        List.of(),
        null,
        List.of(),
        List.of(),
        Set.of(),
        Rules.NONE,
        null);
  }
}
