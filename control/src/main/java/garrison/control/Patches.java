package garrison.control;

import static garrison.model.Timestamps.seconds;

import garrison.client.Cluster;
import garrison.client.PatchType;
import garrison.model.Pod;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/** The small writes that more than one loop makes. */
public final class Patches {
  private Patches() {}

  /** A strategic patch of a status that sets one condition, merged by its type. */
  public static ObjectNode condition(
      String type, String status, String reason, String message, Instant now) {
    ObjectNode patch = Json.object();
    ObjectNode condition = patch.putObject("status").putArray("conditions").addObject();
    condition.put("type", type);
    condition.put("status", status);
    condition.put("reason", reason);
    condition.put("message", message);
    condition.put("lastTransitionTime", seconds(now));
    return patch;
  }

  /** Makes a patch hold only for this very object. */
  public static ObjectNode onlyFor(String uid, ObjectNode patch) {
    ObjectNode metadata =
        patch.get("metadata") instanceof ObjectNode present ? present : patch.putObject("metadata");
    metadata.put("uid", uid);
    return patch;
  }

  /** Patches the status of a pod, of this very one. */
  public static ObjectNode podStatus(Cluster cluster, Pod pod, ObjectNode patch) {
    return cluster.patch(
        Kinds.POD,
        pod.namespace(),
        pod.name(),
        PatchType.STRATEGIC,
        onlyFor(pod.meta().uid(), patch),
        "status");
  }
}
