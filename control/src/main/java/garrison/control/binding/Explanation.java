package garrison.control.binding;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says why a pod fits nowhere, in the scheduler's words (spec: daemonset 9.1): how many nodes each
 * reason holds for. Pure.
 */
final class Explanation {
  /** Where there is no node at all, nothing else is said. */
  static final String NO_NODES = "no nodes available to schedule pods";

  private Explanation() {}

  /** The whole sentence. */
  static String of(Diagnosis diagnosis, Preemption.Outcome outcome) {
    if (diagnosis.nodes() == 0) {
      return NO_NODES;
    }
    String contradiction = diagnosis.contradiction();
    String available =
        contradiction != null
            ? "0/" + diagnosis.nodes() + " nodes are available: " + contradiction + "."
            : counted(
                diagnosis.nodes(),
                diagnosis.rejected().values().stream().map(Verdict.Rejected::reasons).toList(),
                Filters.OTHER_NODE);
    return available + " preemption: " + outcome.detail();
  }

  /**
   * {@code 0/3 nodes are available: 1 one reason, 2 another.}, in the order of the text.
   *
   * @param reasons of some of the nodes
   * @param other the reason of all others
   */
  static String counted(int nodes, Collection<List<String>> reasons, String other) {
    Map<String, Integer> counts = new TreeMap<>();
    reasons.forEach(node -> node.forEach(reason -> counts.merge(reason, 1, Integer::sum)));
    if (nodes > reasons.size()) {
      counts.merge(other, nodes - reasons.size(), Integer::sum);
    }
    List<String> parts = new ArrayList<>();
    counts.forEach((reason, count) -> parts.add(count + " " + reason));
    parts.sort(null);
    return "0/" + nodes + " nodes are available: " + String.join(", ", parts) + ".";
  }
}
