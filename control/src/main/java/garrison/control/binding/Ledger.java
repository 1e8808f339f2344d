package garrison.control.binding;

import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.Resources;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What every node has and carries, pods on their way included, and the choice of a node.
 *
 * <p>A pod that names its node (daemon pods do) costs one look at that node, whatever the size of
 * the fleet; any other pod costs one look at every node. Thread-safe: choosing a node and counting
 * the pod there is one step, so two pods never take the last place together.
 */
public final class Ledger {
  private final Map<String, Slot> slots = new HashMap<>();
  private final Map<String, String> nodeOfPod = new HashMap<>();
  private final Set<String> known = new HashSet<>();

  /** A node may be missing while its pods are known, and come back. */
  private static final class Slot {
    private @Nullable Node node;
    private final Load load = new Load();
  }

  /** A node came or changed; whether something changed that decides about pods. */
  public synchronized boolean put(Node node) {
    Slot slot = slots.computeIfAbsent(node.name(), name -> new Slot());
    Node before = slot.node;
    slot.node = node;
    known.add(node.name());
    return before == null
        || before.unschedulable() != node.unschedulable()
        || !before.taints().equals(node.taints())
        || !before.labels().equals(node.labels())
        || !before.allocatable().equals(node.allocatable());
  }

  /** A node is gone. */
  public synchronized void remove(Node node) {
    Slot slot = slots.get(node.name());
    if (slot != null) {
      slot.node = null;
      known.remove(node.name());
      dropIfEmpty(node.name(), slot);
    }
  }

  /** A pod is bound, or counts as if it were. */
  public synchronized void occupy(String uid, String nodeName, Demand demand) {
    String before = nodeOfPod.put(uid, nodeName);
    if (before != null && !before.equals(nodeName)) {
      release(before, uid);
    }
    slots.computeIfAbsent(nodeName, name -> new Slot()).load.add(uid, demand);
  }

  /** A pod takes nothing any more; the node it was on, null where it was on none. */
  public synchronized @Nullable String release(String uid) {
    String node = nodeOfPod.remove(uid);
    if (node != null) {
      release(node, uid);
    }
    return node;
  }

  /** Whether the pod is bound, or on its way. */
  public synchronized boolean counts(String uid) {
    return nodeOfPod.containsKey(uid);
  }

  /** Finds a node for a pod, and counts the pod there. */
  public synchronized Placement place(Pod pod) {
    Demand demand = Demand.of(pod);
    String target = pod.targetNode();
    Explanation explanation = new Explanation();
    String chosen =
        target == null ? cheapest(demand, explanation) : only(target, demand, explanation);
    if (chosen == null) {
      boolean mayPreempt = !pod.spec().path("preemptionPolicy").asString("").equals("Never");
      return new Placement.Nowhere(explanation.text(mayPreempt));
    }
    occupy(pod.meta().uid(), chosen, demand);
    return new Placement.On(chosen);
  }

  private @Nullable String only(String target, Demand demand, Explanation explanation) {
    Slot slot = slots.get(target);
    Node node = slot == null ? null : slot.node;
    if (slot == null || node == null) {
      explanation.add(known.size(), Filters.OTHER_NODE);
      return null;
    }
    if (Filters.judge(demand, node, slot.load) instanceof Verdict.Rejected rejected) {
      explanation.add(rejected);
      explanation.add(known.size() - 1, Filters.OTHER_NODE);
      return null;
    }
    return target;
  }

  private @Nullable String cheapest(Demand demand, Explanation explanation) {
    String best = null;
    double lowest = Double.MAX_VALUE;
    for (String name : known) {
      Slot slot = Objects.requireNonNull(slots.get(name));
      Node node = Objects.requireNonNull(slot.node);
      switch (Filters.judge(demand, node, slot.load)) {
        case Verdict.Rejected rejected -> explanation.add(rejected);
        case Verdict.Fits fits -> {
          double share = share(node.allocatable(), slot.load);
          // By name where equal, so that the choice can be repeated.
          if (share < lowest || (share == lowest && best != null && name.compareTo(best) < 0)) {
            lowest = share;
            best = name;
          }
        }
      }
    }
    return best;
  }

  /** The mean of the shares of cpu, memory and pods that are taken. */
  private static double share(Resources allocatable, Load load) {
    return (part(load.requests().milliCpu(), allocatable.milliCpu())
            + part(load.requests().memory(), allocatable.memory())
            + part(load.pods(), allocatable.pods()))
        / 3;
  }

  private static double part(long taken, long all) {
    return all <= 0 ? 1 : (double) taken / all;
  }

  private void release(String nodeName, String uid) {
    Slot slot = slots.get(nodeName);
    if (slot != null) {
      slot.load.remove(uid);
      dropIfEmpty(nodeName, slot);
    }
  }

  private void dropIfEmpty(String name, Slot slot) {
    if (slot.node == null && slot.load.pods() == 0) {
      slots.remove(name);
    }
  }
}
