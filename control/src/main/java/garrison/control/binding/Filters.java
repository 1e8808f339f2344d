package garrison.control.binding;

import garrison.model.HostPort;
import garrison.model.Node;
import garrison.model.Resources;
import garrison.model.Taint;
import garrison.model.Toleration;
import java.util.ArrayList;
import java.util.List;

/**
 * The scheduler's filters of one node, in its order; the first that fails alone gives the reasons
 * (spec: daemonset 9.1). {@link NeighbourRules} come after them. Pure.
 */
final class Filters {
  static final String UNSCHEDULABLE = "node(s) were unschedulable";
  static final String TAINTS = "node(s) had untolerated taint(s)";
  static final String AFFINITY = "node(s) didn't match Pod's node affinity/selector";
  static final String PORTS = "node(s) didn't have free ports for the requested pod ports";
  static final String CONTRADICTION = "pod affinity terms conflict";
  static final String OTHER_NODE = "node(s) didn't satisfy plugin(s) [NodeAffinity]";
  private static final Taint CORDON =
      new Taint("node.kubernetes.io/unschedulable", "", Taint.NO_SCHEDULE, null);

  private Filters() {}

  /** Whether {@code demand} fits beside what the node already carries. */
  static Verdict judge(Demand demand, Node node, Load load) {
    if (node.unschedulable() && !tolerated(demand.tolerations(), CORDON)) {
      return Verdict.Rejected.incurable(UNSCHEDULABLE);
    }
    if (!tolerates(demand, node)) {
      return Verdict.Rejected.incurable(TAINTS);
    }
    if (!demand.affinity().matches(node.labels(), node.name())) {
      return Verdict.Rejected.incurable(AFFINITY);
    }
    for (HostPort wanted : demand.pod().ports()) {
      if (load.takes(wanted)) {
        return new Verdict.Rejected(List.of(PORTS), true);
      }
    }
    return resources(demand.pod().requests(), node.allocatable(), load);
  }

  /** Whether no taint of the node keeps the pod away. */
  static boolean tolerates(Demand demand, Node node) {
    for (Taint taint : node.taints()) {
      boolean keepsAway =
          taint.effect().equals(Taint.NO_SCHEDULE) || taint.effect().equals(Taint.NO_EXECUTE);
      if (keepsAway && !tolerated(demand.tolerations(), taint)) {
        return false;
      }
    }
    return true;
  }

  private static Verdict resources(Resources wanted, Resources allocatable, Load load) {
    List<String> reasons = new ArrayList<>(0);
    if (load.pods() + 1 > allocatable.pods()) {
      reasons.add("Too many pods");
    }
    for (String resource : allocatable.minus(load.requests()).lacking(wanted)) {
      reasons.add("Insufficient " + resource);
    }
    if (reasons.isEmpty()) {
      return new Verdict.Fits();
    }
    return new Verdict.Rejected(reasons, allocatable.lacking(wanted).isEmpty());
  }

  private static boolean tolerated(List<Toleration> tolerations, Taint taint) {
    for (Toleration toleration : tolerations) {
      if (toleration.tolerates(taint)) {
        return true;
      }
    }
    return false;
  }
}
