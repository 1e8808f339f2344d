package garrison.control.daemonset;

import garrison.client.Cluster;
import garrison.client.UnreachableException;
import garrison.daemonset.FleetStatus;
import garrison.model.DaemonSet;
import garrison.model.StatusException;
import garrison.model.kind.Kinds;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes the status of a DaemonSet (spec: daemonset 7). Blocking. */
final class StatusWriter {
  private final Cluster cluster;

  StatusWriter(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Whether the status shows these numbers, and the present generation. */
  static boolean shows(DaemonSet daemonSet, FleetStatus numbers) {
    JsonNode status = daemonSet.document().path("status");
    return number(status, "desiredNumberScheduled") == numbers.desired()
        && number(status, "currentNumberScheduled") == numbers.current()
        && number(status, "numberMisscheduled") == numbers.misscheduled()
        && number(status, "numberReady") == numbers.ready()
        && number(status, "updatedNumberScheduled") == numbers.updated()
        && number(status, "numberAvailable") == numbers.available()
        && number(status, "numberUnavailable") == numbers.unavailable()
        && daemonSet.observedGeneration() >= daemonSet.meta().generation();
  }

  /**
   * Writes the numbers, and the generation of {@code daemonSet} as observed. Where that fails, the
   * DaemonSet is read again and the write tried once more.
   *
   * @return what was stored; null where this DaemonSet is gone
   */
  @Nullable DaemonSet write(DaemonSet daemonSet, FleetStatus numbers) {
    long generation = daemonSet.meta().generation();
    try {
      return put(daemonSet, numbers, generation);
    } catch (StatusException | UnreachableException e) {
      DaemonSet fresh =
          DaemonSet.of(cluster.get(Kinds.DAEMON_SET, daemonSet.namespace(), daemonSet.name()));
      return fresh.meta().uid().equals(daemonSet.meta().uid())
          ? put(fresh, numbers, generation)
          : null;
    }
  }

  private DaemonSet put(DaemonSet daemonSet, FleetStatus numbers, long generation) {
    ObjectNode document = daemonSet.document().deepCopy();
    ObjectNode status =
        document.get("status") instanceof ObjectNode present
            ? present
            : document.putObject("status");
    status.put("currentNumberScheduled", numbers.current());
    status.put("numberMisscheduled", numbers.misscheduled());
    status.put("desiredNumberScheduled", numbers.desired());
    status.put("numberReady", numbers.ready());
    putUnlessZero(status, "observedGeneration", generation);
    putUnlessZero(status, "updatedNumberScheduled", numbers.updated());
    putUnlessZero(status, "numberAvailable", numbers.available());
    putUnlessZero(status, "numberUnavailable", numbers.unavailable());
    return DaemonSet.of(cluster.update(Kinds.DAEMON_SET, document, "status"));
  }

  private static void putUnlessZero(ObjectNode status, String member, long value) {
    if (value == 0) {
      status.remove(member);
    } else {
      status.put(member, value);
    }
  }

  private static int number(JsonNode status, String member) {
    return status.path(member).asInt(0);
  }
}
