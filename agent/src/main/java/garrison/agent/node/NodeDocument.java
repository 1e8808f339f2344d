package garrison.agent.node;

import garrison.agent.AgentVersion;
import garrison.model.Quantity;
import garrison.model.Quantity.Format;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
 * @param reserved what is kept from pods, beside what is kept free in any case
 * @param images as in {@code status.images}, as they are now
 */
public record NodeDocument(
    String name,
    String address,
    int port,
    MachineFacts facts,
    Supplier<String> runtime,
    Map<String, String> labels,
    List<ObjectNode> taints,
    Reservations reserved,
    Supplier<List<JsonNode>> images) {
  private static final long MEMORY_RESERVE = 100L << 20;
  private static final int PODS = 110;

  /** One with nothing reserved and no images. */
  public NodeDocument(
      String name,
      String address,
      int port,
      MachineFacts facts,
      Supplier<String> runtime,
      Map<String, String> labels,
      List<ObjectNode> taints) {
    this(name, address, port, facts, runtime, labels, taints, Reservations.NONE, () -> List.of());
  }

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
    status.set("capacity", capacity());
    status.set("allocatable", allocatable());
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
    if (facts.swap() > 0) {
      info.putObject("swap").put("capacity", facts.swap());
    }
    List<JsonNode> present = images.get();
    if (!present.isEmpty()) {
      ArrayNode list = status.putArray("images");
      present.forEach(image -> list.add(image.deepCopy()));
    }
    return status;
  }

  /** All that the machine has. */
  private ObjectNode capacity() {
    ObjectNode list = Json.object();
    list.put("cpu", Integer.toString(facts.cores()));
    list.put("ephemeral-storage", bytes(facts.diskBytes(), Format.BINARY_SI));
    hugePages(list);
    list.put("memory", bytes(facts.memory(), Format.BINARY_SI));
    list.put("pods", Integer.toString(PODS));
    return list;
  }

  /**
   * What pods may ask for in all: without what is reserved, what is kept free so that the machine
   * is never short (100 MiB of memory, a tenth of the disk), and memory that is in huge pages.
   */
  public ObjectNode allocatable() {
    long huge = facts.hugePages().values().stream().mapToLong(Long::longValue).sum();
    long milli = Math.max(0, facts.cores() * 1000L - reserved.milliCpu());
    long memory = facts.memory() - reserved.memory() - MEMORY_RESERVE - huge;
    long disk = facts.diskBytes() - reserved.storage() - facts.diskBytes() / 10;
    ObjectNode list = Json.object();
    list.put("cpu", milli % 1000 == 0 ? Long.toString(milli / 1000) : milli + "m");
    list.put("ephemeral-storage", bytes(Math.max(0, disk), Format.DECIMAL_SI));
    hugePages(list);
    list.put("memory", bytes(Math.max(0, memory), Format.BINARY_SI));
    list.put("pods", Integer.toString(PODS));
    return list;
  }

  private void hugePages(ObjectNode list) {
    new TreeMap<>(facts.hugePages())
        .forEach((size, all) -> list.put("hugepages-" + size, bytes(all, Format.BINARY_SI)));
  }

  private static String bytes(long amount, Format format) {
    return Quantity.of(amount, format).canonical();
  }

  /** A time as statuses have it. */
  static String time(Instant instant) {
    return Timestamps.seconds(instant);
  }
}
