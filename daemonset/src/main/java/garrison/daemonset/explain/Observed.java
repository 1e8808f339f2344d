package garrison.daemonset.explain;

import garrison.daemonset.Revision;
import garrison.model.DaemonSet;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * All that was read of a cluster to explain one DaemonSet. A value.
 *
 * @param daemonSet itself
 * @param revisions those it owns
 * @param nodes all
 * @param pods those it owns
 * @param events those about it
 * @param podEvents those about pods that are not well, by the pod's uid
 * @param obstacles what keeps pods without a node from theirs, by the pod's uid; a pod that is not
 *     here was not looked at
 * @param lastWords what containers printed last before they ended, by {@link #words}
 * @param leases the leaders' leases that exist
 * @param now when it was read
 * @param refusedNow what the server said when it was asked just now, in a dry run, for such a pod;
 *     empty where it takes it, null where it was not asked
 * @param watched for how long nothing had changed by then; zero after one look
 */
public record Observed(
    DaemonSet daemonSet,
    List<Revision> revisions,
    List<Node> nodes,
    List<Pod> pods,
    List<Event> events,
    Map<String, List<Event>> podEvents,
    Map<String, List<Obstacle>> obstacles,
    Map<String, String> lastWords,
    List<LeaderLease> leases,
    Instant now,
    @Nullable String refusedNow,
    Duration watched) {
  /** The key of a container's last words. */
  public static String words(Pod pod, String container) {
    return pod.meta().uid() + "/" + container;
  }

  /** Whether nothing that a controller does was done between this look and a later one. */
  public boolean stoodStill(Observed later) {
    return daemonSet.observedGeneration() == later.daemonSet.observedGeneration()
        && daemonSet.meta().uid().equals(later.daemonSet.meta().uid())
        && standing(pods).equals(standing(later.pods));
  }

  private static Set<String> standing(List<Pod> pods) {
    return pods.stream()
        .map(pod -> pod.meta().uid() + (pod.terminating() ? " terminating" : ""))
        .collect(Collectors.toSet());
  }

  /** The same, as after one look. */
  public Observed justSeen() {
    return new Observed(
        daemonSet,
        revisions,
        nodes,
        pods,
        events,
        podEvents,
        obstacles,
        lastWords,
        leases,
        now,
        refusedNow,
        Duration.ZERO);
  }

  List<Event> eventsOf(Pod pod) {
    return podEvents.getOrDefault(pod.meta().uid(), List.of());
  }

  /** When the DaemonSet was last changed, as far as it tells. */
  Instant daemonSetChanged() {
    Instant created = daemonSet.meta().creationTimestamp();
    Instant last = created == null ? Instant.EPOCH : created;
    for (JsonNode entry : daemonSet.document().path("metadata").path("managedFields")) {
      Instant written = Timestamps.parse(entry.path("time"));
      boolean ofSpec = entry.path("subresource").asString("").isEmpty();
      if (ofSpec && written != null && written.isAfter(last)) {
        last = written;
      }
    }
    return last;
  }

  /** When its youngest pod was made; the epoch where it has none. */
  Instant youngestPod() {
    Instant youngest = Instant.EPOCH;
    for (Pod pod : pods) {
      Instant created = pod.meta().creationTimestamp();
      if (created != null && created.isAfter(youngest)) {
        youngest = created;
      }
    }
    return youngest;
  }
}
