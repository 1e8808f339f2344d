package garrison.agent.pod;

import garrison.agent.runtime.ContainerSpec.Limits;
import garrison.model.Quantity;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Quality of service of a pod, and what follows from it (spec: node-agent 3.6, 3.12). Pure. */
enum Qos {
  GUARANTEED("Guaranteed"),
  BURSTABLE("Burstable"),
  BEST_EFFORT("BestEffort");

  private static final int NODE_CRITICAL = 2_000_001_000;
  private static final int PROTECTED = -997;

  private final String text;

  Qos(String text) {
    this.text = text;
  }

  /** As in {@code status.qosClass}. */
  String text() {
    return text;
  }

  /** Of a pod's spec; the server says the same, and lets nobody say otherwise. */
  static Qos of(JsonNode podSpec) {
    return switch (garrison.model.rules.pod.Qos.of(podSpec)) {
      case "Guaranteed" -> GUARANTEED;
      case "BestEffort" -> BEST_EFFORT;
      default -> BURSTABLE;
    };
  }

  /** The kernel's numbers for one container; {@code capacity} is the node's memory in bytes. */
  Limits limits(JsonNode podSpec, JsonNode container, long capacity, boolean mayProtect) {
    JsonNode resources = container.path("resources");
    long cpuLimit = milli(resources.path("limits").path("cpu"));
    long cpuRequest = milli(resources.path("requests").path("cpu"));
    long memoryLimit = bytes(resources.path("limits").path("memory"));
    long shares = (cpuRequest > 0 ? cpuRequest : cpuLimit) * 1024 / 1000;
    int score = oomScore(podSpec, bytes(resources.path("requests").path("memory")), capacity);
    return new Limits(
        Math.clamp(shares, 2, 262_144),
        cpuLimit,
        memoryLimit,
        score < 0 && !mayProtect ? null : Integer.valueOf(score));
  }

  /**
   * Of the whole pod: the sum over what runs together, or what one init container needs, if that is
   * more. Only where every container has a limit, has the pod one.
   */
  static Limits podLimits(JsonNode podSpec) {
    long cpuRequest = most(podSpec, container -> request(container, "cpu"));
    boolean cpuLimited = all(podSpec, "cpu");
    long cpuLimit = cpuLimited ? most(podSpec, container -> limit(container, "cpu")) : 0;
    long memory =
        all(podSpec, "memory") ? most(podSpec, container -> limit(container, "memory")) : 0;
    return new Limits(Math.clamp(cpuRequest * 1024 / 1000, 2, 262_144), cpuLimit, memory, null);
  }

  private static long request(JsonNode container, String name) {
    JsonNode resources = container.path("resources");
    JsonNode own = resources.path("requests").path(name);
    return amount(own.isMissingNode() ? resources.path("limits").path(name) : own, name);
  }

  private static long limit(JsonNode container, String name) {
    return amount(container.path("resources").path("limits").path(name), name);
  }

  private static long amount(JsonNode value, String name) {
    return name.equals("cpu") ? milli(value) : bytes(value);
  }

  private static boolean all(JsonNode podSpec, String name) {
    boolean all = true;
    for (String list : List.of("containers", "initContainers")) {
      for (JsonNode container : podSpec.path(list)) {
        all &= limit(container, name) > 0;
      }
    }
    return all;
  }

  private static long most(JsonNode podSpec, ToLongFunction<JsonNode> amount) {
    long together = 0;
    for (JsonNode container : podSpec.path("containers")) {
      together += amount.applyAsLong(container);
    }
    long sidecars = 0;
    long peak = 0;
    for (JsonNode container : podSpec.path("initContainers")) {
      long own = amount.applyAsLong(container);
      if (container.path("restartPolicy").asString("").equals("Always")) {
        sidecars += own;
        peak = Math.max(peak, sidecars);
      } else {
        peak = Math.max(peak, sidecars + own);
      }
    }
    return Math.max(peak, together + sidecars);
  }

  private int oomScore(JsonNode podSpec, long memoryRequest, long capacity) {
    if (this == GUARANTEED || podSpec.path("priority").asInt(0) >= NODE_CRITICAL) {
      return PROTECTED;
    }
    if (this == BEST_EFFORT) {
      return 1000;
    }
    long score = capacity == 0 ? 999 : 1000 - 1000 * memoryRequest / capacity;
    return (int) Math.clamp(score, 3, 999);
  }

  private static long milli(JsonNode value) {
    Quantity quantity = quantity(value);
    return quantity == null ? 0 : quantity.milli();
  }

  private static long bytes(JsonNode value) {
    Quantity quantity = quantity(value);
    return quantity == null ? 0 : quantity.value();
  }

  private static @Nullable Quantity quantity(JsonNode value) {
    return value.isMissingNode() ? null : Quantity.parse(value.asString("0"));
  }
}
