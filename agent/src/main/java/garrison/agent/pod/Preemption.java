package garrison.agent.pod;

import garrison.agent.pod.Admission.Lack;
import garrison.model.Pod;
import garrison.model.Resources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which pods have to go so that a critical one finds room: as few and as small as can be, those
 * that promised themselves least first (spec: node-agent 3.3). Pure.
 */
final class Preemption {
  private static final int CRITICAL = 2_000_000_000;
  private static final Set<String> KNOWN = Set.of("pods", "cpu", "memory", "ephemeral-storage");

  /** A pod that was taken before; {@code ofFile}: whether it is a static one. */
  record Candidate(Pod pod, boolean ofFile) {}

  private Preemption() {}

  /** Whether a node does all it can for a pod. */
  static boolean critical(Pod pod, boolean ofFile) {
    return ofFile || pod.priority() >= CRITICAL;
  }

  /** Whether every node has that resource. */
  static boolean known(String resource) {
    return KNOWN.contains(resource);
  }

  /** The amount of a resource, cpu in thousandths. */
  static long amount(Resources resources, String name) {
    return switch (name) {
      case "pods" -> resources.pods();
      case "cpu" -> resources.milliCpu();
      case "memory" -> resources.memory();
      case "ephemeral-storage" -> resources.ephemeralStorage();
      default -> resources.scalars().getOrDefault(name, 0L);
    };
  }

  /**
   * The pods to end for one; null where not even all of them would be enough.
   *
   * @param all the pods taken before
   * @param lacking what has to become free
   */
  static @Nullable List<Pod> victims(
      Pod pod, boolean ofFile, Collection<Candidate> all, List<Lack> lacking) {
    List<Pod> bestEffort = new ArrayList<>();
    List<Pod> burstable = new ArrayList<>();
    List<Pod> guaranteed = new ArrayList<>();
    for (Candidate candidate : all) {
      if (mayGo(pod, ofFile, candidate)) {
        switch (Qos.of(candidate.pod().spec())) {
          case BEST_EFFORT -> bestEffort.add(candidate.pod());
          case BURSTABLE -> burstable.add(candidate.pod());
          case GUARANTEED -> guaranteed.add(candidate.pod());
        }
      }
    }
    List<Need> needs = lacking.stream().map(lack -> new Need(lack.name(), lack.missing())).toList();
    if (!without(needs, bestEffort, burstable, guaranteed).isEmpty()) {
      return null;
    }
    List<Pod> third = nearest(guaranteed, without(needs, bestEffort, burstable));
    List<Pod> second = nearest(burstable, without(needs, bestEffort, third));
    List<Pod> first = nearest(bestEffort, without(needs, second, third));
    List<Pod> victims = new ArrayList<>(first);
    victims.addAll(second);
    victims.addAll(third);
    return victims;
  }

  private static boolean mayGo(Pod pod, boolean ofFile, Candidate candidate) {
    return !critical(candidate.pod(), candidate.ofFile())
        || (!candidate.ofFile() && pod.priority() > candidate.pod().priority());
  }

  private record Need(String name, long amount) {}

  @SafeVarargs
  private static List<Need> without(List<Need> needs, List<Pod>... gone) {
    List<Need> left = new ArrayList<>();
    for (Need need : needs) {
      long amount = need.amount();
      for (List<Pod> pods : gone) {
        for (Pod pod : pods) {
          amount -= of(pod, need.name());
        }
      }
      if (amount > 0) {
        left.add(new Need(need.name(), amount));
      }
    }
    return left;
  }

  private static long of(Pod pod, String resource) {
    return resource.equals("pods") ? 1 : amount(pod.requests(), resource);
  }

  /** One after the other, each time the pod that comes nearest to what is still missing. */
  private static List<Pod> nearest(List<Pod> pods, List<Need> needs) {
    List<Pod> left = new ArrayList<>(pods);
    List<Pod> chosen = new ArrayList<>();
    List<Need> missing = needs;
    while (!missing.isEmpty() && !left.isEmpty()) {
      Pod best = left.getFirst();
      for (Pod pod : left) {
        double difference = distance(missing, pod) - distance(missing, best);
        if (difference < 0 || (difference == 0 && smaller(pod, best))) {
          best = pod;
        }
      }
      left.remove(best);
      chosen.add(best);
      missing = without(needs, chosen);
    }
    return chosen;
  }

  /** 0 for a pod that frees all of it. */
  private static double distance(List<Need> needs, Pod pod) {
    double sum = 0;
    for (Need need : needs) {
      double rest = Math.max(0, need.amount() - of(pod, need.name()));
      sum += rest / need.amount() * (rest / need.amount());
    }
    return sum;
  }

  private static boolean smaller(Pod pod, Pod than) {
    Resources one = pod.requests();
    Resources other = than.requests();
    return one.memory() != other.memory()
        ? one.memory() < other.memory()
        : one.milliCpu() < other.milliCpu();
  }

  /** Why nothing can be done, in upstream's words. */
  static Rejection impossible(List<Lack> lacking) {
    StringBuilder text = new StringBuilder();
    for (Lack lack : lacking) {
      text.append("(res: ").append(lack.name()).append(", q: ").append(lack.missing());
      text.append("), ");
    }
    return new Rejection(
        "UnexpectedAdmissionError",
        "Unexpected error while attempting to recover from admission failure: preemption: error"
            + " finding a set of pods to preempt: no set of running pods found to reclaim"
            + " resources: ["
            + text
            + "]");
  }
}
