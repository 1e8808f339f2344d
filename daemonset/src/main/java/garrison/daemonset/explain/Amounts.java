package garrison.daemonset.explain;

import garrison.model.Quantity;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Amounts and times in words. */
final class Amounts {
  private static final long KIBI = 1024;
  private static final long MEBI = KIBI * KIBI;

  private Amounts() {}

  /** With separators, as people read large numbers. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** An amount of a resource, in a unit that reads well; what is free is never told too large. */
  static String of(String resource, long amount) {
    if (resource.equals("cpu")) {
      return Quantity.ofMilli(amount).canonical();
    }
    boolean bytes =
        resource.equals("memory")
            || resource.equals("ephemeral-storage")
            || resource.startsWith("hugepages-");
    if (!bytes) {
      return Long.toString(amount);
    }
    long unit = amount >= MEBI ? MEBI : amount >= KIBI ? KIBI : 1;
    return Quantity.of(amount / unit * unit, Quantity.Format.BINARY_SI).canonical();
  }

  /** How long ago, roughly: {@code 5 min}. */
  static String since(Instant then, Instant now) {
    return length(Duration.between(then, now));
  }

  /** A duration, roughly: the one or two largest units. */
  static String length(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    long minutes = seconds / 60;
    if (minutes < 120) {
      return minutes + " min";
    }
    long hours = minutes / 60;
    return hours < 48 ? hours + " h" : hours / 24 + " days";
  }
}
