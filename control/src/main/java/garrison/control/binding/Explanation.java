package garrison.control.binding;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says why a pod fits nowhere, in the scheduler's words (spec: daemonset 9.1): how many nodes each
 * reason holds for, and what preemption could do. Collects; not thread-safe.
 */
final class Explanation {
  private static final String NO_VICTIMS = "No preemption victims found for incoming pod";
  private static final String NOT_HELPFUL = "Preemption is not helpful for scheduling";
  private final Map<String, Integer> reasons = new TreeMap<>();
  private int nodes;
  private int curable;

  /** So many nodes are out for one common reason. */
  void add(int count, String reason) {
    if (count > 0) {
      nodes += count;
      reasons.merge(reason, count, Integer::sum);
    }
  }

  /** One node is out. */
  void add(Verdict.Rejected rejected) {
    nodes++;
    curable += rejected.curable() ? 1 : 0;
    for (String reason : rejected.reasons()) {
      reasons.merge(reason, 1, Integer::sum);
    }
  }

  /** The sentence. */
  String text(boolean mayPreempt) {
    if (nodes == 0) {
      return "no nodes available to schedule pods";
    }
    return available(reasons) + " preemption: " + preemption(mayPreempt);
  }

  private String preemption(boolean mayPreempt) {
    if (!mayPreempt) {
      return "not eligible due to preemptionPolicy=Never.";
    }
    Map<String, Integer> why = new TreeMap<>();
    if (curable > 0) {
      why.put(NO_VICTIMS, curable);
    }
    if (nodes > curable) {
      why.put(NOT_HELPFUL, nodes - curable);
    }
    return available(why);
  }

  private String available(Map<String, Integer> counts) {
    List<String> parts = new ArrayList<>();
    counts.forEach((reason, count) -> parts.add(count + " " + reason));
    parts.sort(null);
    return "0/" + nodes + " nodes are available: " + String.join(", ", parts) + ".";
  }
}
