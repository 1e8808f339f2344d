package garrison.daemonset.plan;

import garrison.model.DaemonSet;
import garrison.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * How long pods take, by what earlier ones took.
 *
 * @param start from a pod's creation until it is ready: the median of the samples
 * @param samples how many pods that was seen of; zero where the start is only assumed
 * @param longestEnd the most time a pod may take to end: its grace period
 */
public record PodTimes(Duration start, int samples, Duration longestEnd) {
  private static final Duration ASSUMED = Duration.ofSeconds(1);

  /**
   * Reads it off pods that are ready and never restarted: their condition Ready has changed only
   * once.
   */
  public static PodTimes of(Collection<Pod> pods, DaemonSet daemonSet) {
    List<Duration> starts = new ArrayList<>();
    for (Pod pod : pods) {
      Instant created = pod.meta().creationTimestamp();
      Instant ready = pod.readySince();
      if (pod.ready() && created != null && ready != null && !restarted(pod)) {
        Duration start = Duration.between(created, ready);
        if (!start.isNegative()) {
          starts.add(start);
        }
      }
    }
    starts.sort(null);
    Duration grace =
        Duration.ofSeconds(
            daemonSet.templateSpec().path("terminationGracePeriodSeconds").asLong(30));
    return starts.isEmpty()
        ? new PodTimes(ASSUMED, 0, grace)
        : new PodTimes(starts.get(starts.size() / 2), starts.size(), grace);
  }

  private static boolean restarted(Pod pod) {
    for (JsonNode status : pod.status().path("containerStatuses")) {
      if (status.path("restartCount").asInt(0) > 0) {
        return true;
      }
    }
    return false;
  }
}
