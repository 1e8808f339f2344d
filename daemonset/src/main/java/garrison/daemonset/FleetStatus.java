package garrison.daemonset;

/**
 * The seven numbers of a DaemonSet's status (spec: daemonset 7).
 *
 * @param desired eligible nodes
 * @param current eligible nodes that a pod is for
 * @param misscheduled other nodes that a pod is for
 * @param ready of the current ones, those whose first pod is Ready
 * @param available of the current ones, those whose first pod is available
 * @param updated of the current ones, those whose first pod is of the present revision
 */
public record FleetStatus(
    int desired, int current, int misscheduled, int ready, int available, int updated) {
  /** Eligible nodes without an available pod. */
  public int unavailable() {
    return desired - available;
  }
}
