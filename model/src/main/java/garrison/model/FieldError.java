package garrison.model;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One thing wrong with one field (spec: api-server 13, "Causes for 422").
 *
 * @param field dotted path, such as {@code spec.template.spec.containers[0].image}
 * @param type what is wrong
 * @param message the whole message of the cause, such as {@code Invalid value: "x": why}
 */
public record FieldError(String field, Type type, String message) {
  /** The {@code reason} of a cause. */
  public enum Type {
    NOT_FOUND("FieldValueNotFound"),
    REQUIRED("FieldValueRequired"),
    DUPLICATE("FieldValueDuplicate"),
    INVALID("FieldValueInvalid"),
    NOT_SUPPORTED("FieldValueNotSupported"),
    FORBIDDEN("FieldValueForbidden"),
    TOO_LONG("FieldValueTooLong"),
    TOO_MANY("FieldValueTooMany"),
    INTERNAL("InternalError"),
    TYPE_INVALID("TypeInvalid");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    /** The word on the wire. */
    public String text() {
      return text;
    }
  }

  @Override
  public String toString() {
    return field + ": " + message;
  }

  /** The 422 for these errors; {@code kind} is the kind's name, not its plural. */
  static StatusException invalid(String kind, String group, String name, List<FieldError> errors) {
    List<FieldError> distinct = List.copyOf(new LinkedHashSet<>(errors));
    String all =
        distinct.size() == 1
            ? distinct.getFirst().toString()
            : distinct.stream()
                .map(FieldError::toString)
                .collect(Collectors.joining(", ", "[", "]"));
    String qualified = group.isEmpty() ? kind : kind + "." + group;
    ObjectNode details = StatusException.details(name, group, kind);
    ArrayNode causes = details.putArray("causes");
    for (FieldError error : distinct) {
      ObjectNode cause = causes.addObject();
      cause.put("reason", error.type().text());
      cause.put("message", error.message());
      cause.put("field", error.field());
    }
    return StatusException.of(
        StatusReason.INVALID, qualified + " \"" + name + "\" is invalid: " + all, details);
  }
}
