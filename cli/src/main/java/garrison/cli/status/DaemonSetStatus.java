package garrison.cli.status;

import garrison.model.DaemonSet;
import garrison.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * One DaemonSet at a glance.
 *
 * @param namespace of the DaemonSet
 * @param name of the DaemonSet
 * @param desired nodes that should run it
 * @param ready nodes on which it is ready
 * @param updated nodes on which it is of the current template
 * @param available nodes on which it has been ready for long enough
 * @param state what it is doing, and what holds it up
 */
public record DaemonSetStatus(
    String namespace,
    String name,
    int desired,
    int ready,
    int updated,
    int available,
    String state) {
  /** A pod may be this long in the making before it is told as held up. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  static DaemonSetStatus of(DaemonSet set, List<Pod> pods, Instant now) {
    JsonNode status = set.document().path("status");
    int desired = status.path("desiredNumberScheduled").asInt(0);
    int ready = status.path("numberReady").asInt(0);
    int updated = status.path("updatedNumberScheduled").asInt(0);
    int available = status.path("numberAvailable").asInt(0);
    return new DaemonSetStatus(
        set.namespace(),
        set.name(),
        desired,
        ready,
        updated,
        available,
        state(set, pods, now, new int[] {desired, updated, available}));
  }

  private static String state(DaemonSet set, List<Pod> pods, Instant now, int[] counts) {
    if (set.meta().deleting()) {
      return "being deleted, " + pods.size() + " pods left";
    }
    if (set.observedGeneration() < set.meta().generation()) {
      return "waiting for its controller";
    }
    String held = heldUp(pods, now);
    if (counts[1] < counts[0]) {
      String action = set.onDelete() ? "paused: OnDelete, " : "rolling out, ";
      return action + counts[1] + " of " + counts[0] + " updated" + held;
    }
    if (counts[2] < counts[0]) {
      return (counts[0] - counts[2]) + " not available" + held;
    }
    return counts[0] == 0 ? "no eligible node" : "done";
  }

  /** Why pods are not ready, the most frequent reason first. */
  private static String heldUp(List<Pod> pods, Instant now) {
    Map<String, Integer> reasons = new TreeMap<>();
    for (Pod pod : pods) {
      Instant created = pod.meta().creationTimestamp();
      boolean young = created != null && created.plus(PATIENCE).isAfter(now);
      if (!pod.ready() && !young) {
        reasons.merge(reason(pod), 1, Integer::sum);
      }
    }
    return reasons.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(entry -> ": " + entry.getValue() + " × " + entry.getKey())
        .orElse("");
  }

  private static String reason(Pod pod) {
    if (pod.terminating()) {
      return "stuck in Terminating";
    }
    for (String list : List.of("initContainerStatuses", "containerStatuses")) {
      for (JsonNode container : pod.status().path(list)) {
        String waiting = container.path("state").path("waiting").path("reason").asString("");
        if (!waiting.isEmpty()) {
          return waiting;
        }
      }
    }
    for (var condition : pod.conditions()) {
      if (condition.type().equals("PodScheduled") && !condition.isTrue()) {
        return condition.message().isEmpty() ? condition.reason() : condition.message();
      }
    }
    String reason = pod.status().path("reason").asString("");
    return reason.isEmpty() ? pod.phase() + ", not ready" : reason;
  }
}
