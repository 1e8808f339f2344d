package garrison.agent.pod;

import garrison.model.Timestamps;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Why the node itself ends a pod for good, though nobody deleted it.
 *
 * @param event reason of the event
 * @param reason in the pod's status
 * @param message in both
 * @param condition the message of its condition DisruptionTarget
 */
record Verdict(String event, String reason, String message, String condition) {
  /** Its room is needed (spec: node-agent 3.3). */
  static final Verdict PREEMPTED =
      new Verdict(
          "Preempting",
          "Preempting",
          "Preempted in order to admit critical pod",
          "Pod was preempted by Kubelet to accommodate a critical pod.");

  private static final String TYPE = "DisruptionTarget";

  /** Puts it into a status; {@code ended}: nothing of the pod runs any more. In place. */
  void into(ObjectNode status, boolean ended, Instant now) {
    if (ended) {
      status.put("phase", "Failed"); // whatever its containers made of their end
    }
    status.put("reason", reason).put("message", message);
    ArrayNode conditions = status.withArray("conditions");
    for (JsonNode old : conditions) {
      if (old.path("type").asString("").equals(TYPE)) {
        return;
      }
    }
    conditions
        .insertObject(0)
        .put("type", TYPE)
        .put("status", "True")
        .put("lastTransitionTime", Timestamps.seconds(now))
        .put("reason", "TerminationByKubelet")
        .put("message", condition);
  }
}
