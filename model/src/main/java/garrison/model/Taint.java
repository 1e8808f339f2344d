package garrison.model;

import garrison.model.json.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a node asks pods to tolerate (spec: daemonset 2.3).
 *
 * @param key such as {@code node.kubernetes.io/not-ready}
 * @param value may be empty
 * @param effect NoSchedule, PreferNoSchedule or NoExecute
 * @param timeAdded when a NoExecute taint came, null where unknown
 */
public record Taint(String key, String value, String effect, @Nullable Instant timeAdded) {
  /** Keeps new pods away. */
  public static final String NO_SCHEDULE = "NoSchedule";

  /** Keeps new pods away and sends running ones off. */
  public static final String NO_EXECUTE = "NoExecute";

  /** Reads one element of {@code spec.taints}. */
  public static Taint of(JsonNode taint) {
    return new Taint(
        Fields.word(taint, "key"),
        Fields.word(taint, "value"),
        Fields.word(taint, "effect"),
        Timestamps.parse(taint.path("timeAdded")));
  }

  /** The element as it stands in a document. */
  public ObjectNode toDocument() {
    ObjectNode taint = Json.object();
    taint.put("key", key);
    if (!value.isEmpty()) {
      taint.put("value", value);
    }
    taint.put("effect", effect);
    if (timeAdded != null) {
      taint.put("timeAdded", Timestamps.seconds(timeAdded));
    }
    return taint;
  }

  /** Whether it is the same taint: key and effect. */
  public boolean sameAs(Taint other) {
    return key.equals(other.key) && effect.equals(other.effect);
  }

  /** As people write it: {@code key=value:effect}, {@code key:effect}. */
  public String describe() {
    return value.isEmpty() ? key + ":" + effect : key + "=" + value + ":" + effect;
  }
}
