package garrison.model;

import garrison.model.selector.LabelSelector;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A DaemonSet, as the engine sees it (spec: daemonset 1). Immutable.
 *
 * @param meta its metadata
 * @param selector which pods are its own
 * @param onDelete whether its update strategy is OnDelete
 * @param maxUnavailable null where it is not given
 * @param maxSurge null where it is not given
 * @param minReadySeconds how long a pod must be Ready to count as available
 * @param revisionHistoryLimit how many old revisions are kept
 * @param document the whole document; shared, not to be changed
 */
public record DaemonSet(
    Meta meta,
    LabelSelector selector,
    boolean onDelete,
    @Nullable IntOrPercent maxUnavailable,
    @Nullable IntOrPercent maxSurge,
    int minReadySeconds,
    int revisionHistoryLimit,
    ObjectNode document) {
  /** The annotation that carries the template generation (spec: daemonset 1.1). */
  public static final String GENERATION_ANNOTATION = "deprecated.daemonset.template.generation";

  /**
   * Reads a DaemonSet document, and keeps it. A share that is no percentage counts as not given.
   */
  public static DaemonSet of(ObjectNode document) {
    JsonNode spec = document.path("spec");
    JsonNode strategy = spec.path("updateStrategy");
    JsonNode rolling = strategy.path("rollingUpdate");
    return new DaemonSet(
        Meta.of(document),
        LabelSelector.of(spec.get("selector")),
        Fields.text(strategy, "type").equals("OnDelete"),
        share(rolling.path("maxUnavailable")),
        share(rolling.path("maxSurge")),
        (int) Fields.number(spec, "minReadySeconds", 0),
        (int) Fields.number(spec, "revisionHistoryLimit", 10),
        document);
  }

  private static @Nullable IntOrPercent share(JsonNode node) {
    try {
      return IntOrPercent.of(node);
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

  /** Its pod template; shared, not to be changed. */
  public JsonNode template() {
    return document.path("spec").path("template");
  }

  /** The spec of its pod template; shared, not to be changed. */
  public JsonNode templateSpec() {
    return template().path("spec");
  }

  /** The generation of its template, empty where the annotation is absent or no number. */
  public OptionalLong templateGeneration() {
    String text = meta.annotations().getOrDefault(GENERATION_ANNOTATION, "");
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** The generation that its controller last saw. */
  public long observedGeneration() {
    return Fields.number(document.path("status"), "observedGeneration", 0);
  }

  /** How often a revision's name was taken, null where never. */
  public @Nullable Long collisionCount() {
    return Fields.numberOrNull(document.path("status"), "collisionCount");
  }
}
