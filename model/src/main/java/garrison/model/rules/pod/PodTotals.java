package garrison.model.rules.pod;

import garrison.model.Quantity;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BinaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * What the containers of a pod need together: the sum of those that run side by side, or more where
 * an init container needs more while it runs (with the sidecars started before it). Pure.
 */
final class PodTotals {
  private PodTotals() {}

  /** The totals of {@code requests} or {@code limits}, by resource. */
  static Map<String, Quantity> of(JsonNode spec, String which) {
    Map<String, Quantity> running = new HashMap<>();
    for (JsonNode container : spec.path("containers")) {
      merge(running, amounts(container, which), Quantity::plus);
    }
    Map<String, Quantity> sidecars = new HashMap<>();
    Map<String, Quantity> starting = new HashMap<>();
    for (JsonNode container : spec.path("initContainers")) {
      Map<String, Quantity> own = amounts(container, which);
      if (container.path("restartPolicy").asString("").equals("Always")) {
        merge(running, own, Quantity::plus);
        merge(sidecars, own, Quantity::plus);
        own = new HashMap<>(sidecars);
      } else {
        merge(own, sidecars, Quantity::plus);
      }
      merge(starting, own, PodTotals::larger);
    }
    merge(running, starting, PodTotals::larger);
    return running;
  }

  private static Quantity larger(Quantity a, Quantity b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private static void merge(
      Map<String, Quantity> into, Map<String, Quantity> more, BinaryOperator<Quantity> how) {
    more.forEach((name, quantity) -> into.merge(name, quantity, how));
  }

  private static Map<String, Quantity> amounts(JsonNode container, String which) {
    Map<String, Quantity> amounts = new HashMap<>();
    container
        .path("resources")
        .path(which)
        .forEachEntry((name, value) -> amounts.put(name, Quantity.parse(value.asString("0"))));
    return amounts;
  }
}
