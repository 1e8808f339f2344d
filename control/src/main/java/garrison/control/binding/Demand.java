package garrison.control.binding;

import garrison.model.NodeAffinity;
import garrison.model.Pod;
import garrison.model.Toleration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What a pod asks of a node, read from it once.
 *
 * @param pod what it would take there
 * @param tolerations the taints it tolerates
 * @param affinity the nodes it demands
 */
record Demand(Occupant pod, List<Toleration> tolerations, NodeAffinity affinity) {
  /** The demand of a pod. */
  static Demand of(Pod pod) {
    return new Demand(Occupant.of(pod), pod.tolerations(), pod.affinity());
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
