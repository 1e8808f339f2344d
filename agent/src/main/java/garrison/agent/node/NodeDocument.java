package garrison.agent.node;

import garrison.agent.AgentVersion;
import garrison.model.Quantity;
import garrison.model.Quantity.Format;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The Node document of a machine (spec: node-agent 2). Pure.
 *
 * @param name of the node
 * @param address its InternalIP
 * @param port of the agent's HTTPS server, 0 for none
 * @param facts of the machine
 * @param runtime {@code name://version}, as soon as it is known
 * @param labels beyond the usual ones
 * @param taints given at registration
 */
public record NodeDocument(
    String name,
    String address,
    int port,
    MachineFacts facts,
    Supplier<String> runtime,
    Map<String, String> labels,
    List<ObjectNode> taints) {
  private static final long MEMORY_RESERVE = 100L << 20;
  private static final int PODS = 110;

  /** As it is registered, with its first status. */
  public ObjectNode registration(NodeConditions conditions, Instant now) {
    ObjectNode node = Json.object().put("apiVersion", "v1").put("kind", "Node");
    ObjectNode metadata = node.putObject("metadata").put("name", name);
    ObjectNode wanted = metadata.putObject("labels");
    defaultLabels().forEach(wanted::put);
    labels.forEach(wanted::put);
    metadata
        .putObject("annotations")
        .put("volumes.kubernetes.io/controller-managed-attach-detach", "true");
    ObjectNode spec = node.putObject("spec");
    if (!taints.isEmpty()) {
      ArrayNode list = spec.putArray("taints");
      taints.forEach(taint -> list.add(taint.deepCopy()));
    }
    node.set("status", status(conditions, null, now));
    return node;
  }

  /** The labels that every node has. */
  public Map<String, String> defaultLabels() {
    return Map.of(
        "kubernetes.io/hostname",
        name,
        "kubernetes.io/os",
        "linux",
        "kubernetes.io/arch",
        facts.architecture(),
        "beta.kubernetes.io/os",
        "linux",
        "beta.kubernetes.io/arch",
        facts.architecture());
  }

  /** The whole status; transition times go on from {@code before} where a condition stays. */
  public ObjectNode status(NodeConditions conditions, @Nullable JsonNode before, Instant now) {
    ObjectNode status = Json.object();
    status.set("capacity", resources(0, 0));
    status.set("allocatable", resources(MEMORY_RESERVE, facts.diskBytes() / 10));
    status.set(
        "conditions",
        conditions.toJson(before == null ? Json.object() : before.path("conditions"), now));
    ArrayNode addresses = status.putArray("addresses");
    addresses.addObject().put("type", "InternalIP").put("address", address);
    addresses.addObject().put("type", "Hostname").put("address", name);
    if (port > 0) {
      status.putObject("daemonEndpoints").putObject("kubeletEndpoint").put("Port", port);
      // A Kubernetes API server then passes the WebSockets of sessions on as they are.
      status.putArray("declaredFeatures").add("ExtendWebSocketsToKubelet");
    }
    ObjectNode info = status.putObject("nodeInfo");
    info.put("machineID", facts.machineId());
    info.put("systemUUID", facts.systemUuid());
    info.put("bootID", facts.bootId());
    info.put("kernelVersion", facts.kernelVersion());
    info.put("osImage", facts.osImage());
    info.put("containerRuntimeVersion", runtime.get());
    info.put("kubeletVersion", AgentVersion.KUBELET);
    info.put("kubeProxyVersion", "");
    info.put("operatingSystem", "linux");
    info.put("architecture", facts.architecture());
    return status;
  }

  /** What pods may ask for in all. */
  public ObjectNode allocatable() {
    return resources(MEMORY_RESERVE, facts.diskBytes() / 10);
  }

  private ObjectNode resources(long memoryReserve, long diskReserve) {
    ObjectNode list = Json.object();
    list.put("cpu", Integer.toString(facts.cores()));
    list.put("ephemeral-storage", bytes(facts.diskBytes() - diskReserve, diskReserve > 0));
    list.put("memory", bytes(Math.max(0, facts.memory() - memoryReserve), false));
    list.put("pods", Integer.toString(PODS));
    return list;
  }

  private static String bytes(long amount, boolean plain) {
    return Quantity.of(amount, plain ? Format.DECIMAL_SI : Format.BINARY_SI).canonical();
  }

  /** A time as statuses have it. */
  static String time(Instant instant) {
    return Timestamps.seconds(instant);
  }
}
