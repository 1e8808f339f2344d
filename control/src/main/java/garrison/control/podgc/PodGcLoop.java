package garrison.control.podgc;

import garrison.client.Cluster;
import garrison.client.cache.Cache;
import garrison.control.Background;
import garrison.control.Loop;
import garrison.control.Parallel;
import garrison.control.Parts;
import garrison.control.Patches;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The pod garbage collector. Every 20 s it deletes, at once and for good, the pods that {@link
 * PodGarbage} names. A node that is missing is first kept in quarantine and then asked for on the
 * server itself: one that comes back under its name in that time keeps its pods.
 */
public final class PodGcLoop implements Loop {
  /** Its name. */
  public static final String NAME = "pod-garbage-collector";

  private static final Logger log = LoggerFactory.getLogger(PodGcLoop.class);
  private static final Duration PERIOD = Duration.ofSeconds(20);
  private static final Duration QUARANTINE = Duration.ofSeconds(40);
  private static final int THRESHOLD = 12_500;

  private final Cluster cluster;
  private final Cache<Node> nodes;
  private final Cache<Pod> pods;
  private final Clock clock;
  private final Map<String, Instant> missingSince = new HashMap<>();
  private final Parts parts = new Parts();

  /** Over caches of all nodes and pods. */
  public PodGcLoop(Cluster cluster, Cache<Node> nodes, Cache<Pod> pods, Clock clock) {
    this.cluster = cluster;
    this.nodes = nodes;
    this.pods = pods;
    this.clock = clock;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    parts.add(Background.every("pod gc", PERIOD, List.of(nodes, pods), this::pass));
  }

  @Override
  public void close() {
    parts.close();
  }

  /** One look at all pods. */
  void pass() {
    List<Pod> all = pods.all();
    Map<String, Node> byName = new HashMap<>();
    nodes.forEach(node -> byName.put(node.name(), node));
    delete(PodGarbage.ended(all, THRESHOLD), "");
    delete(PodGarbage.stuck(all, byName), "");
    Set<String> gone = confirmed(PodGarbage.missingNodes(all, byName::containsKey));
    delete(
        all.stream().filter(pod -> gone.contains(pod.nodeName())).toList(),
        "PodGC: node no longer exists");
  }

  private Set<String> confirmed(Set<String> missing) {
    Instant now = clock.instant();
    missingSince.keySet().retainAll(missing);
    Set<String> gone = new HashSet<>();
    for (String name : missing) {
      Instant since = missingSince.putIfAbsent(name, now);
      if (since != null
          && Duration.between(since, now).compareTo(QUARANTINE) >= 0
          && isGone(name)) {
        gone.add(name);
      }
    }
    return gone;
  }

  private boolean isGone(String name) {
    return cluster.find(Kinds.NODE, "", name) == null;
  }

  private void delete(List<Pod> garbage, String message) {
    Parallel.forEach(NAME, garbage, pod -> delete(pod, message));
  }

  /**
   * Marks it as disrupted where there is a message, as failed where it has not ended, and deletes.
   */
  private void delete(Pod pod, String message) {
    if (!pod.terminal() && !Patches.podStatusIfThere(cluster, pod, failed(pod, message))) {
      return;
    }
    if (Patches.deleteIfThere(cluster, pod, 0)) {
      log.info("deleted pod {}/{} for good: {}", pod.namespace(), pod.name(), why(message));
    }
  }

  private static String why(String message) {
    return message.isEmpty() ? "it had ended, or could never end" : message;
  }

  private ObjectNode failed(Pod pod, String message) {
    ObjectNode patch =
        message.isEmpty()
            ? Json.object()
            : Patches.condition(
                pod, "DisruptionTarget", "True", "DeletionByPodGC", message, clock.instant());
    ObjectNode status =
        patch.get("status") instanceof ObjectNode present ? present : patch.putObject("status");
    status.put("phase", "Failed");
    if (pod.meta().generation() > 0) {
      status.put("observedGeneration", pod.meta().generation());
    }
    return patch;
  }
}
