package garrison.daemonset;

import garrison.model.DaemonSet;
import garrison.model.IntOrPercent;
import garrison.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rules of spec: daemonset 4.2 to 4.4, 6 and 7, written straight from their text: it looks at
 * everything each time, and keeps nothing but the back-off. Slow and obvious.
 */
public final class ReferenceFleet {
  /** What there is. {@code deleting} holds the uids of pods whose deletion was asked for. */
  public record World(
      DaemonSet daemonSet,
      String hash,
      Map<String, Node> nodes,
      Map<String, DaemonPod> pods,
      Set<String> creating,
      Set<String> doomed,
      Instant now,
      Eligibility eligibility) {
    /** With the judge for the DaemonSet's template, made anew. */
    public World(
        DaemonSet daemonSet,
        String hash,
        Map<String, Node> nodes,
        Map<String, DaemonPod> pods,
        Set<String> creating,
        Set<String> doomed,
        Instant now) {
      this(daemonSet, hash, nodes, pods, creating, doomed, now, Eligibility.of(daemonSet));
    }

    boolean live(DaemonPod pod) {
      return !pod.deleting() && !doomed.contains(pod.uid());
    }
  }

  /** What manage wants: nodes to create on, pods (uids) to delete. */
  public record Orders(Set<String> creates, Set<String> deletes) {}

  /**
   * What the rolling update wants: all of {@code creates} and {@code deletes}, and so many of the
   * candidates.
   */
  public record Turn(
      Set<String> creates,
      Set<String> deletes,
      Set<String> createCandidates,
      int someCreates,
      Set<String> deleteCandidates,
      int someDeletes) {}

  private record Entry(Duration delay, Instant since) {}

  private final Map<String, Entry> backOff = new HashMap<>();
  private long backOffGeneration;

  /** Spec 4.2: pods by target node, without those both terminal and terminating. */
  static Map<String, List<DaemonPod>> group(World world) {
    Map<String, List<DaemonPod>> groups = new TreeMap<>();
    for (DaemonPod pod : world.pods.values()) {
      if (!pod.node().isEmpty() && !(pod.terminal() && pod.deleting())) {
        groups.computeIfAbsent(pod.node(), n -> new ArrayList<>()).add(pod);
      }
    }
    groups.values().forEach(pods -> pods.sort(DaemonPod.SENIORITY));
    return groups;
  }

  private static Verdict verdict(World world, Node node) {
    return world.eligibility.judge(node);
  }

  private static boolean surgeEnabled(DaemonSet ds) {
    return !ds.onDelete() && ds.maxSurge() != null && ds.maxSurge().scaledUp(1) > 0;
  }

  /** Spec 6. */
  static boolean updated(World world, DaemonPod pod) {
    return pod.hash().equals(world.hash)
        || (world.daemonSet.templateGeneration().isPresent()
            && pod.generation()
                .equals(Long.toString(world.daemonSet.templateGeneration().getAsLong())));
  }

  private static boolean available(World world, DaemonPod pod) {
    return pod.available(world.daemonSet.minReadySeconds(), world.now);
  }

  /** Spec 7. */
  public static FleetStatus status(World world) {
    int desired = 0;
    int current = 0;
    int misscheduled = 0;
    int ready = 0;
    int available = 0;
    int updated = 0;
    Map<String, List<DaemonPod>> groups = group(world);
    for (Node node : world.nodes.values()) {
      List<DaemonPod> pods = groups.getOrDefault(node.name(), List.of());
      if (verdict(world, node).runs()) {
        desired++;
        if (!pods.isEmpty()) {
          current++;
          DaemonPod first = pods.getFirst();
          ready += first.ready() ? 1 : 0;
          available += available(world, first) ? 1 : 0;
          updated += updated(world, first) ? 1 : 0;
        }
      } else if (!pods.isEmpty()) {
        misscheduled++;
      }
    }
    return new FleetStatus(desired, current, misscheduled, ready, available, updated);
  }

  /** With a back-off of its own. */
  ReferenceFleet copy() {
    ReferenceFleet copy = new ReferenceFleet();
    copy.backOff.putAll(backOff);
    copy.backOffGeneration = backOffGeneration;
    return copy;
  }

