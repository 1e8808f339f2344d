package garrison.apiserver.resource;

import garrison.client.PatchType;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.json.Yaml;
import garrison.model.kind.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The codec of kinds whose structure nobody describes: documents stay as they come. */
final class PlainCodec implements Codec {
  private static final List<String> FIRST = List.of("kind", "apiVersion", "metadata");
  private static final List<String> METADATA =
      List.of(
          "name",
          "generateName",
          "namespace",
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "labels",
          "annotations",
          "ownerReferences",
          "finalizers");

  @Override
  public ObjectNode decode(
      Kind kind, Body body, FieldValidation validation, Consumer<String> warnings) {
    JsonNode parsed =
        switch (body) {
          case Body.Document document -> document.document().deepCopy();
          case Body.Bytes bytes -> parse(kind, bytes);
        };
    if (!(parsed instanceof ObjectNode document)) {
      throw unrecognized(kind, "the body is no object", "");
    }
    return typed(kind, document);
  }

  private static JsonNode parse(Kind kind, Body.Bytes bytes) {
    try {
      return switch (bytes.format()) {
        case JSON -> Json.parse(bytes.bytes());
        case YAML -> Yaml.documents(new String(bytes.bytes(), StandardCharsets.UTF_8)).getFirst();
        case PROTOBUF ->
            throw StatusException.of(
                StatusReason.UNSUPPORTED_MEDIA_TYPE,
                kind.kind() + " is taken as JSON or YAML only");
      };
    } catch (JacksonException e) {
      throw unrecognized(kind, e.getOriginalMessage(), "");
    }
  }

  private static StatusException unrecognized(Kind kind, String why, String start) {
    return StatusException.badRequest(
        "the object provided is unrecognized (must be of type "
            + kind.kind()
            + "): couldn't get version/kind; json parse error: "
            + why
            + start);
  }

  private static ObjectNode typed(Kind kind, ObjectNode document) {
    String given = Documents.text(document, "kind");
    String version = Documents.text(document, "apiVersion");
    if (!given.isEmpty() && !given.equals(kind.kind())
        || !version.isEmpty() && !version.equals(kind.apiVersion())) {
      throw StatusException.badRequest(
          given
              + " in version \""
              + version
              + "\" cannot be handled as a "
              + kind.kind()
              + ": no kind \""
              + given
              + "\" is registered for version \""
              + version
              + "\"");
    }
    document.put("kind", kind.kind());
    document.put("apiVersion", kind.apiVersion());
    return document;
  }

  @Override
  public ObjectNode patched(
      Kind kind,
      ObjectNode current,
      PatchType type,
      Body patch,
      FieldValidation validation,
      Consumer<String> warnings) {
    JsonNode change =
        switch (patch) {
          case Body.Document document -> document.document();
          case Body.Bytes bytes -> parse(kind, bytes);
        };
    if (type != PatchType.MERGE || !(change instanceof ObjectNode members)) {
      throw StatusException.of(
          StatusReason.UNSUPPORTED_MEDIA_TYPE,
          kind.kind() + " is patched by an object of type " + PatchType.MERGE.mediaType());
    }
    ObjectNode result = current.deepCopy();
    merge(result, members);
    return typed(kind, result);
  }

  private static void merge(ObjectNode target, ObjectNode patch) {
    patch.forEachEntry(
        (name, value) -> {
          if (value.isNull()) {
            target.remove(name);
          } else if (value instanceof ObjectNode members) {
            ObjectNode nested =
                target.get(name) instanceof ObjectNode present ? present : target.putObject(name);
            merge(nested, members);
          } else {
            target.set(name, value.deepCopy());
          }
        });
  }

  @Override
  public byte[] encode(Kind kind, ObjectNode document) {
    ObjectNode ordered = ordered(document, FIRST);
    if (document.get("metadata") instanceof ObjectNode metadata) {
      ordered.set("metadata", ordered(metadata, METADATA));
    }
    return Json.bytes(ordered);
  }

  private static ObjectNode ordered(ObjectNode document, List<String> first) {
    ObjectNode ordered = Json.object();
    for (String name : first) {
      JsonNode value = document.get(name);
      if (value != null) {
        ordered.set(name, value);
      }
    }
    for (Map.Entry<String, JsonNode> member : document.properties()) {
      ordered.set(member.getKey(), member.getValue());
    }
    return ordered;
  }
}
