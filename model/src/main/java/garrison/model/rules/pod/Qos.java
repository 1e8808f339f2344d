package garrison.model.rules.pod;

import garrison.model.Quantity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** How a pod is treated when a node runs short (spec: api-server 15.1, pod status). Pure. */
public final class Qos {
  private static final List<String> COMPUTE = List.of("cpu", "memory");

  private Qos() {}

  /** {@code Guaranteed}, {@code Burstable} or {@code BestEffort}. */
  public static String of(JsonNode podSpec) {
    Map<String, Quantity> requests = new HashMap<>();
    Map<String, Quantity> limits = new HashMap<>();
    boolean guaranteed = true;
    JsonNode own = podSpec.path("resources");
    if (!own.path("requests").isEmpty() || !own.path("limits").isEmpty()) {
      guaranteed = count(own, requests, limits);
    } else {
      for (String list : List.of("containers", "initContainers")) {
        for (JsonNode container : podSpec.path(list)) {
          guaranteed &= count(container.path("resources"), requests, limits);
        }
      }
    }
    if (requests.isEmpty() && limits.isEmpty()) {
      return "BestEffort";
    }
    return guaranteed && requests.equals(limits) ? "Guaranteed" : "Burstable";
  }

  /** Adds what one asks for; answers whether it limits both processors and memory. */
  private static boolean count(
      JsonNode resources, Map<String, Quantity> requests, Map<String, Quantity> limits) {
    add(resources.path("requests"), requests);
    return add(resources.path("limits"), limits).containsAll(COMPUTE);
  }

  private static Set<String> add(JsonNode amounts, Map<String, Quantity> sums) {
    Map<String, Quantity> found = new HashMap<>();
    for (String resource : COMPUTE) {
      Quantity quantity = Quantity.parse(amounts.path(resource).asString("0"));
      if (quantity.signum() > 0) {
        found.put(resource, quantity);
        sums.merge(resource, quantity, Quantity::plus);
      }
    }
    return found.keySet();
  }
}
