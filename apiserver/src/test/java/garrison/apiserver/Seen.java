package garrison.apiserver;

import garrison.store.Store;
import tools.jackson.databind.JsonNode;

/**
 * One event as whoever saw it tells it.
 *
 * @param type as on the wire, such as {@code ADDED}
 * @param name of the object
 * @param revision the resourceVersion
 */
record Seen(String type, String name, long revision) {
  /** The event of a watch. */
  static Seen of(String type, JsonNode object) {
    JsonNode metadata = object.path("metadata");
    return of(type, metadata.path("name").asString(), metadata.path("resourceVersion").asString());
  }

  /** The same with the version as clients hold it. */
  static Seen of(String type, String name, String resourceVersion) {
    return new Seen(type, name, Long.parseLong(resourceVersion));
  }

  /** What the store itself tells. */
  static Seen of(Store.Change change) {
    String key = change.key();
    String type = change.deleted() ? "DELETED" : change.previous() == null ? "ADDED" : "MODIFIED";
    return new Seen(type, key.substring(key.lastIndexOf('/') + 1), change.revision());
  }
}
