package garrison.control.nodelifecycle;

import java.time.Duration;

/**
 * The times and rates of the node lifecycle (spec: daemonset 9.3).
 *
 * @param period between two looks at all nodes
 * @param grace silence after which a node is Unknown
 * @param startup the same for a node that never reported
 * @param perSecond nodes tainted NoExecute each second in a healthy zone
 * @param perSecondDisrupted the same in a large zone of which much is not ready
 * @param largeZone a zone with more nodes is large
 * @param disruptedShare share of nodes not ready from which a zone is disrupted
 */
public record Limits(
    Duration period,
    Duration grace,
    Duration startup,
    double perSecond,
    double perSecondDisrupted,
    int largeZone,
    double disruptedShare) {
  /** Upstream's. */
  public static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(5),
          Duration.ofSeconds(50),
          Duration.ofSeconds(60),
          0.1,
          0.01,
          50,
          0.55);
}
