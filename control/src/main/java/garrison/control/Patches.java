package garrison.control;

import static garrison.model.Timestamps.seconds;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.model.Condition;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/** The small writes that more than one loop makes. */
public final class Patches {
  private Patches() {}

  /**
   * A strategic patch of a pod's status that sets one condition, merged by its type. Its time moves
   * only where the status changes.
   */
  public static ObjectNode condition(
      Pod pod, String type, String status, String reason, String message, Instant now) {
    Condition present = Condition.find(pod.conditions(), type);
    Instant since =
        present == null || !present.status().equals(status) ? null : present.lastTransitionTime();
    ObjectNode patch = Json.object();
    ObjectNode condition = patch.putObject("status").putArray("conditions").addObject();
    condition.put("type", type);
    condition.put("status", status);
    condition.put("reason", reason);
    condition.put("message", message);
    if (pod.meta().generation() > 0) {
      condition.put("observedGeneration", pod.meta().generation());
    }
    condition.putNull("lastProbeTime");
    condition.put("lastTransitionTime", seconds(since == null ? now : since));
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

  /** The same; false where the pod is gone. */
  public static boolean podStatusIfThere(Cluster cluster, Pod pod, ObjectNode patch) {
    return isThere(() -> podStatus(cluster, pod, patch));
  }

  /** Deletes this very pod, in its own time; false where it is gone. */
  public static boolean deleteIfThere(Cluster cluster, Pod pod) {
    return deleteIfThere(cluster, pod, DeleteOptions.DEFAULT_GRACE);
  }

  /** The same within so many seconds. */
  public static boolean deleteIfThere(Cluster cluster, Pod pod, long graceSeconds) {
    DeleteOptions options = new DeleteOptions(graceSeconds, "", pod.meta().uid(), "");
    return isThere(() -> cluster.delete(Kinds.POD, pod.namespace(), pod.name(), options));
  }

  private static boolean isThere(Runnable call) {
    try {
      call.run();
      return true;
    } catch (StatusException e) {
      if (e.reason() == StatusReason.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }
}
