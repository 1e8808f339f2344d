package garrison.apiserver.auth;

/** Which objects concern a node: its pods, and what those name. Thread-safe. */
public interface NodeGraph {
  /** Whether that pod is bound to the node. */
  boolean runs(String node, String namespace, String pod);

  /**
   * Whether a pod of the node names that object.
   *
   * @param resource secrets, configmaps, persistentvolumeclaims or serviceaccounts
   */
  boolean uses(String node, String resource, String namespace, String name);
}
