package garrison.agent.pod;

import garrison.agent.hook.Hooks;
import garrison.agent.image.ImagePulls;
import garrison.agent.probe.Probes;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.Runtimes;
import garrison.agent.volume.HostPathGuard;
import garrison.client.Cluster;
import garrison.client.events.EventRecorder;
import garrison.model.Resources;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What pod workers share.
 *
 * @param node name of the node
 * @param address of the node
 * @param allocatable of the node
 * @param memory of the node, bytes
 * @param root directory of the agent; pods are below {@code pods}
 * @param logs directory of container logs
 * @param clusterServices all services; null before they were read once
 * @param hostPaths which of its paths pods may mount
 * @param privileged whether the agent may mount and change users
 * @param protects whether it may keep the OOM killer from containers
 * @param dns what pods are told about the cluster's names
 * @param pulls fetches images
 */
public record NodeServices(
    String node,
    String address,
    Resources allocatable,
    long memory,
    Path root,
    Path logs,
    HostPathGuard hostPaths,
    boolean privileged,
    boolean protects,
    ClusterDns dns,
    ImagePulls pulls,
    Supplier<@Nullable List<ObjectNode>> clusterServices,
    Cluster cluster,
    Runtimes runtimes,
    Probes probes,
    Hooks hooks,
    EventRecorder events,
    InstantSource clock) {
  /** Directory of container logs while there is no container runtime. */
  Path processLogs() {
    return processLogs(root);
  }

  /** The same, of any agent. */
  public static Path processLogs(Path root) {
    return root.resolve("logs");
  }

  /** The one that runs a pod of that spec, always the same. */
  Runtime runtime(JsonNode podSpec) {
    return runtimes.of(podSpec.path("runtimeClassName").asString(""));
  }
}