  /** Spec 4.2. */
  public Orders manage(World world) {
    manageGeneration(world);
    Orders orders = new Orders(new TreeSet<>(), new TreeSet<>());
    Map<String, List<DaemonPod>> groups = group(world);
    for (Node node : world.nodes.values()) {
      Verdict verdict = verdict(world, node);
      List<DaemonPod> pods = groups.getOrDefault(node.name(), List.of());
      if (verdict.runs() && pods.isEmpty()) {
        orders.creates.add(node.name());
      } else if (verdict.keeps()) {
        prune(world, node, verdict, pods, orders);
      } else {
        pods.stream().filter(world::live).forEach(pod -> orders.deletes.add(pod.uid()));
      }
    }
    groups.forEach(
        (target, pods) -> {
          if (!world.nodes.containsKey(target)) {
            pods.stream()
                .filter(pod -> !pod.bound() && world.live(pod))
                .forEach(pod -> orders.deletes.add(pod.uid()));
          }
        });
    orders.creates.removeAll(world.creating);
    return orders;
  }

  /** Spec 4.3. */
  private void prune(World world, Node node, Verdict verdict, List<DaemonPod> pods, Orders orders) {
    List<DaemonPod> running = new ArrayList<>();
    for (DaemonPod pod : pods) {
      if (!world.live(pod)) {
        continue;
      }
      switch (pod.phase()) {
        case FAILED -> {
          if (!inBackOff(node.name(), world.now)) {
            advance(node.name(), world.now);
            orders.deletes.add(pod.uid());
          }
        }
        case SUCCEEDED -> orders.deletes.add(pod.uid());
        default -> running.add(pod);
      }
    }
    if (!surgeEnabled(world.daemonSet)) {
      running.stream().skip(1).forEach(pod -> orders.deletes.add(pod.uid()));
      return;
    }
    if (running.isEmpty()) {
      if (verdict.runs()) {
        orders.creates.add(node.name());
      }
      return;
    }
    if (running.size() == 1) {
      return;
    }
    DaemonPod newPod = null;
    DaemonPod oldPod = null;
    for (DaemonPod pod : running) {
      if (pod.hash().equals(world.hash)) {
        if (newPod == null) {
          newPod = pod;
          continue;
        }
      } else if (oldPod == null) {
        oldPod = pod;
        continue;
      }
      orders.deletes.add(pod.uid());
    }
    if (newPod != null && oldPod != null && (!oldPod.ready() || available(world, newPod))) {
      orders.deletes.add(oldPod.uid());
    }
  }

  /** Spec 4.4. */
  private boolean inBackOff(String node, Instant now) {
    Entry entry = backOff.get(node);
    return entry != null
        && Duration.between(entry.since, now).compareTo(entry.delay) < 0
        && Duration.between(entry.since, now).compareTo(Duration.ofMinutes(30)) <= 0;
  }

  private void advance(String node, Instant now) {
    Entry entry = backOff.get(node);
    Duration delay = Duration.ofSeconds(1);
    if (entry != null
        && Duration.between(entry.since, now).compareTo(Duration.ofMinutes(30)) <= 0) {
      delay = entry.delay.multipliedBy(2);
    }
    if (delay.compareTo(Duration.ofMinutes(15)) > 0) {
      delay = Duration.ofMinutes(15);
    }
    backOff.put(node, new Entry(delay, now));
  }

  /** Somebody else deleted a failed pod of a node in our stead. */
  void deletedFailed(String node, World world) {
    manageGeneration(world);
    advance(node, world.now);
  }

  private void manageGeneration(World world) {
    if (world.daemonSet.observedGeneration() != backOffGeneration) {
      backOffGeneration = world.daemonSet.observedGeneration();
      backOff.clear();
    }
  }

