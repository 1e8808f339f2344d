package garrison.daemonset.plan;

import garrison.daemonset.Action;
import garrison.daemonset.DaemonPod;
import garrison.daemonset.Eligibility;
import garrison.daemonset.Fleet;
import garrison.daemonset.NodeTable;
import garrison.daemonset.RevisionHistory;
import garrison.daemonset.RolloutPlan;
import garrison.daemonset.Standing;
import garrison.daemonset.Verdict;
import garrison.daemonset.Why;
import garrison.model.Condition;
import garrison.model.DaemonSet;
import garrison.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Runs the engine through a change (spec: daemonset 4.2, 6).
 *
 * <ol>
 *   <li>The fleet is as observed, the DaemonSet as it would be.
 *   <li>Whatever the fleet orders is carried out at once. A new pod becomes ready after as long as
 *       earlier ones took; a deleted one is gone after the time it is given to end.
 *   <li>A node that is silent does neither. A pod of the present template that is not ready stays
 *       so: nobody knows when it will be.
 *   <li>It ends when nothing is due any more.
 * </ol>
 *
 * <p>It is as deterministic as the engine. The order among nodes that could be next is the
 * engine's; Kubernetes' own controller takes them at random. One use each; not thread-safe.
 */
public final class Simulation {
  /** So many events a node may cause; one that causes more is an error of the simulation. */
  private static final int MOST_EVENTS = 50;

  private final DaemonSet after;
  private final String hash;
  private final Map<String, Node> nodes = new TreeMap<>();
  private final Collection<DaemonPod> pods;
  private final Pace pace;
  private final Set<String> barred;
  private final Instant begin;
  private final Fleet fleet;
  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private final List<Wave> waves = new ArrayList<>();
  private final Set<String> replaced = new HashSet<>();
  private int sequence;
  private Instant last;

  /**
   * How fast pods go.
   *
   * @param start how long a new pod takes to be ready
   * @param end how long a deleted pod takes to be gone
   */
  public record Pace(Duration start, Duration end) {}

