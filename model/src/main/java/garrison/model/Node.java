package garrison.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A machine, as the engine and the loops see it. Keeps no document. Immutable.
 *
 * @param meta its metadata
 * @param unschedulable whether it is cordoned
 * @param taints never null
 * @param conditions never null
 * @param capacity what it has
 * @param allocatable what pods may have of it
 */
public record Node(
    Meta meta,
    boolean unschedulable,
    List<Taint> taints,
    List<Condition> conditions,
    Resources capacity,
    Resources allocatable) {
  /** Reads a Node document. */
  public static Node of(JsonNode document) {
    JsonNode spec = document.path("spec");
    JsonNode status = document.path("status");
    Resources capacity = Resources.of(status.path("capacity"));
    JsonNode allocatable = status.path("allocatable");
    return new Node(
        Meta.of(document),
        Fields.flag(spec, "unschedulable"),
        Fields.list(spec.path("taints"), Taint::of),
        Fields.list(status.path("conditions"), Condition::of),
        capacity,
        allocatable.isObject() ? Resources.of(allocatable) : capacity);
  }

  /** Its name. */
  public String name() {
    return meta.name();
  }

  /** Its labels. */
  public Map<String, String> labels() {
    return meta.labels();
  }

  /** The condition of that type, null where there is none. */
  public @Nullable Condition condition(String type) {
    return Condition.find(conditions, type);
  }

  /** Whether condition Ready is True. */
  public boolean ready() {
    Condition ready = condition("Ready");
    return ready != null && ready.isTrue();
  }

  /** Whether it has a taint of that key and effect. */
  public boolean hasTaint(String key, String effect) {
    for (Taint taint : taints) {
      if (taint.key().equals(key) && taint.effect().equals(effect)) {
        return true;
      }
    }
    return false;
  }
}
