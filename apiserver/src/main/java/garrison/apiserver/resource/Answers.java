package garrison.apiserver.resource;

import garrison.apiserver.watch.Stored;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.schema.GoJson;
import tools.jackson.databind.node.ObjectNode;

/** Makes answers of what was written. */
final class Answers {
  private final Codec codec;

  Answers(Codec codec) {
    this.codec = codec;
  }

  /** A stored state. */
  Answer stored(int code, Stored stored) {
    return new Answer(code, stored.document(), stored::json);
  }

  /** A document that is not, or not so, in the store. */
  Answer plain(int code, Kind kind, ObjectNode document) {
    ObjectNode form = codec.canonical(kind, document);
    return new Answer(code, form, () -> GoJson.bytes(form));
  }

  /** {@code Status} Success, as binding and eviction answer it. */
  Answer created() {
    return status(201, success().put("code", 201));
  }

  /** {@code Status} Success for a removed object (spec: api-server 10.3). */
  Answer removed(Kind kind, ObjectNode last) {
    ObjectNode status = success();
    ObjectNode details = status.putObject("details");
    details.put("name", Documents.name(last));
    if (!kind.group().isEmpty()) {
      details.put("group", kind.group());
    }
    details.put("kind", kind.plural());
    details.put("uid", Documents.uid(last));
    return status(200, status);
  }

  /** The same under another code. */
  Answer withCode(int code, Answer answer) {
    return new Answer(code, answer.document(), answer::json);
  }

  private static Answer status(int code, ObjectNode status) {
    return new Answer(code, status, () -> GoJson.bytes(status));
  }

  private static ObjectNode success() {
    ObjectNode status = Json.object();
    status.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
    return status.put("status", "Success");
  }
}
