package garrison.agent.cri;

/** Keys by which a sandbox or container says whose it is (spec: node-agent 1.4). */
final class Labels {
  static final String POD_NAME = "io.kubernetes.pod.name";
  static final String POD_NAMESPACE = "io.kubernetes.pod.namespace";
  static final String POD_UID = "io.kubernetes.pod.uid";
  static final String CONTAINER_NAME = "io.kubernetes.container.name";
  static final String HASH = "io.kubernetes.container.hash";

  /** Ours: of several agents on one runtime, the one whose sandbox it is. An annotation. */
  static final String NODE = "garrison.agent/node";

  private Labels() {}
}
