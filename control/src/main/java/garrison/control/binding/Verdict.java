package garrison.control.binding;

import java.util.List;

/** Whether a pod fits a node, and if not, all that stands against it. */
public sealed interface Verdict {
  /** It fits. */
  record Fits() implements Verdict {}

  /**
   * It does not.
   *
   * @param reasons in the scheduler's words, one for each thing that failed
   * @param curable whether fewer pods on the node could help
   */
  record Rejected(List<String> reasons, boolean curable) implements Verdict {
    /** One reason, that nothing but a change of the node or the pod cures. */
    static Rejected incurable(String reason) {
      return new Rejected(List.of(reason), false);
    }
  }
}
