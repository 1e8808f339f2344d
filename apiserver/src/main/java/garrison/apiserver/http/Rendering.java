package garrison.apiserver.http;

import garrison.apiserver.watch.Stored;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.schema.GoJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes documents in the form that a client chose. Pure. */
final class Rendering {
  private Rendering() {}

  /** A whole document, as it is. */
  static BytesReply document(int code, View view, JsonNode document) {
    return new BytesReply(code, view.contentType(), bytes(view, document), Map.of());
  }

  /** One stored object. */
  static BytesReply stored(View view, String includeObject, Instant now, Stored stored) {
    if (view.form() == View.Form.OBJECT && !view.yaml() && !view.pretty()) {
      return BytesReply.json(200, line(stored.json()));
    }
    return object(200, view, includeObject, now, stored.kind(), stored.document());
  }

  /** One object in whatever form. */
  static BytesReply object(
      int code, View view, String includeObject, Instant now, Kind kind, ObjectNode object) {
    return document(
        code,
        view,
        switch (view.form()) {
          case OBJECT -> object;
          case METADATA -> partial(object);
          case TABLE -> Tables.ofObject(kind, object, includeObject, now);
          case METADATA_LIST ->
              throw notConvertible(
                  "PartialObjectMetadataList", "the requested object is not a list", goType(kind));
        });
  }

  /** The 406 for a form that does not go with one object, or with a list. */
  static StatusException notConvertible(String form, String why, String goType) {
    return StatusException.of(
        StatusReason.NOT_ACCEPTABLE,
        "you requested " + form + ", but " + why + " (" + goType + ")");
  }

  /** The name of upstream's type, which the message of a 406 shows. */
  static String goType(Kind kind) {
    String name = kind.group().isEmpty() ? "core" : kind.group().replaceFirst("\\..*", "");
    return "*" + name + "." + kind.kind();
  }

  /** Only an object's type and metadata. */
  static ObjectNode partial(ObjectNode object) {
    ObjectNode partial = Json.object();
    partial.put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
    partial.set("metadata", object.path("metadata"));
    return partial;
  }

  /** A list of only types and metadata. */
  static ObjectNode partialList(List<Stored> items, ObjectNode metadata) {
    ObjectNode list = Json.object();
    list.put("kind", "PartialObjectMetadataList").put("apiVersion", "meta.k8s.io/v1");
    list.set("metadata", metadata);
    var array = list.putArray("items");
    items.forEach(item -> array.add(partial(item.document())));
    return list;
  }

  static byte[] bytes(View view, JsonNode document) {
    if (view.yaml()) {
      return YamlWriter.bytes(document);
    }
    return line(view.pretty() ? PrettyJson.bytes(document) : GoJson.bytes(document));
  }

  /** With the end of line that JSON answers have. */
  static byte[] line(byte[] json) {
    byte[] line = new byte[json.length + 1];
    System.arraycopy(json, 0, line, 0, json.length);
    line[json.length] = '\n';
    return line;
  }
}
