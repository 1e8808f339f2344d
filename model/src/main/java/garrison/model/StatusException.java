package garrison.model;

import garrison.model.kind.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A refusal in Kubernetes' own form: it carries the {@code Status} document that goes over the wire
 * (spec: api-server 13). Thrown by the API server, and by every {@code Cluster} for what the server
 * refused; the same type on both sides, so a loop cannot tell whether its server is near or far.
 * Immutable; the document must not be changed.
 */
public final class StatusException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ObjectNode status;

  /** Wraps a {@code Status} document as it stands. */
  public StatusException(ObjectNode status) {
    super(status.path("message").asString(""), null, false, false);
    this.status = status;
  }

  /** The whole {@code Status} document; not to be changed. */
  public ObjectNode status() {
    return status;
  }

  /** The HTTP code. */
  public int code() {
    return status.path("code").asInt(500);
  }

  /** The reason, {@link StatusReason#UNKNOWN} where the document has none. */
  public StatusReason reason() {
    return StatusReason.of(status.path("reason").asString(""));
  }

  /** The message for people. */
  public String message() {
    return status.path("message").asString("");
  }

  /** A refusal without {@code details}. */
  public static StatusException of(StatusReason reason, String message) {
    return new StatusException(body(reason, message, null));
  }

  /** A refusal with the given {@code details}. */
  public static StatusException of(StatusReason reason, String message, ObjectNode details) {
    return new StatusException(body(reason, message, details));
  }

  /** 400, no details. */
  public static StatusException badRequest(String message) {
    return of(StatusReason.BAD_REQUEST, message);
  }

  /** 404 for a missing object: {@code daemonsets.apps "x" not found}. */
  public static StatusException notFound(Kind kind, String name) {
    return of(
        StatusReason.NOT_FOUND,
        kind.qualifiedPlural() + " \"" + name + "\" not found",
        details(name, kind.group(), kind.plural()));
  }

  /** 409 for a name that is taken. */
  public static StatusException alreadyExists(Kind kind, String name) {
    return of(
        StatusReason.ALREADY_EXISTS,
        kind.qualifiedPlural() + " \"" + name + "\" already exists",
        details(name, kind.group(), kind.plural()));
  }

  /** 409 for a write that names an old resourceVersion. */
  public static StatusException conflict(Kind kind, String name) {
    return conflict(
        kind,
        name,
        "the object has been modified; please apply your changes to the latest version and try"
            + " again");
  }

  /** 409 with another explanation after the usual start of the sentence. */
  public static StatusException conflict(Kind kind, String name, String why) {
    return of(
        StatusReason.CONFLICT,
        "Operation cannot be fulfilled on " + kind.qualifiedPlural() + " \"" + name + "\": " + why,
        details(name, kind.group(), kind.plural()));
  }

  /** 403: {@code pods "x" is forbidden: why}. */
  public static StatusException forbidden(Kind kind, String name, String why) {
    String subject = name.isEmpty() ? "" : " \"" + name + "\"";
    return of(
        StatusReason.FORBIDDEN,
        kind.qualifiedPlural() + subject + " is forbidden: " + why,
        details(name, kind.group(), kind.plural()));
  }

  /** 422 with one cause for each error, in the order of the checks; duplicates are named once. */
  public static StatusException invalid(Kind kind, String name, List<FieldError> errors) {
    return FieldError.invalid(kind.kind(), kind.group(), name, errors);
  }

  /** 404: nobody serves this here, said as for an unknown path. */
  public static StatusException unknownResource() {
    return of(
        StatusReason.NOT_FOUND,
        "the server could not find the requested resource",
        JsonNodeFactory.instance.objectNode());
  }

  /** 405: the resource is there, the method is not for it. */
  public static StatusException methodNotAllowed() {
    return of(
        StatusReason.METHOD_NOT_ALLOWED,
        "the server does not allow this method on the requested resource",
        JsonNodeFactory.instance.objectNode());
  }

  /** 500, {@code Internal error occurred: text}. */
  public static StatusException internal(String text) {
    return of(StatusReason.INTERNAL_ERROR, "Internal error occurred: " + text);
  }

  static ObjectNode body(StatusReason reason, String message, @Nullable ObjectNode details) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("kind", "Status");
    status.put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Failure");
    status.put("message", message);
    if (!reason.text().isEmpty()) {
      status.put("reason", reason.text());
    }
    if (details != null) {
      status.set("details", details);
    }
    status.put("code", reason.code());
    return status;
  }

  static ObjectNode details(String name, String group, String kind) {
    ObjectNode details = JsonNodeFactory.instance.objectNode();
    if (!name.isEmpty()) {
      details.put("name", name);
    }
    if (!group.isEmpty()) {
      details.put("group", group);
    }
    if (!kind.isEmpty()) {
      details.put("kind", kind);
    }
    return details;
  }
}
