package garrison.model;

import garrison.model.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What taint a pod tolerates (spec: daemonset 2.3).
 *
 * @param key empty for any key
 * @param operator Exists, Equal, or empty for Equal
 * @param value empty where the operator needs none
 * @param effect empty for any effect
 * @param tolerationSeconds how long a NoExecute taint is tolerated, null for ever
 */
public record Toleration(
    String key, String operator, String value, String effect, @Nullable Long tolerationSeconds) {
  /** Reads one element of {@code spec.tolerations}. */
  public static Toleration of(JsonNode toleration) {
    return new Toleration(
        Fields.text(toleration, "key"),
        Fields.text(toleration, "operator"),
        Fields.text(toleration, "value"),
        Fields.text(toleration, "effect"),
        Fields.numberOrNull(toleration, "tolerationSeconds"));
  }

  /** Tolerates every value of a key, with one effect, for ever. */
  public static Toleration exists(String key, String effect) {
    return new Toleration(key, "Exists", "", effect, null);
  }

  /** The element as it stands in a document. */
  public ObjectNode toDocument() {
    ObjectNode toleration = Json.object();
    putText(toleration, "key", key);
    putText(toleration, "operator", operator);
    putText(toleration, "value", value);
    putText(toleration, "effect", effect);
    if (tolerationSeconds != null) {
      toleration.put("tolerationSeconds", tolerationSeconds);
    }
    return toleration;
  }

  private static void putText(ObjectNode object, String name, String text) {
    if (!text.isEmpty()) {
      object.put(name, text);
    }
  }

  /** Whether it matches the taint; Lt and Gt never do, their gate being off by default. */
  public boolean tolerates(Taint taint) {
    if (!effect.isEmpty() && !effect.equals(taint.effect())) {
      return false;
    }
    if (!key.isEmpty() && !key.equals(taint.key())) {
      return false;
    }
    return switch (operator) {
      case "", "Equal" -> value.equals(taint.value());
      case "Exists" -> true;
      default -> false;
    };
  }

  /** Whether key, operator, value and effect are the same: one replaces the other. */
  public boolean sameAs(Toleration other) {
    return key.equals(other.key)
        && operator.equals(other.operator)
        && value.equals(other.value)
        && effect.equals(other.effect);
  }
}
