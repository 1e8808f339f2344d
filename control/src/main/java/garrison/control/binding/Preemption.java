package garrison.control.binding;

import garrison.model.Condition;
import garrison.model.DisruptionBudget;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses which pods make room for one of a higher priority (spec: daemonset 9.2).
 *
 * <ol>
 *   <li>A node counts where only its pods stand in the way, and removing all of a lower priority
 *       would help.
 *   <li>From those, as many as possible are spared: first those whose budget would be violated,
 *       then the others; in each group the more important first.
 *   <li>Of several nodes, the one with the fewest violated budgets, the least important victims,
 *       the fewest of them, the youngest.
 * </ol>
 *
 * Guarantees: every victim has a lower priority than the pod; without any one of them the pod would
 * not fit. Pure.
 */
public final class Preemption {
  /** Why a pod that the scheduler deletes for another says it goes. */
  static final String REASON = "PreemptionByScheduler";

  private static final String NOT_HELPFUL = "Preemption is not helpful for scheduling";
  private static final String NO_VICTIMS = "No preemption victims found for incoming pod";
  private static final int ENOUGH = 100;

  /** More important first: higher priority, then the longer run. */
  private static final Comparator<Pod> IMPORTANCE =
      Comparator.comparingLong(Pod::priority)
          .reversed()
          .thenComparing(Preemption::started)
          .thenComparing(Pod::namespace)
          .thenComparing(Pod::name);

  private Preemption() {}

  /** What comes of it. */
  public sealed interface Outcome {
    /** What follows {@code preemption: } in the pod's condition. */
    String detail();
  }

  /** The pod may not, or waits for victims of an earlier attempt. */
  record NotEligible(String detail) implements Outcome {}

  /** It would not help. */
  record Helpless(String detail) implements Outcome {}

  /** These pods are to go from that node, the more important first. */
  record Victims(String node, List<Pod> pods, int violations) implements Outcome {
    @Override
    public String detail() {
      return "found a potential placement for pod on node "
          + node
          + ", preempting "
          + pods.size()
          + " victims";
    }

    private Pod first() {
      return pods.getFirst();
    }
  }

  /**
   * A node on which fewer pods could help.
   *
   * @param pods that take room there, in their newest state
   * @param fit whether the pod would fit beside these
   */
  record Site(Node node, List<Present> pods, Function<Load, Verdict> fit) {}

  /** A pod on a node: as it is now, and what it takes. */
  record Present(Pod pod, Occupant taking) {}

  /** Budgets by namespace. */
  interface Budgets extends Function<String, List<DisruptionBudget>> {}

  /**
   * Chooses.
   *
   * @param nominated the node that an earlier attempt made room on, null where there is none
   * @param sites the nodes of the diagnosis that are curable, and the nominated one
   */
  static Outcome choose(
      Pod pod, @Nullable String nominated, Diagnosis diagnosis, List<Site> sites, Budgets budgets) {
    if (pod.spec().path("preemptionPolicy").asString("").equals("Never")) {
      return new NotEligible("not eligible due to preemptionPolicy=Never.");
    }
    if (nominated != null && diagnosis.curable(nominated) && waits(pod, nominated, sites)) {
      return new NotEligible("not eligible due to a terminating pod on the nominated node.");
    }
    List<Victims> candidates = new ArrayList<>();
    List<List<String>> reasons = new ArrayList<>();
    int enough = Math.max(ENOUGH, sites.size() / 10);
    boolean harmless = false;
    for (Site site : sites) {
      switch (onNode(pod, site, budgets)) {
        case Found(Victims victims) -> {
          candidates.add(victims);
          harmless |= victims.violations() == 0;
        }
        case None(List<String> why) -> reasons.add(why);
      }
      if (harmless && candidates.size() >= enough) {
        break;
      }
    }
    return candidates.isEmpty()
        ? new Helpless(Explanation.counted(diagnosis.nodes(), reasons, NOT_HELPFUL))
        : best(candidates);
  }

  private static boolean waits(Pod pod, String node, List<Site> sites) {
    return sites.stream()
        .filter(site -> site.node().name().equals(node))
        .flatMap(site -> site.pods().stream())
        .map(Present::pod)
        .anyMatch(other -> other.priority() < pod.priority() && leavesForAnother(other));
  }

