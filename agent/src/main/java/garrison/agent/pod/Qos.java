package garrison.agent.pod;

import garrison.agent.runtime.ContainerSpec.Limits;
import garrison.model.Quantity;
import java.util.List;
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

  /** Of a pod's spec: over all containers, init ones included. */
  static Qos of(JsonNode podSpec) {
    boolean any = false;
    boolean guaranteed = true;
    for (String list : List.of("containers", "initContainers")) {
      for (JsonNode container : podSpec.path(list)) {
        JsonNode resources = container.path("resources");
        for (String name : List.of("cpu", "memory")) {
          Quantity limit = quantity(resources.path("limits").path(name));
          Quantity request = quantity(resources.path("requests").path(name));
          any |= limit != null || request != null;
          guaranteed &= limit != null && (request == null || limit.equals(request));
        }
      }
    }
    return !any ? BEST_EFFORT : guaranteed ? GUARANTEED : BURSTABLE;
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
