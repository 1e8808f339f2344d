package garrison.control.binding;

import garrison.client.cache.ObjectKey;
import garrison.model.DisruptionBudget;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.Resources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What every node has and carries, pods on their way included, and the choice of a node.
 *
 * <p>A pod that names its node (daemon pods do) costs one look at that node, whatever the size of
 * the fleet; any other pod costs one look at every node. Thread-safe: choosing a node and counting
 * the pod there is one step, so two pods never take the last place together, and neither do two
 * pods that make room for themselves.
 *
 * <p>A pod that made room on a node is <em>nominated</em> there: until it comes, pods of a lower
 * priority do not take that room.
 */
public final class Ledger {
  private final Map<String, Slot> slots = new HashMap<>();
  private final Map<String, String> nodeOfPod = new HashMap<>();
  private final Map<String, String> nominatedNodeOfPod = new HashMap<>();
  private final Map<String, String> nodeOfApart = new HashMap<>();
  private final Set<String> known = new HashSet<>();
  private final Outside outside;

  /** What the ledger does not keep itself. */
  public interface Outside {
    /** The newest state of a pod; null where it is gone. */
    @Nullable Pod newest(ObjectKey key, String uid);

    /** The budgets of a namespace. */
    List<DisruptionBudget> budgets(String namespace);

    /** The labels of a namespace. */
    Map<String, String> labelsOf(String namespace);
  }

  /** A node may be missing while its pods are known, and come back. */
  private static final class Slot {
    private @Nullable Node node;
    private final Load load = new Load();
    private final Map<String, Occupant> nominated = new HashMap<>(0);
  }

