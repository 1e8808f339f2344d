package garrison.apiserver.resource;

import garrison.apiserver.watch.Stored;
import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Refusals whose form differs from the usual ones (spec: api-server 10, 13). Pure. */
final class Refusals {
  private Refusals() {}

  /** The name is taken. */
  static StatusException exists(Kind kind, Stored present) {
    StatusException plain = StatusException.alreadyExists(kind, Documents.name(present.document()));
    return Documents.deleting(present.document())
        ? reworded(plain, "object is being deleted: " + plain.message())
        : plain;
  }

  /** All generated names were taken. */
  static StatusException noUniqueName(StatusException last) {
    StatusException reworded =
        reworded(
            last,
            last.message() + ", the server was not able to generate a unique name for the object");
    reworded.status().withObject("details").put("retryAfterSeconds", 1);
    return reworded;
  }

  private static StatusException reworded(StatusException refusal, String message) {
    ObjectNode status = refusal.status().deepCopy();
    status.put("message", message);
    return new StatusException(status);
  }

  /** A PUT that carries another uid. */
  static StatusException otherUid(Kind kind, String namespace, String name, String uid, String is) {
    String place = namespace.isEmpty() ? name : namespace + "/" + name;
    return StatusException.conflict(
        kind,
        name,
        "StorageError: invalid object, Code: 4, Key: /registry/"
            + kind.plural()
            + "/"
            + place
            + ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: "
            + uid
            + ", UID in object meta: "
            + is);
  }

  /** A PUT of a kind that never updates blindly; it names the resource, not the kind. */
  static StatusException versionRequired(Kind kind, String name) {
    FieldError error =
        new FieldError(
            "metadata.resourceVersion",
            FieldError.Type.INVALID,
            "Invalid value: 0: must be specified for an update");
    ObjectNode status = StatusException.invalid(kind, name, List.of(error)).status().deepCopy();
    status.put("message", kind.qualifiedPlural() + " \"" + name + "\" is invalid: " + error);
    status.withObject("details").put("kind", kind.plural());
    return new StatusException(status);
  }

  /** A precondition of a deletion that does not hold; it names the kind, not the resource. */
  static StatusException precondition(Kind kind, String name, String why) {
    String qualified = kind.group().isEmpty() ? kind.kind() : kind.kind() + "." + kind.group();
    ObjectNode details = Json.object().put("name", name);
    if (!kind.group().isEmpty()) {
      details.put("group", kind.group());
    }
    details.put("kind", kind.kind());
    return StatusException.of(
        StatusReason.CONFLICT,
        "Operation cannot be fulfilled on " + qualified + " \"" + name + "\": " + why,
        details);
  }

  /** Adds causes and perhaps a time to wait to the details of a refusal. */
  static StatusException withCause(
      StatusException refusal, ObjectNode cause, @Nullable Integer retryAfterSeconds) {
    ObjectNode status = refusal.status().deepCopy();
    int code = status.path("code").asInt();
    status.remove("code");
    ObjectNode details =
        status.get("details") instanceof ObjectNode present ? present : status.putObject("details");
    details.putArray("causes").add(cause);
    if (retryAfterSeconds != null) {
      details.put("retryAfterSeconds", retryAfterSeconds);
    }
    status.put("code", code);
    return new StatusException(status);
  }
}
