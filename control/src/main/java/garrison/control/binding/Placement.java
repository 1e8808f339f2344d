package garrison.control.binding;

/** Where a pod goes. */
public sealed interface Placement {
  /** To this node; it is already counted there. */
  record On(String node) implements Placement {}

  /**
   * Nowhere, for now.
   *
   * @param message why, in the scheduler's words
   * @param preemption what may be done about it
   * @param forOthers whether pods that come, go or change their labels anywhere may help
   */
  record Nowhere(String message, Preemption.Outcome preemption, boolean forOthers)
      implements Placement {}
}
