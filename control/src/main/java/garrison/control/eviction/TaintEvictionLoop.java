package garrison.control.eviction;

import garrison.client.Cluster;
import garrison.client.cache.Cache;
import garrison.client.cache.Handler;
import garrison.client.cache.Index;
import garrison.client.cache.ObjectKey;
import garrison.client.events.EventRecorder;
import garrison.client.events.ObjectReference;
import garrison.client.queue.Timer;
import garrison.client.queue.WorkQueue;
import garrison.client.queue.Workers;
import garrison.control.Background;
import garrison.control.Loop;
import garrison.control.Parts;
import garrison.control.Patches;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.Taint;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Evicts by NoExecute taints. A key is a pod; what it gets is decided anew at each change of the
 * pod's tolerations or its node's taints. A pod that may stay for a while is given its time once,
 * from when it was first found; a later change moves that only to "now" or "never".
 *
 * <p>The times are soft state: after a restart they begin anew.
 */
public final class TaintEvictionLoop implements Loop {
  /** Source of the events. */
  public static final String NAME = "taint-eviction-controller";

  private static final int WORKERS = 8;

  private final Cluster cluster;
  private final Cache<Node> nodes;
  private final Cache<Pod> pods;
  private final Index<Pod> podsOfNode;
  private final Clock clock;
  private final WorkQueue<ObjectKey> queue = new WorkQueue<>("taint eviction", Timer.system());
  private final Map<ObjectKey, Due> due = new ConcurrentHashMap<>();
  private final Parts parts = new Parts();
  private @Nullable EventRecorder events;

  private record Due(String uid, Instant at) {}

  /** Over caches of all nodes and pods. */
  public TaintEvictionLoop(Cluster cluster, Cache<Node> nodes, Cache<Pod> pods, Clock clock) {
    this.cluster = cluster;
    this.nodes = nodes;
    this.pods = pods;
    this.clock = clock;
    this.podsOfNode =
        pods.index(pod -> pod.nodeName().isEmpty() ? List.of() : List.of(pod.nodeName()));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    events = parts.add(new EventRecorder(cluster, NAME, "", clock));
    nodes.addHandler(new NodeHandler());
    pods.addHandler(new PodHandler());
    parts.add(
        Background.whenSynced(
            "taint eviction start",
            List.of(nodes, pods),
            () -> parts.add(Workers.start(queue, WORKERS, this::settle))));
  }

  @Override
  public void close() {
    queue.shutDown();
    parts.close();
  }

  private void settle(ObjectKey key) {
    Pod pod = pods.get(key);
    Node node = pod == null ? null : nodes.get("", pod.nodeName());
    if (pod == null || node == null || pod.terminating()) {
      due.remove(key);
      return;
    }
    Due scheduled = due.get(key);
    if (scheduled != null && !scheduled.uid().equals(pod.meta().uid())) {
      due.remove(key);
      scheduled = null;
    }
    switch (Stay.of(node.taints(), pod.tolerations())) {
      case Stay.Forever forever -> cancel(key, pod, scheduled);
      case Stay.No no -> {
        cancel(key, pod, scheduled);
        evict(key, pod);
      }
      case Stay.For time -> wait(key, pod, time.time(), scheduled);
    }
  }

  private void cancel(ObjectKey key, Pod pod, @Nullable Due scheduled) {
    if (scheduled != null) {
      due.remove(key);
      tell(pod, "Cancelling deletion of Pod " + key);
    }
  }

  private void wait(ObjectKey key, Pod pod, Duration time, @Nullable Due scheduled) {
    Instant now = clock.instant();
    if (scheduled == null) {
      due.put(key, new Due(pod.meta().uid(), now.plus(time)));
      queue.addAfter(key, time);
    } else if (now.isBefore(scheduled.at())) {
      queue.addAfter(key, Duration.between(now, scheduled.at()));
    } else {
      evict(key, pod);
    }
  }

  private void evict(ObjectKey key, Pod pod) {
    tell(pod, "Marking for deletion Pod " + key);
    ObjectNode mark =
        Patches.condition(
            pod,
            "DisruptionTarget",
            "True",
            "DeletionByTaintManager",
            "Taint manager: deleting due to NoExecute taint",
            clock.instant());
    if (Patches.podStatusIfThere(cluster, pod, mark)) {
      Patches.deleteIfThere(cluster, pod);
    }
    due.remove(key);
  }

  private void tell(Pod pod, String message) {
    EventRecorder recorder = events;
    if (recorder != null) {
      recorder.normal(ObjectReference.of(pod.document()), "TaintManagerEviction", message);
    }
  }

  private static List<Taint> noExecute(Node node) {
    return node.taints().stream().filter(t -> t.effect().equals(Taint.NO_EXECUTE)).toList();
  }

  private final class NodeHandler implements Handler<Node> {
    @Override
    public void added(Node now) {
      if (!noExecute(now).isEmpty()) {
        enqueueAll(now);
      }
    }

    @Override
    public void updated(Node old, Node now) {
      if (!noExecute(old).equals(noExecute(now))) {
        enqueueAll(now);
      }
    }

    private void enqueueAll(Node node) {
      podsOfNode.get(node.name()).forEach(pod -> queue.add(ObjectKey.of(pod.document())));
    }
  }

  private final class PodHandler implements Handler<Pod> {
    @Override
    public void added(Pod now) {
      Node node = now.nodeName().isEmpty() ? null : nodes.get("", now.nodeName());
      if (node != null && !noExecute(node).isEmpty()) {
        queue.add(ObjectKey.of(now.document()));
      }
    }

    @Override
    public void updated(Pod old, Pod now) {
      if (!old.nodeName().equals(now.nodeName()) || !old.tolerations().equals(now.tolerations())) {
        queue.add(ObjectKey.of(now.document()));
      }
    }

    @Override
    public void deleted(Pod last) {
      ObjectKey key = ObjectKey.of(last.document());
      cancel(key, last, due.get(key));
    }
  }
}
