package garrison.apiserver.watch;

import garrison.client.WatchEvent;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.schema.GoJson;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One event of a watch; shared by all watches that get it, so it is encoded once. Thread-safe,
 * immutable.
 */
public final class Event {
  /** Marks the bookmark that ends the initial events (spec: api-server 9.4). */
  private static final String INITIAL_EVENTS_END = "k8s.io/initial-events-end";

  private final WatchEvent.Type type;
  private final @Nullable Stored stored;
  private final @Nullable ObjectNode plain;
  private volatile byte @Nullable [] line;

  private Event(WatchEvent.Type type, @Nullable Stored stored, @Nullable ObjectNode plain) {
    this.type = type;
    this.stored = stored;
    this.plain = plain;
  }

  static Event of(WatchEvent.Type type, Stored stored) {
    return new Event(type, stored, null);
  }

  static Event error(ObjectNode status) {
    return new Event(WatchEvent.Type.ERROR, null, status);
  }

  static Event bookmark(Kind kind, long revision, boolean initialEventsEnd) {
    ObjectNode object = Json.object();
    object.put("kind", kind.kind());
    object.put("apiVersion", kind.apiVersion());
    ObjectNode metadata = object.putObject("metadata");
    metadata.put("resourceVersion", Long.toString(revision));
    if (initialEventsEnd) {
      metadata.putObject("annotations").put(INITIAL_EVENTS_END, "true");
    }
    return new Event(WatchEvent.Type.BOOKMARK, null, object);
  }

  /** What happened. */
  public WatchEvent.Type type() {
    return type;
  }

  /** The object, a bookmark's few members, or the Status of an ERROR; not to be changed. */
  public ObjectNode object() {
    if (stored != null) {
      return stored.document();
    }
    return plain == null ? Json.object() : plain;
  }

  /** The event on the wire: one line of JSON, with its end of line; not to be changed. */
  public byte[] line() {
    byte[] present = line;
    if (present == null) {
      byte[] object = stored != null ? stored.json() : GoJson.bytes(object());
      byte[] head = ("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.US_ASCII);
      present = new byte[head.length + object.length + 2];
      System.arraycopy(head, 0, present, 0, head.length);
      System.arraycopy(object, 0, present, head.length, object.length);
      present[present.length - 2] = '}';
      present[present.length - 1] = '\n';
      line = present;
    }
    return present;
  }

  @Override
  public String toString() {
    return type + " " + (stored == null ? object() : stored);
  }
}
