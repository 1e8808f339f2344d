package garrison.client.cache;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.client.ResourceList;
import garrison.client.Watch;
import garrison.client.WatchListener;
import garrison.client.WatchOptions;
import garrison.model.kind.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists and watches as the test says; nothing else. */
final class ScriptedCluster implements Cluster {
  final BlockingQueue<Opened> opened = new LinkedBlockingQueue<>();
  final List<ListOptions> lists = new ArrayList<>();
  volatile Supplier<ResourceList> answerList =
      () -> {
        throw new IllegalStateException("not scripted");
      };
  volatile RuntimeException refuseStreams;
  volatile RuntimeException refuseAll;

  /** A watch the reflector has opened. */
  record Opened(WatchOptions options, WatchListener listener) {}

  @Override
  public ResourceList list(Kind kind, String namespace, ListOptions options) {
    lists.add(options);
    return answerList.get();
  }

  @Override
  public Watch watch(Kind kind, String namespace, WatchOptions options, WatchListener listener) {
    if (refuseAll != null) {
      throw refuseAll;
    }
    if (options.sendInitialEvents() && refuseStreams != null) {
      throw refuseStreams;
    }
    Once once = new Once(listener);
    opened.add(new Opened(options, once));
    return () -> once.closed(null);
  }

  /** Keeps the promise that the end is told once. */
  private static final class Once implements WatchListener {
    private final WatchListener to;
    private boolean ended;

    Once(WatchListener to) {
      this.to = to;
    }

    @Override
    public void event(garrison.client.WatchEvent event) {
      to.event(event);
    }

    @Override
    public synchronized void closed(Throwable cause) {
      if (!ended) {
        ended = true;
        to.closed(cause);
      }
    }
  }

  @Override
  public ObjectNode get(Kind kind, String namespace, String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ObjectNode create(Kind kind, String namespace, ObjectNode document) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ObjectNode update(Kind kind, ObjectNode document, String subresource) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ObjectNode patch(
      Kind kind, String ns, String name, PatchType type, JsonNode patch, String subresource) {
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
}