  /** Something that happens to a pod by itself. */
  private record Due(Instant at, int order, DaemonPod pod, boolean gone)
      implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = at.compareTo(other.at);
      return byTime != 0 ? byTime : Integer.compare(order, other.order);
    }
  }

  private Simulation(
      DaemonSet after,
      RevisionHistory history,
      Collection<Node> observed,
      Collection<DaemonPod> pods,
      Pace pace,
      Set<String> barred,
      Instant begin) {
    this.after = after;
    this.hash = history.currentHash(after);
    this.pods = pods;
    this.pace = pace;
    this.barred = barred;
    this.begin = begin;
    this.last = begin;
    NodeTable table = new NodeTable();
    observed.forEach(node -> nodes.put(node.name(), node));
    nodes.values().forEach(table::put);
    this.fleet = new Fleet(table, Fleet.BackOffLimits.UPSTREAM);
  }

  /**
   * Runs it.
   *
   * @param before the DaemonSet as it is; null where there is none yet
   * @param after as it would be
   * @param history the revisions that there are, sorted for {@code after}
   * @param pods its pods
   * @param pace how fast its pods go
   * @param barred nodes on which a new pod will not become ready, because it finds no room there
   * @param begin when the change is made
   */
  public static Forecast run(
      @Nullable DaemonSet before,
      DaemonSet after,
      RevisionHistory history,
      Collection<Node> nodes,
      Collection<DaemonPod> pods,
      Pace pace,
      Set<String> barred,
      Instant begin) {
    return new Simulation(after, history, nodes, pods, pace, barred, begin).run(before);
  }

  private Forecast run(@Nullable DaemonSet before) {
    fleet.advance(begin);
    fleet.daemonSetChanged(after, hash);
    for (DaemonPod pod : pods) {
      fleet.podChanged(pod);
      if (pod.deleting()) {
        willBeGone(pod, begin);
      }
    }
    Set<String> upToDate = new TreeSet<>();
    pods.stream()
        .filter(pod -> !pod.deleting() && !pod.terminal() && fleet.updated(pod))
        .forEach(pod -> upToDate.add(pod.node()));
    Set<String> created = play();
    return forecast(before, created, upToDate);
  }

  /** Plays it to its end; the nodes that got a pod where they had none. */
  private Set<String> play() {
    Set<String> created = new TreeSet<>();
    Instant now = begin;
    long most = (long) MOST_EVENTS * (nodes.size() + pods.size() + 1);
    while (true) {
      for (List<Action> actions = order(); !actions.isEmpty(); actions = order()) {
        carryOut(actions, now, created);
      }
      Instant next = due.isEmpty() ? null : due.peek().at();
      Instant wake = fleet.nextWake();
      if (wake != null && wake.isAfter(now) && (next == null || wake.isBefore(next))) {
        next = wake;
      }
      if (next == null) {
        return created;
      }
      if (most-- == 0) {
        throw new IllegalStateException("the roll-out of " + after.name() + " does not settle");
      }
      if (next.isAfter(now)) {
        now = next;
        fleet.advance(now);
      }
      while (!due.isEmpty() && !due.peek().at().isAfter(now)) {
        happen(due.remove());
      }
    }
  }

  private List<Action> order() {
    return fleet.next(Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  private void happen(Due event) {
    if (event.gone()) {
      fleet.podGone(event.pod().uid());
    } else if (fleet.pod(event.pod().uid()) != null) {
      DaemonPod ready = ready(event.pod(), event.at());
      fleet.podChanged(ready);
      last = event.at();
    }
  }

  private void carryOut(List<Action> actions, Instant now, Set<String> created) {
    List<String> turn = new ArrayList<>();
    List<String> unavailable = new ArrayList<>();
    for (Action action : actions) {
      String node = action.node();
      switch (action) {
        case Action.CreatePod create -> {
          if (create.why() instanceof Why.Surge) {
            turn.add(node);
          } else if (create.why() instanceof Why.SurgeForUnavailable) {
            unavailable.add(node);
          } else if (!replaced.contains(node)) {
            created.add(node);
          }
          create(node, now);
        }
        case Action.DeletePod delete -> {
          if (delete.why() instanceof Why.OldRevision) {
            turn.add(node);
          } else if (delete.why() instanceof Why.OldRevisionUnavailable) {
            unavailable.add(node);
          }
          DaemonPod ending = delete.pod().ending();
          fleet.podChanged(ending);
          willBeGone(ending, now);
        }
      }
    }
    wave(now, unavailable, true);
    wave(now, turn, false);
  }

  private void wave(Instant now, List<String> picked, boolean unavailable) {
    List<String> first = picked.stream().filter(replaced::add).toList();
    if (!first.isEmpty()) {
      waves.add(new Wave(Duration.between(begin, now), first, unavailable));
    }
  }

  private void create(String node, Instant now) {
    String uid = "new-" + sequence;
    DaemonPod pod =
        new DaemonPod(
            uid,
            uid,
            node,
            true,
            DaemonPod.Phase.PENDING,
            false,
            false,
            DaemonPod.UNTOLD,
            now.getEpochSecond(),
            hash,
            "");
    fleet.created(node, pod);
    if (answers(node) && !barred.contains(node)) {
      due.add(new Due(now.plus(pace.start()), sequence++, pod, false));
    } else {
      sequence++;
    }
  }

  private void willBeGone(DaemonPod pod, Instant now) {
    if (answers(pod.node()) || !pod.bound()) {
      due.add(new Due(now.plus(pace.end()), sequence++, pod, true));
    }
  }

  /** Whether the node still does what it is told; pods of a node that is gone are collected. */
  private boolean answers(String name) {
    Node node = nodes.get(name);
    if (node == null) {
      return true;
    }
    Condition ready = node.condition("Ready");
    return ready == null || !ready.status().equals("Unknown");
  }

  private static DaemonPod ready(DaemonPod pod, Instant since) {
    return new DaemonPod(
        pod.name(),
        pod.uid(),
        pod.node(),
        true,
        DaemonPod.Phase.RUNNING,
        false,
        true,
        since.getEpochSecond(),
        pod.created(),
        pod.hash(),
        pod.generation());
  }

  private Forecast forecast(@Nullable DaemonSet before, Set<String> created, Set<String> upToDate) {
    Eligibility earlier = before == null ? null : Eligibility.of(before);
    Eligibility later = Eligibility.of(after);
    Map<String, Boolean> hadPod = new HashMap<>();
    pods.stream().filter(pod -> !pod.deleting()).forEach(pod -> hadPod.put(pod.node(), true));
    List<String> gained = new ArrayList<>();
    List<String> completed = new ArrayList<>();
    Map<String, String> lost = new TreeMap<>();
    Map<String, String> kept = new TreeMap<>();
    Map<String, Integer> excluded = new TreeMap<>();
    List<String> behind = new ArrayList<>();
    RolloutPlan.Budget budget = fleet.plan().budget(fleet);
    List<String> blockers = new ArrayList<>();
    int untouched = 0;
    for (Node node : nodes.values()) {
      String name = node.name();
      Verdict verdict = later.judge(node);
      boolean had = hadPod.containsKey(name);
      Standing standing = fleet.standing(name);
      if (created.contains(name)) {
        boolean wanted = earlier != null && earlier.judge(node).runs();
        (wanted ? completed : gained).add(name);
      } else if (!verdict.keeps() && had) {
        lost.put(name, verdict.sentence());
      } else if (!verdict.runs() && had) {
        kept.put(name, verdict.sentence());
      } else if (!verdict.runs()) {
        excluded.merge(verdict.sentence(), 1, Integer::sum);
      }
      if (stale(standing)) {
        behind.add(name);
      } else if (verdict.runs() && upToDate.contains(name) && !replaced.contains(name)) {
        untouched++;
      }
      if (budget != null && budget.holders().contains(standing)) {
        blockers.add(name);
      }
    }
    return new Forecast(
        List.copyOf(gained),
        List.copyOf(completed),
        lost,
        kept,
        List.copyOf(waves),
        untouched,
        List.copyOf(behind),
        behind.isEmpty() ? List.of() : List.copyOf(blockers),
        excluded,
        last.equals(begin)
            ? Duration.ZERO
            : Duration.between(begin, last).plusSeconds(after.minReadySeconds()));
  }

  private static boolean stale(Standing standing) {
    return switch (standing) {
      case OLD_AVAILABLE,
          OLD_UNAVAILABLE,
          OLD_AVAILABLE_INELIGIBLE,
          OLD_UNAVAILABLE_INELIGIBLE,
          BOTH_OLD_AVAILABLE,
          BOTH_UNAVAILABLE ->
          true;
      default -> false;
    };
  }
}