  /** Empty. */
  public Ledger(Outside outside) {
    this.outside = outside;
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

  /** A pod is bound to that node, or counts as if it were. */
  public synchronized void occupy(Pod pod, String nodeName) {
    occupy(Occupant.of(pod), nodeName);
  }

  private void occupy(Occupant pod, String nodeName) {
    String uid = pod.uid();
    forgetNomination(uid);
    String before = nodeOfPod.put(uid, nodeName);
    if (before != null && !before.equals(nodeName)) {
      release(before, uid);
    }
    slots.computeIfAbsent(nodeName, name -> new Slot()).load.add(pod);
    if (pod.keepsApart()) {
      nodeOfApart.put(uid, nodeName);
    } else {
      nodeOfApart.remove(uid);
    }
  }

  /** A pod takes nothing any more; the node it was on, null where it was on none. */
  public synchronized @Nullable String release(String uid) {
    String nominated = forgetNomination(uid);
    String node = nodeOfPod.remove(uid);
    nodeOfApart.remove(uid);
    if (node != null) {
      release(node, uid);
    }
    return node == null ? nominated : node;
  }

  /** Whether the pod is bound, or on its way. */
  public synchronized boolean counts(String uid) {
    return nodeOfPod.containsKey(uid);
  }

  /** Room was made for a pod on a node; an empty name: on none. */
  public synchronized void nominate(Pod pod, String nodeName) {
    String uid = pod.meta().uid();
    forgetNomination(uid);
    if (!nodeName.isEmpty() && !nodeOfPod.containsKey(uid)) {
      nominatedNodeOfPod.put(uid, nodeName);
      slots.computeIfAbsent(nodeName, name -> new Slot()).nominated.put(uid, Occupant.of(pod));
    }
  }

  /** The pods of a lower priority that are nominated on a node. */
  public synchronized List<ObjectKey> nominatedBelow(String nodeName, long priority) {
    Slot slot = slots.get(nodeName);
    return slot == null
        ? List.of()
        : slot.nominated.values().stream()
            .filter(pod -> pod.priority() < priority)
            .map(Occupant::key)
            .toList();
  }

  /** Finds a node for a pod, and counts the pod there; or what would make room for it. */
  public synchronized Placement place(Pod pod) {
    Demand demand = Demand.of(pod);
    Set<String> names = demand.affinity().names();
    String nominated = nominatedNodeOfPod.get(pod.meta().uid());
    if (nominated != null
        && (names == null || names.contains(nominated))
        && fits(demand, nominated)) {
      occupy(demand.pod(), nominated);
      return new Placement.On(nominated);
    }
    Map<String, Verdict.Rejected> rejected = new TreeMap<>();
    String chosen = cheapest(demand, names == null ? known : present(names), rejected);
    if (chosen != null) {
      occupy(demand.pod(), chosen);
      return new Placement.On(chosen);
    }
    Diagnosis diagnosis =
        new Diagnosis(
            known.size(),
            names != null && names.isEmpty() ? Filters.CONTRADICTION : null,
            rejected);
    Preemption.Outcome outcome =
        known.isEmpty()
            ? new Preemption.NotEligible("")
            : Preemption.choose(
                pod, nominated, diagnosis, sites(demand, diagnosis), outside::budgets);
    if (outcome instanceof Preemption.Victims victims) {
      nominate(pod, victims.node());
    } else if (outcome instanceof Preemption.Helpless) {
      forgetNomination(pod.meta().uid());
    }
    boolean forOthers =
        rejected.values().stream()
            .flatMap(verdict -> verdict.reasons().stream())
            .anyMatch(NeighbourRules.REASONS::contains);
    return new Placement.Nowhere(Explanation.of(diagnosis, outcome), outcome, forOthers);
  }

  private List<String> present(Set<String> names) {
    return names.stream().filter(known::contains).toList();
  }

  private boolean fits(Demand pod, String nodeName) {
    Slot slot = slots.get(nodeName);
    Node node = slot == null ? null : slot.node;
    return slot != null
        && node != null
        && judge(pod, node, slot, slot.load) instanceof Verdict.Fits;
  }

  private @Nullable String cheapest(
      Demand pod, Collection<String> names, Map<String, Verdict.Rejected> rejections) {
    String best = null;
    double lowest = Double.MAX_VALUE;
    for (String name : names) {
      Slot slot = Objects.requireNonNull(slots.get(name));
      Node node = Objects.requireNonNull(slot.node);
      switch (judge(pod, node, slot, slot.load)) {
        case Verdict.Rejected rejected -> rejections.put(name, rejected);
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

  private List<Preemption.Site> sites(Demand pod, Diagnosis diagnosis) {
    List<Preemption.Site> sites = new ArrayList<>();
    for (String name : diagnosis.rejected().keySet()) {
      Slot slot = slots.get(name);
      Node node = slot == null ? null : slot.node;
      if (slot != null && node != null && diagnosis.curable(name)) {
        List<Preemption.Present> pods = new ArrayList<>();
        for (Occupant each : slot.load.occupants()) {
          Pod newest = outside.newest(each.key(), each.uid());
          if (newest != null) {
            pods.add(new Preemption.Present(newest, each));
          }
        }
        sites.add(new Preemption.Site(node, pods, load -> judge(pod, node, slot, load)));
      }
    }
    return sites;
  }

  /**
   * Whether the pod fits both as things are and when those have come that are nominated here and
   * are no less important: it must not take the room that was made for them, nor count on them.
   */
  private Verdict judge(Demand pod, Node node, Slot slot, Load load) {
    if (!slot.nominated.isEmpty()) {
      List<Occupant> ahead =
          slot.nominated.values().stream()
              .filter(other -> other.priority() >= pod.pod().priority())
              .filter(other -> !other.uid().equals(pod.pod().uid()))
              .toList();
      if (!ahead.isEmpty()) {
        Load with = Load.of(load.occupants());
        ahead.forEach(with::add);
        Verdict verdict = judge(pod, node, with, ahead.stream().noneMatch(Occupant::keepsApart));
        if (verdict instanceof Verdict.Rejected) {
          return verdict;
        }
      }
    }
    return judge(pod, node, load, true);
  }

  private Verdict judge(Demand pod, Node node, Load load, boolean nobodyNewKeepsApart) {
    Verdict verdict = Filters.judge(pod, node, load);
    boolean alone =
        pod.pod().neighbours() == Neighbours.NONE && nodeOfApart.isEmpty() && nobodyNewKeepsApart;
    return verdict instanceof Verdict.Rejected || alone
        ? verdict
        : NeighbourRules.judge(pod, node, new With(node, load));
  }

  /** The fleet, but for one node, whose load is as given. */
  private final class With implements NeighbourRules.Surroundings {
    private final Node changed;
    private final Load load;

    With(Node changed, Load load) {
      this.changed = changed;
      this.load = load;
    }

    @Override
    public void forEach(BiConsumer<Node, Collection<Occupant>> visitor) {
      for (String name : known) {
        Slot slot = Objects.requireNonNull(slots.get(name));
        Node node = Objects.requireNonNull(slot.node);
        boolean same = name.equals(changed.name());
        visitor.accept(node, (same ? load : slot.load).occupants());
      }
    }

    @Override
    public void forEachApart(BiConsumer<Node, Occupant> visitor) {
      nodeOfApart.forEach(
          (uid, name) -> {
            Slot slot = slots.get(name);
            Occupant pod = slot == null ? null : slot.load.get(uid);
            Node node = slot == null ? null : slot.node;
            if (pod != null && node != null && !name.equals(changed.name())) {
              visitor.accept(node, pod);
            }
          });
      for (Occupant pod : load.occupants()) {
        if (pod.keepsApart()) {
          visitor.accept(changed, pod);
        }
      }
    }

    @Override
    public Map<String, String> labelsOf(String namespace) {
      return outside.labelsOf(namespace);
    }
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

  private @Nullable String forgetNomination(String uid) {
    String nodeName = nominatedNodeOfPod.remove(uid);
    Slot slot = nodeName == null ? null : slots.get(nodeName);
    if (slot != null && nodeName != null) {
      slot.nominated.remove(uid);
      dropIfEmpty(nodeName, slot);
    }
    return nodeName;
  }

  private void dropIfEmpty(String name, Slot slot) {
    if (slot.node == null && slot.load.pods() == 0 && slot.nominated.isEmpty()) {
      slots.remove(name);
    }
  }
}
