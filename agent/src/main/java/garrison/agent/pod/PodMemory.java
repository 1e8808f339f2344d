package garrison.agent.pod;

import garrison.model.Quantity;
import tools.jackson.databind.JsonNode;

/** How much memory a pod may use in all (spec: node-agent 3.12). Pure. */
final class PodMemory {
  private PodMemory() {}

  /** Bytes; 0 where it has no limit: of its own, or because a container has none. */
  static long limit(JsonNode podSpec) {
    JsonNode own = podSpec.path("resources").path("limits").path("memory");
    if (!own.isMissingNode()) {
      return bytes(own);
    }
    long sum = 0;
    for (JsonNode container : podSpec.path("containers")) {
      long limit = bytes(of(container));
      if (limit == 0) {
        return 0;
      }
      sum += limit;
    }
    long sidecars = 0;
    long highest = 0;
    for (JsonNode container : podSpec.path("initContainers")) {
      long limit = bytes(of(container));
      if (limit == 0) {
        return 0;
      }
      if (container.path("restartPolicy").asString("").equals("Always")) {
        sidecars += limit;
        highest = Math.max(highest, sidecars);
      } else {
        highest = Math.max(highest, sidecars + limit);
      }
    }
    return Math.max(sum + sidecars, highest);
  }

  private static JsonNode of(JsonNode container) {
    return container.path("resources").path("limits").path("memory");
  }

  private static long bytes(JsonNode value) {
    return value.isMissingNode() ? 0 : Quantity.parse(value.asString("0")).value();
  }
}
