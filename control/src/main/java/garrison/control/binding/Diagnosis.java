package garrison.control.binding;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a pod fits nowhere.
 *
 * @param nodes how many there are
 * @param contradiction what in the pod itself rules out every node, null where nothing does
 * @param rejected the nodes that were looked at, by name; no other could be the pod's
 */
record Diagnosis(
    int nodes, @Nullable String contradiction, Map<String, Verdict.Rejected> rejected) {
  /** Whether fewer pods on that node could help. */
  boolean curable(String node) {
    Verdict.Rejected verdict = rejected.get(node);
    return verdict != null && verdict.curable();
  }

  /** How many nodes were not looked at. */
  int others() {
    return nodes - rejected.size();
  }
}
