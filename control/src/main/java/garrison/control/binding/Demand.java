package garrison.control.binding;

import garrison.model.HostPort;
import garrison.model.NodeAffinity;
import garrison.model.Pod;
import garrison.model.Resources;
import garrison.model.Toleration;
import java.util.List;

/** What a pod asks of a node, read from it once. */
public record Demand(
    Resources requests, List<HostPort> ports, List<Toleration> tolerations, NodeAffinity affinity) {
  /** The demand of a pod. */
  public static Demand of(Pod pod) {
    return new Demand(pod.requests(), pod.hostPorts(), pod.tolerations(), pod.affinity());
  }
}
