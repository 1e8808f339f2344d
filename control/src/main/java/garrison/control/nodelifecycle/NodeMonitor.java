package garrison.control.nodelifecycle;

import garrison.client.cache.Cache;
import garrison.client.cache.Index;
import garrison.control.Parallel;
import garrison.model.Condition;
import garrison.model.Lease;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.Taint;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The look at all nodes, every few seconds:
 *
 * <ol>
 *   <li>a node silent for too long becomes Unknown, and the pods on it not Ready;
 *   <li>lost nodes queue for their NoExecute taint;
 *   <li>where no zone has a ready node, nothing is given up and what was is taken back: the fault
 *       is more likely on our side.
 * </ol>
 *
 * Nobody is judged by a view of the leases that is known to lag. {@link #pass} and {@link #serve}
 * are each called by one thread.
 */
final class NodeMonitor {
  private static final Logger log = LoggerFactory.getLogger(NodeMonitor.class);

  private final Cache<Node> nodes;
  private final Index<Pod> podsOfNode;
  private final Cache<Lease> leases;
  private final NodeWrites writes;
  private final Clock clock;
  private final Limits limits;
  private final Heartbeats heartbeats = new Heartbeats();
  private final Ration ration = new Ration();
  private final Map<String, String> known = new HashMap<>();

  /** Nodes that became Unknown and whose pods are not all marked yet. */
  private final Set<String> unmarked = ConcurrentHashMap.newKeySet();

  /** The version up to which leases must have been seen before anybody is judged by them. */
  private final AtomicLong leasesAtLeast = new AtomicLong();

  private volatile Zones zones = Zones.of(List.of());
  private boolean wereAllDown;

  NodeMonitor(
      Cache<Node> nodes,
      Index<Pod> podsOfNode,
      Cache<Lease> leases,
      NodeWrites writes,
      Clock clock,
      Limits limits) {
    this.nodes = nodes;
    this.podsOfNode = podsOfNode;
    this.leases = leases;
    this.writes = writes;
    this.clock = clock;
    this.limits = limits;
  }

  void pass() {
    if (leases.lastVersion() < leasesAtLeast.get()) {
      log.info("our view of the leases lags; no node is judged until it has caught up");
      return;
    }
    Instant now = clock.instant();
    List<Node> seen = nodes.all();
    greet(seen);
    List<Node> silent = new ArrayList<>();
    Queue<Node> current = new ConcurrentLinkedQueue<>();
    for (Node node : seen) {
      (isSilent(node, now) ? silent : current).add(node);
    }
    Parallel.forEach("node monitor", silent, node -> loseOrKeep(node, now, current));
    Parallel.forEach(
        "marking pods of lost nodes", List.copyOf(unmarked), name -> markPods(name, now));
    judgeZones(current, now);
    ration(current);
  }

  private boolean isSilent(Node node, Instant now) {
    Lease lease = leases.get(NodeWrites.LEASES, node.name());
    Duration silence = heartbeats.silence(node, lease, now);
    Duration most = node.condition("Ready") == null ? limits.startup() : limits.grace();
    return silence.compareTo(most) > 0;
  }

  private void greet(List<Node> seen) {
    Set<String> names = new HashSet<>();
    for (Node node : seen) {
      String name = node.name();
      names.add(name);
      if (!node.meta().uid().equals(known.put(name, node.meta().uid()))) {
        writes.tell(
            name,
            node.meta().uid(),
            "RegisteredNode",
            "Node " + name + " event: Registered Node " + name + " in Controller");
      }
    }
    for (String name : List.copyOf(known.keySet())) {
      String uid = known.get(name);
      if (!names.contains(name) && uid != null) {
        known.remove(name);
        ration.remove(name);
        unmarked.remove(name);
        writes.tell(
            name,
            uid,
            "RemovingNode",
            "Node " + name + " event: Removing Node " + name + " from Controller");
      }
    }
    heartbeats.keepOnly(names);
  }

  private void loseOrKeep(Node node, Instant now, Queue<Node> current) {
    Node after = node;
    try {
      after = lose(node, now);
    } finally {
      current.add(after);
    }
  }

  private Node lose(Node node, Instant now) {
    Long newer = writes.newerLease(node.name(), leases.get(NodeWrites.LEASES, node.name()));
    if (newer != null) {
      log.info("node {} looks silent, but our view of its lease lags; waiting", node.name());
      leasesAtLeast.accumulateAndGet(newer, Math::max);
      return node;
    }
    Node lost = writes.unknown(node, now);
    Condition before = node.condition("Ready");
    if (before != null && before.isTrue()) {
      log.warn("node {} is silent and now counts as lost", node.name());
      writes.tell(
          node.name(),
          node.meta().uid(),
          "NodeNotReady",
          "Node " + node.name() + " status is now: NodeNotReady");
      unmarked.add(node.name());
    }
    return lost;
  }

  private void markPods(String node, Instant now) {
    podsOfNode.get(node).forEach(pod -> writes.notReady(pod, now));
    unmarked.remove(node);
  }

  private void judgeZones(Iterable<Node> current, Instant now) {
    Zones judged = Zones.of(current);
    boolean allDown = judged.allDown();
    if (allDown && !wereAllDown) {
      log.warn("no node is ready in any zone; no pods are evicted until one is");
      ration.clear();
      List<Node> all = new ArrayList<>();
      current.forEach(all::add);
      Parallel.forEach(
          "taking taints back", all, node -> replace(node, ConditionTaints.withoutNoExecute(node)));
    } else if (!allDown && wereAllDown) {
      heartbeats.restart(now);
    }
    wereAllDown = allDown;
    zones = judged;
  }

  private void ration(Iterable<Node> current) {
    for (Node node : current) {
      String lost = ConditionTaints.lost(node);
      if (lost == null || node.hasTaint(lost, Taint.NO_EXECUTE)) {
        ration.remove(node.name());
      } else if (!wereAllDown) {
        ration.add(Zones.name(node), node.name());
      }
    }
  }

  /** Gives the NoExecute taint to the nodes whose turn it is. */
  void serve() {
    Zones now = zones;
    for (String name : ration.take(zone -> now.rate(zone, limits), clock.instant())) {
      Node node = nodes.get("", name);
      if (node != null) {
        replace(node, ConditionTaints.withNoExecute(node, clock.instant()));
      }
    }
  }

  private void replace(Node node, List<Taint> taints) {
    if (taints != node.taints()) {
      writes.taints(node, taints);
    }
  }
}
