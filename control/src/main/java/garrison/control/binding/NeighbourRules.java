package garrison.control.binding;

import garrison.model.Node;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The last two filters: whether a pod keeps the distance that it, and those around it, demand
 * (spec: daemonset 9.1). A pod that demands nothing costs as many looks as there are pods that
 * demand to be apart from others; any other costs a look at all pods. Pure.
 */
final class NeighbourRules {
  static final String NO_LABEL =
      "node(s) didn't match pod topology spread constraints (missing required label)";
  static final String SKEW = "node(s) didn't match pod topology spread constraints";
  static final String NEAR = "node(s) didn't match pod affinity rules";
  static final String APART = "node(s) didn't match pod anti-affinity rules";
  static final String OTHERS_APART = "node(s) didn't satisfy existing pods anti-affinity rules";

  /** All that these rules say. */
  static final Set<String> REASONS = Set.of(NO_LABEL, SKEW, NEAR, APART, OTHERS_APART);

  private NeighbourRules() {}

  /** All nodes with their pods, as they would be. */
  interface Surroundings {
    /** Visits every node with its pods. */
    void forEach(BiConsumer<Node, Collection<Occupant>> visitor);

    /** Visits every pod that demands to be apart from others, with its node. */
    void forEachApart(BiConsumer<Node, Occupant> visitor);

    /** The labels of a namespace. */
    Map<String, String> labelsOf(String namespace);
  }

  static Verdict judge(Demand pod, Node node, Surroundings around) {
    Neighbours demands = pod.pod().neighbours();
    for (Neighbours.Spread spread : demands.spread()) {
      String domain = node.labels().get(spread.key());
      if (domain == null) {
        return Verdict.Rejected.incurable(NO_LABEL);
      }
      if (skew(pod, spread, domain, around) > spread.maxSkew()) {
        return new Verdict.Rejected(List.of(SKEW), true);
      }
    }
    if (!demands.near().isEmpty() && !isNear(pod, node, around)) {
      return Verdict.Rejected.incurable(NEAR);
    }
    if (!demands.apart().isEmpty() && !isApart(demands.apart(), node, around)) {
      return new Verdict.Rejected(List.of(APART), true);
    }
    return othersKeepApart(pod.pod(), node, around)
        ? new Verdict.Rejected(List.of(OTHERS_APART), true)
        : new Verdict.Fits();
  }

  /** How much more of the chosen pods the domain would have than the emptiest. */
  private static long skew(
      Demand pod, Neighbours.Spread spread, String domain, Surroundings around) {
    Map<String, Long> counts = new HashMap<>();
    around.forEach(
        (node, pods) -> {
          if (counts(pod, spread, node)) {
            long matching = spread.selector().isEmpty() ? 0 : matching(pod.pod(), spread, pods);
            counts.merge(node.labels().getOrDefault(spread.key(), ""), matching, Long::sum);
          }
        });
    long least =
        counts.size() < spread.minDomains()
            ? 0
            : counts.values().stream().mapToLong(Long::longValue).min().orElse(Integer.MAX_VALUE);
    long self = spread.selector().matches(pod.pod().labels()) ? 1 : 0;
    return counts.getOrDefault(domain, 0L) + self - least;
  }

  private static boolean counts(Demand demand, Neighbours.Spread spread, Node node) {
    return demand.pod().neighbours().spread().stream()
            .allMatch(each -> node.labels().containsKey(each.key()))
        && (!spread.ofNodesItDemands() || demand.affinity().matches(node.labels(), node.name()))
        && (!spread.ofNodesItTolerates() || Filters.tolerates(demand, node));
  }

  private static long matching(Occupant pod, Neighbours.Spread spread, Collection<Occupant> pods) {
    return pods.stream()
        .filter(other -> !other.terminating() && other.namespace().equals(pod.namespace()))
        .filter(other -> spread.selector().matches(other.labels()))
        .count();
  }

  /** Each term has a pod that meets all of them; or nobody does, but the pod itself would. */
  private static boolean isNear(Demand pod, Node node, Surroundings around) {
    List<Neighbours.Term> terms = pod.pod().neighbours().near();
    for (Neighbours.Term term : terms) {
      if (!node.labels().containsKey(term.key())) {
        return false;
      }
    }
    boolean[] met = new boolean[terms.size()];
    boolean[] anywhere = new boolean[1];
    around.forEach(
        (other, pods) -> {
          if (pods.stream().anyMatch(each -> matchesAll(terms, each, around))) {
            for (int i = 0; i < met.length; i++) {
              String value = other.labels().get(terms.get(i).key());
              anywhere[0] |= value != null;
              met[i] |= value != null && value.equals(node.labels().get(terms.get(i).key()));
            }
          }
        });
    for (boolean each : met) {
      if (!each) {
        return !anywhere[0] && matchesAll(terms, pod.pod(), around);
      }
    }
    return true;
  }

  private static boolean matchesAll(
      List<Neighbours.Term> terms, Occupant pod, Surroundings around) {
    return terms.stream().allMatch(term -> term.matches(pod, around::labelsOf));
  }

  private static boolean isApart(List<Neighbours.Term> terms, Node node, Surroundings around) {
    boolean[] near = new boolean[1];
    around.forEach(
        (other, pods) -> {
          for (Neighbours.Term term : terms) {
            if (!near[0] && shares(term.key(), node, other)) {
              near[0] = pods.stream().anyMatch(each -> term.matches(each, around::labelsOf));
            }
          }
        });
    return !near[0];
  }

  private static boolean othersKeepApart(Occupant pod, Node node, Surroundings around) {
    boolean[] refused = new boolean[1];
    around.forEachApart(
        (other, present) -> {
          for (Neighbours.Term term : present.neighbours().apart()) {
            refused[0] |= shares(term.key(), node, other) && term.matches(pod, around::labelsOf);
          }
        });
    return refused[0];
  }

  private static boolean shares(String key, Node one, Node other) {
    String value = one.labels().get(key);
    return value != null && value.equals(other.labels().get(key));
  }
}
