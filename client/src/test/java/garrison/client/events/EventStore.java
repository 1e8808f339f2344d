package garrison.client.events;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.client.ResourceList;
import garrison.client.UnreachableException;
import garrison.client.Watch;
import garrison.client.WatchListener;
import garrison.client.WatchOptions;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A server that knows events only, and answers when the test lets it. */
final class EventStore implements Cluster {
  private final CountDownLatch open = new CountDownLatch(1);
  private final Map<String, ObjectNode> events = new LinkedHashMap<>();
  final AtomicInteger outages = new AtomicInteger();

  /** Answers from now on. */
  void open() {
    open.countDown();
  }

  /** All events in the order of their creation. */
  synchronized List<ObjectNode> all() {
    return events.values().stream().map(ObjectNode::deepCopy).toList();
  }

  /** Loses all events, as a server does when their time is over. */
  synchronized void clear() {
    events.clear();
  }

  /** Those about an object. */
  List<ObjectNode> about(String name) {
    return all().stream()
        .filter(event -> event.path("involvedObject").path("name").asString("").equals(name))
        .toList();
  }

  private void answer() {
    try {
      open.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreachableException("interrupted", e);
    }
    if (outages.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new UnreachableException("away", null);
    }
  }

  @Override
  public ObjectNode create(Kind kind, String namespace, ObjectNode document) {
    answer();
    synchronized (this) {
      events.put(document.path("metadata").path("name").asString(""), document);
    }
    return document;
  }

  @Override
  public ObjectNode patch(
      Kind kind, String ns, String name, PatchType type, JsonNode patch, String subresource) {
    answer();
    synchronized (this) {
      ObjectNode present = events.get(name);
      if (present == null) {
        throw StatusException.notFound(kind, name);
      }
      ObjectNode event = present.deepCopy();
      event.setAll((ObjectNode) patch);
      events.put(name, event);
      return event;
    }
  }

  @Override
  public ObjectNode get(Kind kind, String namespace, String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ResourceList list(Kind kind, String namespace, ListOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ObjectNode update(Kind kind, ObjectNode document, String subresource) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ObjectNode post(Kind kind, String ns, String name, String subresource, ObjectNode body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ObjectNode delete(Kind kind, String namespace, String name, DeleteOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Watch watch(Kind kind, String namespace, WatchOptions options, WatchListener listener) {
    throw new UnsupportedOperationException();
  }
}
