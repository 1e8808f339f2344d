package garrison.model;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A number or a share, as in maxUnavailable (spec: daemonset 6.2).
 *
 * @param value the number, or the percentage
 * @param percent whether it is a percentage
 */
public record IntOrPercent(int value, boolean percent) {
  /**
   * Reads a number or {@code "N%"}; null where the member is absent.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static @Nullable IntOrPercent of(JsonNode node) {
    if (node.isIntegralNumber()) {
      return new IntOrPercent(node.intValue(), false);
    }
    if (!node.isString()) {
      return null;
    }
    String text = node.stringValue();
    if (!text.matches("[0-9]{1,9}%")) {
      throw new IllegalArgumentException("invalid value for IntOrString: " + text);
    }
    return new IntOrPercent(Integer.parseInt(text.substring(0, text.length() - 1)), true);
  }

  /** The number, or the share of {@code total} rounded up. */
  public int scaledUp(int total) {
    return percent ? (int) Math.ceilDiv((long) value * total, 100L) : value;
  }

  /** Whether the raw number is zero, before any scaling. */
  public boolean isZero() {
    return value == 0;
  }
}
