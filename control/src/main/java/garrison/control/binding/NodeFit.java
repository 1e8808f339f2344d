package garrison.control.binding;

import garrison.model.Node;
import garrison.model.Pod;
import java.util.Collection;

/** Asks the filters about one node, for who has its pods at hand and no ledger of all. Pure. */
public final class NodeFit {
  private NodeFit() {}

  /**
   * Whether a pod fits on a node.
   *
   * @param pod which is to be bound
   * @param there the pods of that node; those that have ended take nothing
   */
  public static Verdict of(Pod pod, Node node, Collection<Pod> there) {
    Load load =
        Load.of(there.stream().filter(other -> !other.terminal()).map(Occupant::of).toList());
    return Filters.judge(Demand.of(pod), node, load);
  }
}
