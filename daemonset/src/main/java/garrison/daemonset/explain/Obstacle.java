package garrison.daemonset.explain;

import garrison.model.HostPort;
import java.util.List;

/**
 * Why a pod does not fit on its node beside what is there: the scheduler's filters, with figures.
 */
public sealed interface Obstacle {
  /**
   * A pod that takes of what is lacking.
   *
   * @param namespace its namespace
   * @param name its name
   * @param amount how much, in the resource's unit (thousandths for cpu)
   */
  record Taker(String namespace, String name, long amount) {}

  /**
   * Not enough of a resource, in its unit (thousandths of a core for cpu).
   *
   * @param resource such as {@code memory}
   * @param needs what the pod requests
   * @param free what no other pod has requested
   * @param whole what the node has for pods in all
   * @param takers the pods that request most of it, the largest first
   */
  record Shortage(String resource, long needs, long free, long whole, List<Taker> takers)
      implements Obstacle {}

  /** The node carries as many pods as it may. */
  record TooManyPods(long allowed) implements Obstacle {}

  /**
   * A host port that another pod of the node has.
   *
   * @param holder that pod
   */
  record PortTaken(HostPort port, Taker holder) implements Obstacle {}

  /** Whatever else a filter said. */
  record Other(String words) implements Obstacle {}
}
