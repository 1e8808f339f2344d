package garrison.daemonset.explain;

import garrison.model.HostPort;
import java.util.List;

/**
 * Why a pod does not fit on its node beside what is there: the scheduler's filters, with figures.
 */
public sealed interface Obstacle {
  /** The obstacle in words, with its figures. */
  default String sentence() {
    return switch (this) {
      case Shortage shortage -> shortage.summary() + shortage.figures();
      case TooManyPods(long allowed) -> "the node carries as many pods as it may, " + allowed;
      case PortTaken taken ->
          taken.summary() + " by pod " + taken.holder().namespace() + "/" + taken.holder().name();
      case Other(String words) -> words;
    };
  }

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
      implements Obstacle {
    /** Whether it would fit if nothing else were there. */
    boolean couldFit() {
      return needs <= whole;
    }

    String summary() {
      return "insufficient " + resource + ", needs " + Amounts.of(resource, needs);
    }

    String figures() {
      return couldFit()
          ? ", " + Amounts.of(resource, Math.max(0, free)) + " free"
          : ", and the node has " + Amounts.of(resource, whole) + " for pods in all";
    }
  }

  /** The node carries as many pods as it may. */
  record TooManyPods(long allowed) implements Obstacle {}

  /**
   * A host port that another pod of the node has.
   *
   * @param holder that pod
   */
  record PortTaken(HostPort port, Taker holder) implements Obstacle {
    String what() {
      return "host port " + port.port() + "/" + port.protocol();
    }

    String summary() {
      return what() + " is taken on the node";
    }
  }

  /** Whatever else a filter said. */
  record Other(String words) implements Obstacle {}
}
