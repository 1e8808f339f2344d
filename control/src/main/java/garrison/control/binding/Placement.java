package garrison.control.binding;

/** Where a pod goes. */
public sealed interface Placement {
  /** To this node; it is already counted there. */
  record On(String node) implements Placement {}

  /** Nowhere, for now. */
  record Nowhere(String message) implements Placement {}
}
