package garrison.apiserver.auth;

import java.util.Set;

/** Which labels a node may set on its own Node object (spec: api-server 18). Pure. */
final class NodeLabels {
  private static final Set<String> WELL_KNOWN =
      Set.of(
          "kubernetes.io/hostname",
          "kubernetes.io/os",
          "kubernetes.io/arch",
          "beta.kubernetes.io/os",
          "beta.kubernetes.io/arch",
          "beta.kubernetes.io/instance-type",
          "node.kubernetes.io/instance-type",
          "topology.kubernetes.io/zone",
          "topology.kubernetes.io/region",
          "failure-domain.beta.kubernetes.io/zone",
          "failure-domain.beta.kubernetes.io/region");

  private NodeLabels() {}

  /** Labels outside Kubernetes' own domains are free; within, only the kubelet's are. */
  static boolean allowed(String key) {
    int slash = key.indexOf('/');
    if (slash < 0) {
      return true;
    }
    String domain = key.substring(0, slash);
    if (within(domain, "node-restriction.kubernetes.io")) {
      return false;
    }
    if (!within(domain, "kubernetes.io") && !within(domain, "k8s.io")) {
      return true;
    }
    return WELL_KNOWN.contains(key)
        || within(domain, "kubelet.kubernetes.io")
        || within(domain, "node.kubernetes.io");
  }

  private static boolean within(String domain, String parent) {
    return domain.equals(parent) || domain.endsWith("." + parent);
  }
}
