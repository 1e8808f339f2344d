package garrison.control.binding;

import garrison.model.HostPort;
import garrison.model.NodeAffinity;
import garrison.model.Pod;
import garrison.model.Resources;
import garrison.model.Toleration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What a pod asks of a node, read from it once. A pod that runs and is being resized takes the most
 * of what it asks for, was promised and has.
 */
public record Demand(
    Resources requests,
    List<HostPort> ports,
    List<Toleration> tolerations,
    NodeAffinity affinity,
    Neighbours neighbours) {
  /** The demand of a pod. */
  public static Demand of(Pod pod) {
    return new Demand(
        pod.nodeName().isEmpty()
            ? pod.requests()
            : Resources.ofRunningPod(pod.spec(), pod.status()),
        pod.hostPorts(),
        pod.tolerations(),
        pod.affinity(),
        Neighbours.of(pod));
  }

  /** Whether what two states of a running pod say of its size differs. */
  static boolean resized(Pod old, Pod now) {
    return sizes(old, "containerStatuses", now)
        || sizes(old, "initContainerStatuses", now)
        || !old.status().path("resources").equals(now.status().path("resources"));
  }

  private static boolean sizes(Pod old, String list, Pod now) {
    JsonNode before = old.status().path(list);
    JsonNode after = now.status().path(list);
    if (before.size() != after.size()) {
      return true;
    }
    for (int i = 0; i < before.size(); i++) {
      JsonNode one = before.path(i);
      JsonNode other = after.path(i);
      if (!one.path("resources").equals(other.path("resources"))
          || !one.path("allocatedResources").equals(other.path("allocatedResources"))) {
        return true;
      }
    }
    return false;
  }
}