  private static boolean leavesForAnother(Pod pod) {
    Condition target = Condition.find(pod.conditions(), "DisruptionTarget");
    return pod.terminating() && target != null && target.isTrue() && target.reason().equals(REASON);
  }

  /** The look at one node. */
  private sealed interface Attempt {}

  private record Found(Victims victims) implements Attempt {}

  private record None(List<String> reasons) implements Attempt {}

  private static Attempt onNode(Pod pod, Site site, Budgets budgets) {
    Load load = Load.of(site.pods().stream().map(Present::taking).toList());
    List<Present> lower =
        site.pods().stream().filter(other -> other.pod().priority() < pod.priority()).toList();
    if (lower.isEmpty()) {
      return new None(List.of(NO_VICTIMS));
    }
    lower.forEach(other -> load.remove(other.taking().uid()));
    if (site.fit().apply(load) instanceof Verdict.Rejected rejected) {
      return new None(rejected.reasons());
    }
    List<Present> sorted =
        lower.stream().sorted(Comparator.comparing(Present::pod, IMPORTANCE)).toList();
    List<Present> violating = new ArrayList<>();
    List<Present> harmless = new ArrayList<>();
    Allowance allowance = new Allowance(budgets);
    for (Present each : sorted) {
      (allowance.violates(each.pod()) ? violating : harmless).add(each);
    }
    List<Pod> victims = new ArrayList<>();
    int violations = spare(violating, load, site, victims);
    spare(harmless, load, site, victims);
    victims.sort(IMPORTANCE);
    return victims.isEmpty()
        ? new None(List.of(NO_VICTIMS))
        : new Found(new Victims(site.node().name(), List.copyOf(victims), violations));
  }

  /** Puts back whom it can; how many cannot stay, which become victims. */
  private static int spare(List<Present> pods, Load load, Site site, List<Pod> victims) {
    int lost = 0;
    for (Present each : pods) {
      load.add(each.taking());
      if (site.fit().apply(load) instanceof Verdict.Rejected) {
        load.remove(each.taking().uid());
        victims.add(each.pod());
        lost++;
      }
    }
    return lost;
  }

  private static Victims best(List<Victims> candidates) {
    return Collections.min(candidates, BETTER);
  }

  private static final Comparator<Victims> BETTER =
      Comparator.comparingInt(Victims::violations)
          .thenComparingLong(victims -> victims.first().priority())
          .thenComparingLong(Preemption::weight)
          .thenComparingInt(victims -> victims.pods().size())
          .thenComparing(Preemption::firstStart, Comparator.reverseOrder())
          .thenComparing(Victims::node);

  /** The sum of the priorities, each made positive: many unimportant pods weigh more than one. */
  private static long weight(Victims victims) {
    return victims.pods().stream().mapToLong(pod -> pod.priority() + (1L << 31)).sum();
  }

  /** When the first of the most important victims started. */
  private static Instant firstStart(Victims victims) {
    long highest = victims.first().priority();
    return victims.pods().stream()
        .filter(pod -> pod.priority() == highest)
        .map(Preemption::started)
        .min(Comparator.naturalOrder())
        .orElse(Instant.MAX);
  }

  /** A pod that has not started yet is the youngest. */
  private static Instant started(Pod pod) {
    Instant started = Timestamps.parse(pod.status().path("startTime"));
    return started == null ? Instant.MAX : started;
  }

  /** What the budgets still allow while victims are looked at one by one. */
  private static final class Allowance {
    private final Budgets budgets;
    private final Map<String, Long> left = new HashMap<>();

    Allowance(Budgets budgets) {
      this.budgets = budgets;
    }

    /** Takes a pod from every budget that covers it; whether one of them has none to give. */
    boolean violates(Pod pod) {
      if (pod.labels().isEmpty()) {
        return false;
      }
      for (DisruptionBudget budget : budgets.apply(pod.namespace())) {
        // A budget for everything counts for nothing here; an eviction under way is paid for.
        if (budget.selector().isEmpty()
            || !budget.covers(pod.namespace(), pod.labels())
            || budget.status().disruptedPods().containsKey(pod.name())) {
          continue;
        }
        String key = budget.namespace() + "/" + budget.name();
        long now =
            left.merge(key, budget.status().disruptionsAllowed() - 1, (present, x) -> present - 1);
        if (now < 0) {
          return true;
        }
      }
      return false;
    }
  }
}