  /** Spec 6.2. */
  public static Turn rollingUpdate(World world) {
    Turn none = new Turn(Set.of(), Set.of(), Set.of(), 0, Set.of(), 0);
    IntOrPercent surgeWanted = world.daemonSet.maxSurge();
    IntOrPercent unavailableWanted = world.daemonSet.maxUnavailable();
    if (world.daemonSet.onDelete() || unavailableWanted == null) {
      return none;
    }
    Map<String, List<DaemonPod>> map = group(world);
    int desired = 0;
    for (Node node : world.nodes.values()) {
      if (verdict(world, node).runs()) {
        desired++;
        map.computeIfAbsent(node.name(), n -> List.of());
      }
    }
    int maxSurge = surgeWanted == null ? 0 : surgeWanted.scaledUp(desired);
    int maxUnavailable = unavailableWanted.scaledUp(desired);
    if (desired > 0 && maxSurge == 0 && maxUnavailable == 0) {
      maxUnavailable = 1;
    }
    return maxSurge == 0
        ? inPlace(world, map, maxUnavailable)
        : beside(world, map, desired, maxSurge);
  }

  private record Pair(boolean excess, @Nullable DaemonPod newPod, @Nullable DaemonPod oldPod) {}

  private static Pair pair(World world, List<DaemonPod> pods) {
    List<DaemonPod> news = new ArrayList<>();
    List<DaemonPod> olds = new ArrayList<>();
    for (DaemonPod pod : pods) {
      if (world.live(pod)) {
        (updated(world, pod) ? news : olds).add(pod);
      }
    }
    return new Pair(
        news.size() > 1 || olds.size() > 1,
        news.isEmpty() ? null : news.getFirst(),
        olds.isEmpty() ? null : olds.getFirst());
  }

  /** Spec 6.3. */
  private static Turn inPlace(World world, Map<String, List<DaemonPod>> map, int maxUnavailable) {
    int unavailable = 0;
    Set<String> replacements = new HashSet<>();
    Set<String> candidates = new HashSet<>();
    for (Map.Entry<String, List<DaemonPod>> entry : map.entrySet()) {
      Pair pair = pair(world, entry.getValue());
      boolean begun = world.creating.contains(entry.getKey()); // a new pod we do not see yet
      if (pair.excess) {
        unavailable++;
      } else if (pair.oldPod == null) {
        unavailable += pair.newPod != null && available(world, pair.newPod) ? 0 : 1;
      } else if (pair.newPod != null || begun) {
        unavailable++;
      } else if (available(world, pair.oldPod)) {
        candidates.add(pair.oldPod.uid());
      } else {
        replacements.add(pair.oldPod.uid());
        unavailable++;
      }
    }
    int some = Math.clamp(maxUnavailable - unavailable, 0, candidates.size());
    return new Turn(Set.of(), replacements, Set.of(), 0, candidates, some);
  }

  /**
   * Spec 6.4, with one difference: an old pod on a node that is gone is passed over, where upstream
   * fails the step until pod GC has taken the pod.
   */
  private static Turn beside(
      World world, Map<String, List<DaemonPod>> map, int desired, int maxSurge) {
    int surge = 0;
    int available = 0;
    Set<String> allowed = new HashSet<>();
    Set<String> candidates = new HashSet<>();
    Set<String> deletes = new HashSet<>();
    Set<String> sunset = new HashSet<>();
    for (Map.Entry<String, List<DaemonPod>> entry : map.entrySet()) {
      Pair pair = pair(world, entry.getValue());
      boolean begun = world.creating.contains(entry.getKey());
      if (pair.excess) {
        surge++;
        continue;
      }
      DaemonPod oldPod = pair.oldPod;
      if (oldPod != null) {
        available += available(world, oldPod) ? 1 : 0;
      } else {
        available += pair.newPod != null && available(world, pair.newPod) ? 1 : 0;
        continue;
      }
      if (pair.newPod != null && available(world, pair.newPod)) {
        deletes.add(oldPod.uid());
        continue;
      }
      if (pair.newPod != null || begun) {
        surge++;
        continue;
      }
      Node node = world.nodes.get(entry.getKey());
      if (node == null) {
        continue;
      }
      boolean runs = verdict(world, node).runs();
      if (available(world, oldPod)) {
        if (runs) {
          candidates.add(node.name());
        } else {
          sunset.add(oldPod.uid());
        }
      } else if (runs) {
        allowed.add(node.name());
      } else {
        deletes.add(oldPod.uid());
      }
    }
    return new Turn(
        allowed,
        deletes,
        candidates,
        Math.clamp(maxSurge - surge, 0, candidates.size()),
        sunset,
        Math.clamp(available - desired, 0, sunset.size()));
  }
}
