package garrison.agent.pod;

import garrison.agent.runtime.Runtime;
import garrison.client.Cluster;
import garrison.client.events.EventRecorder;
import garrison.model.Resources;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What pod workers share.
 *
 * @param node name of the node
 * @param address of the node
 * @param allocatable of the node
 * @param memory of the node, bytes
 * @param root directory of the agent; pods are below {@code pods}
 * @param logs directory of container logs
 * @param privileged whether the agent may mount and change users
 */
public record NodeServices(
    String node,
    String address,
    Resources allocatable,
    long memory,
    Path root,
    Path logs,
    boolean privileged,
    Cluster cluster,
    Runtime runtime,
    EventRecorder events,
    InstantSource clock) {}
