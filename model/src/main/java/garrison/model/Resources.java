package garrison.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * Amounts of resources. Immutable.
 *
 * @param milliCpu thousandths of a core
 * @param memory bytes
 * @param ephemeralStorage bytes
 * @param pods number of pods
 * @param scalars all others by name, in whole units
 */
public record Resources(
    long milliCpu, long memory, long ephemeralStorage, long pods, Map<String, Long> scalars) {
  /** Nothing at all. */
  public static final Resources NONE = new Resources(0, 0, 0, 0, Map.of());

  /** Reads a resource list; what is no quantity counts as absent, validation having refused it. */
  public static Resources of(JsonNode list) {
    if (!list.isObject() || list.isEmpty()) {
      return NONE;
    }
    long[] known = new long[4];
    Map<String, Long> scalars = new HashMap<>();
    list.forEachEntry(
        (name, value) -> {
          Quantity quantity;
          try {
            quantity = Quantity.parse(value.asString(""));
          } catch (IllegalArgumentException e) {
            return;
          }
          switch (name) {
            case "cpu" -> known[0] = quantity.milli();
            case "memory" -> known[1] = quantity.value();
            case "ephemeral-storage" -> known[2] = quantity.value();
            case "pods" -> known[3] = quantity.value();
            default -> scalars.put(name, quantity.value());
          }
        });
    return new Resources(known[0], known[1], known[2], known[3], Map.copyOf(scalars));
  }

  /**
   * What a pod asks for: the sum of its containers and restartable init containers, or what its
   * init containers need at their worst moment, plus its overhead; each resource for itself. What
   * the pod as a whole requests comes before the sum.
   */
  public static Resources ofPod(JsonNode podSpec) {
    return ofPod(podSpec, container -> of(container.path("resources").path("requests")));
  }

  /**
   * What a pod takes of its node while its containers may be resized: of each the most of what it
   * asks for, what it was promised and what it has; one that cannot be resized keeps what it has
   * (spec: daemonset 9.1).
   */
  public static Resources ofRunningPod(JsonNode podSpec, JsonNode status) {
    boolean stuck = false;
    for (JsonNode condition : status.path("conditions")) {
      stuck |=
          Fields.text(condition, "type").equals("PodResizePending")
              && Fields.text(condition, "reason").equals("Infeasible");
    }
    Map<String, Resources> held = new HashMap<>();
    for (String list : List.of("containerStatuses", "initContainerStatuses")) {
      for (JsonNode container : status.path(list)) {
        Resources has =
            of(container.path("resources").path("requests"))
                .max(of(container.path("allocatedResources")));
        if (!has.equals(NONE)) {
          held.put(Fields.text(container, "name"), has);
        }
      }
    }
    boolean keeps = stuck;
    return ofPod(
        podSpec,
        container -> {
          Resources asked = of(container.path("resources").path("requests"));
          Resources has = held.get(Fields.text(container, "name"));
          return has == null ? asked : keeps ? has : asked.max(has);
        });
  }

  private static Resources ofPod(JsonNode podSpec, Function<JsonNode, Resources> ofContainer) {
    Resources running = NONE;
    for (JsonNode container : podSpec.path("containers")) {
      running = running.plus(ofContainer.apply(container));
    }
    Resources sidecars = NONE;
    Resources starting = NONE;
    for (JsonNode container : podSpec.path("initContainers")) {
      Resources own = ofContainer.apply(container);
      if (Fields.text(container, "restartPolicy").equals("Always")) {
        sidecars = sidecars.plus(own);
        starting = starting.max(sidecars);
      } else {
        starting = starting.max(sidecars.plus(own));
      }
    }
    Resources sum = running.plus(sidecars).max(starting);
    JsonNode whole = podSpec.path("resources").path("requests");
    if (whole.isObject() && !whole.isEmpty()) {
      sum = sum.replacedBy(of(whole), whole);
    }
    return sum.plus(of(podSpec.path("overhead")));
  }

  /** With what is asked for the pod as a whole: cpu, memory and huge pages can be. */
  private Resources replacedBy(Resources asked, JsonNode named) {
    Map<String, Long> all = new HashMap<>(scalars);
    asked.scalars.forEach(
        (name, amount) -> {
          if (name.startsWith("hugepages-")) {
            all.put(name, amount);
          }
        });
    return new Resources(
        named.has("cpu") ? asked.milliCpu : milliCpu,
        named.has("memory") ? asked.memory : memory,
        ephemeralStorage,
        pods,
        Map.copyOf(all));
  }

  /** The amount of one resource by its name, thousandths for cpu; 0 where there is none. */
  public long amount(String resource) {
    return switch (resource) {
      case "cpu" -> milliCpu;
      case "memory" -> memory;
      case "ephemeral-storage" -> ephemeralStorage;
      case "pods" -> pods;
      default -> scalars.getOrDefault(resource, 0L);
    };
  }

  /** The sum; the largest {@code long} where it would be more. */
  public Resources plus(Resources other) {
    return combine(other, Powers::saturatedSum);
  }

  /** The difference. */
  public Resources minus(Resources other) {
    return combine(other, (left, right) -> left - right);
  }

  /** The larger of each. */
  public Resources max(Resources other) {
    return combine(other, Math::max);
  }

  private Resources combine(Resources other, LongBinaryOperator operator) {
    Map<String, Long> all = Map.of();
    if (!scalars.isEmpty() || !other.scalars.isEmpty()) {
      Map<String, Long> sums = new HashMap<>(scalars);
      for (String name : other.scalars.keySet()) {
        sums.putIfAbsent(name, 0L);
      }
      sums.replaceAll(
          (name, value) -> operator.applyAsLong(value, other.scalars.getOrDefault(name, 0L)));
      all = Map.copyOf(sums);
    }
    return new Resources(
        operator.applyAsLong(milliCpu, other.milliCpu),
        operator.applyAsLong(memory, other.memory),
        operator.applyAsLong(ephemeralStorage, other.ephemeralStorage),
        operator.applyAsLong(pods, other.pods),
        all);
  }

  /**
   * The names of the resources of which {@code request} asks more than is here, in the order in
   * which the scheduler names them: cpu, memory, ephemeral-storage, then the others by name. What
   * is not asked for is never lacking.
   */
  public List<String> lacking(Resources request) {
    List<String> names = new ArrayList<>();
    if (request.milliCpu > 0 && request.milliCpu > milliCpu) {
      names.add("cpu");
    }
    if (request.memory > 0 && request.memory > memory) {
      names.add("memory");
    }
    if (request.ephemeralStorage > 0 && request.ephemeralStorage > ephemeralStorage) {
      names.add("ephemeral-storage");
    }
    new TreeMap<>(request.scalars)
        .forEach(
            (name, amount) -> {
              if (amount > 0 && amount > scalars.getOrDefault(name, 0L)) {
                names.add(name);
              }
            });
    return names;
  }
}
