package garrison.agent.node;

import garrison.model.Quantity;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a machine's owner keeps from pods (spec: node-agent 2). Immutable.
 *
 * @param milliCpu thousandths of a core
 * @param memory bytes
 * @param storage bytes of ephemeral storage
 */
public record Reservations(long milliCpu, long memory, long storage) {
  /** Nothing. */
  public static final Reservations NONE = new Reservations(0, 0, 0);

  private static final Set<String> NAMES = Set.of("cpu", "memory", "ephemeral-storage", "pid");

  /**
   * Reads {@code cpu=200m,memory=500Mi,ephemeral-storage=1Gi}; {@code pid} is read and has no
   * effect on what pods may ask for.
   *
   * @throws IllegalArgumentException with a sentence that says what is wrong
   */
  public static Reservations parse(String text) {
    Map<String, Quantity> amounts = new HashMap<>();
    for (String entry : text.isBlank() ? new String[0] : text.split(",", -1)) {
      String[] pair = entry.strip().split("=", 2);
      if (pair.length != 2 || !NAMES.contains(pair[0])) {
        throw new IllegalArgumentException(
            "cannot reserve \""
                + entry.strip()
                + "\": write NAME=AMOUNT of cpu, memory, ephemeral-storage or pid, such as"
                + " cpu=200m,memory=500Mi");
      }
      Quantity amount = Quantity.parse(pair[1]);
      if (amount.milli() < 0) {
        throw new IllegalArgumentException(
            "resource quantity for " + pair[0] + " cannot be negative: " + pair[1]);
      }
      amounts.put(pair[0], amount);
    }
    Quantity none = Quantity.parse("0");
    return new Reservations(
        amounts.getOrDefault("cpu", none).milli(),
        amounts.getOrDefault("memory", none).value(),
        amounts.getOrDefault("ephemeral-storage", none).value());
  }

  /** Both together. */
  public Reservations plus(Reservations other) {
    return new Reservations(
        milliCpu + other.milliCpu, memory + other.memory, storage + other.storage);
  }
}
