package garrison.model.kind.table;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Durations as tables show them (spec: api-server 7, "Age cells"). Pure. */
public final class Ages {
  private Ages() {}

  /** How long ago it was, {@code <unknown>} where nobody knows. */
  public static String since(@Nullable Instant then, Instant now) {
    return then == null ? "<unknown>" : of(Duration.between(then, now));
  }

  /** A duration: the two largest units that matter at its size. */
  public static String of(Duration duration) {
    long seconds = duration.toSeconds();
    if (duration.compareTo(Duration.ofSeconds(-1)) < 0) {
      return "<invalid>";
    }
    if (seconds < 0) {
      return "0s";
    }
    long minutes = seconds / 60;
    long hours = minutes / 60;
    long days = hours / 24;
    long years = days / 365;
    if (seconds < 120) {
      return seconds + "s";
    }
    if (minutes < 10) {
      return pair(minutes, "m", seconds % 60, "s");
    }
    if (hours < 3) {
      return minutes + "m";
    }
    if (hours < 8) {
      return pair(hours, "h", minutes % 60, "m");
    }
    if (hours < 48) {
      return hours + "h";
    }
    if (days < 8) {
      return pair(days, "d", hours % 24, "h");
    }
    if (years < 2) {
      return days + "d";
    }
    if (years < 8) {
      return pair(years, "y", days % 365, "d");
    }
    return years + "y";
  }

  private static String pair(long major, String unit, long minor, String minorUnit) {
    return minor == 0 ? major + unit : major + unit + minor + minorUnit;
  }
}
