package garrison.client;

import tools.jackson.databind.node.ObjectNode;

/**
 * One event of a watch.
 *
 * @param type what happened
 * @param object the object, or the Status of an ERROR; shared, not to be changed
 */
public record WatchEvent(Type type, ObjectNode object) {
  /** The type on the wire. */
  public enum Type {
    ADDED,
    MODIFIED,
    DELETED,
    BOOKMARK,
    ERROR
  }
}
