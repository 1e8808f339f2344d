package garrison.client.events;

import garrison.model.json.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an event is about. Empty strings mean "not given".
 *
 * @param fieldPath part of the object, such as {@code spec.containers{app}}
 */
public record ObjectReference(
    String apiVersion,
    String kind,
    String namespace,
    String name,
    String uid,
    String resourceVersion,
    String fieldPath) {

  /** The reference to a whole document, which must carry apiVersion and kind. */
  public static ObjectReference of(ObjectNode document) {
    JsonNode metadata = document.path("metadata");
    return new ObjectReference(
        document.path("apiVersion").asString(""),
        document.path("kind").asString(""),
        metadata.path("namespace").asString(""),
        metadata.path("name").asString(""),
        metadata.path("uid").asString(""),
        metadata.path("resourceVersion").asString(""),
        "");
  }

  /**
   * A node as its own controllers refer to it: the uid where the API object's uid stands elsewhere
   * is the node's name for the kubelet, so callers choose.
   */
  public static ObjectReference node(String name, String uid) {
    return new ObjectReference("v1", "Node", "", name, uid, "", "");
  }

  /** The same object, a part of it. */
  public ObjectReference field(String path) {
    return new ObjectReference(apiVersion, kind, namespace, name, uid, resourceVersion, path);
  }

  /** The object without its version: what repeated events have in common. */
  ObjectReference identity() {
    return new ObjectReference(apiVersion, kind, namespace, name, uid, "", fieldPath);
  }

  ObjectNode toJson() {
    ObjectNode json = Json.object();
    put(json, "kind", kind);
    put(json, "namespace", namespace);
    put(json, "name", name);
    put(json, "uid", uid);
    put(json, "apiVersion", apiVersion);
    put(json, "resourceVersion", resourceVersion);
    put(json, "fieldPath", fieldPath);
    return json;
  }

  private static void put(ObjectNode json, String field, String value) {
    if (!value.isEmpty()) {
      json.put(field, value);
    }
  }
}
