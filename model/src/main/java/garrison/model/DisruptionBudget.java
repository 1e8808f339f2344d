package garrison.model;

import garrison.model.selector.LabelSelector;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A PodDisruptionBudget, as loops and evictions see it (spec: daemonset 9.7, api-server 10.6).
 * Immutable.
 *
 * @param meta its metadata
 * @param selector the pods that it protects; in its namespace only
 * @param minAvailable how many must stay healthy, null where it does not say
 * @param maxUnavailable how many may be missing, null where it does not say
 * @param alwaysAllow whether a pod that is not ready may always be evicted
 * @param status what was last written about it
 * @param document the whole document; shared, not to be changed
 */
public record DisruptionBudget(
    Meta meta,
    LabelSelector selector,
    @Nullable IntOrPercent minAvailable,
    @Nullable IntOrPercent maxUnavailable,
    boolean alwaysAllow,
    Status status,
    ObjectNode document) {
  /** The condition that sums a budget up. */
  public static final String CONDITION = "DisruptionAllowed";

  /** Its reason where something may be evicted. */
  public static final String SUFFICIENT = "SufficientPods";

  /** Its reason where nothing may be evicted. */
  public static final String INSUFFICIENT = "InsufficientPods";

  /** Its reason where nobody knows what may be evicted. */
  public static final String SYNC_FAILED = "SyncFailed";

  /**
   * What is known of the pods.
   *
   * @param observedGeneration of the budget that this was worked out for
   * @param disruptionsAllowed how many more pods may be evicted now
   * @param currentHealthy ready pods that nobody deletes or is about to
   * @param desiredHealthy how many must stay
   * @param expectedPods how many there should be
   * @param disruptedPods pods that an eviction is about to delete, by name, since when
   * @param allowed the condition {@link #CONDITION}, null before the first
   */
  public record Status(
      long observedGeneration,
      long disruptionsAllowed,
      long currentHealthy,
      long desiredHealthy,
      long expectedPods,
      Map<String, Instant> disruptedPods,
      @Nullable Condition allowed) {
    static Status of(JsonNode status) {
      Map<String, Instant> disrupted = new LinkedHashMap<>();
      status
          .path("disruptedPods")
          .forEachEntry(
              (pod, time) ->
                  disrupted.put(
                      pod, Objects.requireNonNullElse(Timestamps.parse(time), Instant.EPOCH)));
      return new Status(
          Fields.number(status, "observedGeneration", 0),
          Fields.number(status, "disruptionsAllowed", 0),
          Fields.number(status, "currentHealthy", 0),
          Fields.number(status, "desiredHealthy", 0),
          Fields.number(status, "expectedPods", 0),
          Map.copyOf(disrupted),
          Condition.find(Fields.list(status.path("conditions"), Condition::of), CONDITION));
    }
  }

  /** Reads a PodDisruptionBudget document, and keeps it. */
  public static DisruptionBudget of(ObjectNode document) {
    JsonNode spec = document.path("spec");
    return new DisruptionBudget(
        Meta.of(document),
        LabelSelector.of(spec.get("selector")),
        bound(spec.path("minAvailable")),
        bound(spec.path("maxUnavailable")),
        Fields.text(spec, "unhealthyPodEvictionPolicy").equals("AlwaysAllow"),
        Status.of(document.path("status")),
        document);
  }

  /** A bound that is none, validation having refused it, allows nothing. */
  private static @Nullable IntOrPercent bound(JsonNode value) {
    try {
      return IntOrPercent.of(value);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Its namespace. */
  public String namespace() {
    return meta.namespace();
  }

  /** Its name. */
  public String name() {
    return meta.name();
  }

  /** Whether it protects a pod of that namespace with these labels. */
  public boolean covers(String namespace, Map<String, String> labels) {
    return meta.namespace().equals(namespace) && selector.matches(labels);
  }

  /** Whether its status is that of an older spec. */
  public boolean stale() {
    return status.observedGeneration() < meta.generation();
  }
}
