package garrison.control.podgc;

import garrison.model.Node;
import garrison.model.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which pods are garbage (spec: daemonset 9.6). Pure. */
final class PodGarbage {
  private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

  private PodGarbage() {}

  /** Ended pods beyond the threshold: evicted ones first, then the oldest. */
  static List<Pod> ended(Collection<Pod> pods, int threshold) {
    List<Pod> ended = new ArrayList<>(pods.stream().filter(Pod::terminal).toList());
    int surplus = ended.size() - threshold;
    if (threshold <= 0 || surplus <= 0) {
      return List.of();
    }
    ended.sort(
        Comparator.comparing((Pod pod) -> !isEvicted(pod))
            .thenComparing(PodGarbage::created)
            .thenComparing(Pod::namespace)
            .thenComparing(Pod::name));
    return ended.subList(0, surplus);
  }

  /** Deleted pods on nodes that are down and out of service, and deleted pods that never ran. */
  static List<Pod> stuck(Collection<Pod> pods, Map<String, Node> nodes) {
    return pods.stream()
        .filter(Pod::terminating)
        .filter(pod -> pod.nodeName().isEmpty() || isOutOfService(nodes.get(pod.nodeName())))
        .toList();
  }

  /** The names of nodes that have pods and do not exist. */
  static Set<String> missingNodes(Collection<Pod> pods, Predicate<String> exists) {
    Set<String> missing = new HashSet<>();
    for (Pod pod : pods) {
      if (!pod.nodeName().isEmpty() && !exists.test(pod.nodeName())) {
        missing.add(pod.nodeName());
      }
    }
    return missing;
  }

  private static boolean isOutOfService(@Nullable Node node) {
    return node != null
        && !node.ready()
        && node.taints().stream().anyMatch(taint -> taint.key().equals(OUT_OF_SERVICE));
  }

  private static boolean isEvicted(Pod pod) {
    return pod.phase().equals("Failed")
        && pod.status().path("reason").asString("").equals("Evicted");
  }

  private static Instant created(Pod pod) {
    Instant created = pod.meta().creationTimestamp();
    return created == null ? Instant.EPOCH : created;
  }
}
