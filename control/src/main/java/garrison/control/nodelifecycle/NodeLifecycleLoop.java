package garrison.control.nodelifecycle;

import garrison.client.Cluster;
import garrison.client.cache.Cache;
import garrison.client.cache.Handler;
import garrison.client.cache.Index;
import garrison.client.cache.ObjectKey;
import garrison.client.events.EventRecorder;
import garrison.client.queue.Timer;
import garrison.client.queue.WorkQueue;
import garrison.client.queue.Workers;
import garrison.control.Background;
import garrison.control.Loop;
import garrison.control.Parts;
import garrison.model.Lease;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.Taint;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * Keeps the nodes' conditions and taints true (spec: daemonset 9.3).
 *
 * <ul>
 *   <li>Every five seconds, {@link NodeMonitor} looks for silent nodes.
 *   <li>At each change of a node, at once, its taints follow its conditions: a node that becomes
 *       Ready loses {@code not-ready} as soon as its status is seen.
 *   <li>Ten times a second, lost nodes whose turn it is get the NoExecute taint.
 * </ul>
 */
public final class NodeLifecycleLoop implements Loop {
  /** Source of the events. */
  public static final String NAME = "node-controller";

  private static final int WORKERS = 16;
  private static final Duration SERVE = Duration.ofMillis(100);

  private final Cluster cluster;
  private final Cache<Node> nodes;
  private final Cache<Pod> pods;
  private final Cache<Lease> leases;
  private final Clock clock;
  private final Limits limits;
  private final WorkQueue<String> unsettled = new WorkQueue<>("node taints", Timer.system());
  private final WorkQueue<ObjectKey> arrived =
      new WorkQueue<>("pods on lost nodes", Timer.system());
  private final Parts parts = new Parts();

  /** Over caches of all nodes, all pods, and the leases of {@code kube-node-lease}. */
  public NodeLifecycleLoop(
      Cluster cluster,
      Cache<Node> nodes,
      Cache<Pod> pods,
      Cache<Lease> leases,
      Clock clock,
      Limits limits) {
    this.cluster = cluster;
    this.nodes = nodes;
    this.pods = pods;
    this.leases = leases;
    this.clock = clock;
    this.limits = limits;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    EventRecorder events = parts.add(new EventRecorder(cluster, NAME, "", clock));
    NodeWrites writes = new NodeWrites(cluster, events);
    Index<Pod> podsOfNode =
        pods.index(pod -> pod.nodeName().isEmpty() ? List.of() : List.of(pod.nodeName()));
    NodeMonitor monitor = new NodeMonitor(nodes, podsOfNode, leases, writes, clock, limits);
    nodes.addHandler(new NodeHandler());
    pods.addHandler(new PodHandler());
    List<Cache<?>> all = List.of(nodes, pods, leases);
    parts.add(
        Background.whenSynced(
            "node lifecycle start",
            all,
            () -> {
              parts.add(Workers.start(unsettled, WORKERS, name -> settle(name, writes)));
              parts.add(Workers.start(arrived, WORKERS, key -> arrived(key, writes)));
            }));
    parts.add(Background.every("node monitor", limits.period(), all, monitor::pass));
    parts.add(Background.every("node eviction rate", SERVE, all, monitor::serve));
  }

  @Override
  public void close() {
    unsettled.shutDown();
    arrived.shutDown();
    parts.close();
  }

  private void settle(String name, NodeWrites writes) {
    Node node = nodes.get("", name);
    if (node == null) {
      return;
    }
    List<Taint> taints = ConditionTaints.settled(node, clock.instant());
    if (taints != node.taints()) {
      writes.taints(node, taints);
    }
  }

  private void arrived(ObjectKey key, NodeWrites writes) {
    Pod pod = pods.get(key);
    Node node = pod == null ? null : nodes.get("", pod.nodeName());
    if (pod != null && node != null && node.condition("Ready") != null && !node.ready()) {
      writes.notReady(pod, clock.instant());
    }
  }

  private final class NodeHandler implements Handler<Node> {
    @Override
    public void added(Node now) {
      if (ConditionTaints.settled(now, clock.instant()) != now.taints()) {
        unsettled.add(now.name());
      }
    }

    @Override
    public void updated(Node old, Node now) {
      added(now);
    }
  }

  private final class PodHandler implements Handler<Pod> {
    @Override
    public void added(Pod now) {
      if (!now.nodeName().isEmpty()) {
        arrived.add(ObjectKey.of(now.document()));
      }
    }

    @Override
    public void updated(Pod old, Pod now) {
      if (old.nodeName().isEmpty()) {
        added(now);
      }
    }
  }
}
