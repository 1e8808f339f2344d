package garrison.apiserver.resource;

import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.kind.Rules;
import java.util.List;
import java.util.Set;

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
