package garrison.agent.logs;

import garrison.agent.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a log is wanted (spec: node-agent 3.15).
 *
 * @param follow whether to wait for more until the container ends
 * @param previous the run before the present one
 * @param timestamps whether each line begins with its time
 * @param tailLines last lines only; -1 for all
 * @param limitBytes most bytes to answer; -1 for all
 * @param since only lines of then or later; null for all
 */
public record LogRequest(
    boolean follow,
    boolean previous,
    boolean timestamps,
    long tailLines,
    long limitBytes,
    @Nullable Instant since) {
  /**
   * From the parameters of a URL.
   *
   * @throws Refusal 400 for one that is no number or no time
   */
  public static LogRequest of(Map<String, String> query, Instant now) throws Refusal {
    Instant since = null;
    String time = query.getOrDefault("sinceTime", "");
    long seconds = number(query, "sinceSeconds");
    if (!time.isEmpty()) {
      try {
        since = OffsetDateTime.parse(time).toInstant();
      } catch (DateTimeParseException e) {
        throw new Refusal(400, "sinceTime " + time + " is not a time of RFC 3339");
      }
    } else if (seconds >= 0) {
      since = now.minus(Duration.ofSeconds(seconds));
    }
    return new LogRequest(
        flag(query, "follow"),
        flag(query, "previous"),
        flag(query, "timestamps"),
        number(query, "tailLines"),
        number(query, "limitBytes"),
        since);
  }

  private static boolean flag(Map<String, String> query, String name) {
    String value = query.getOrDefault(name, "");
    return value.equals("true") || value.equals("1");
  }

  private static long number(Map<String, String> query, String name) throws Refusal {
    String text = query.getOrDefault(name, "");
    if (text.isEmpty()) {
      return -1;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new Refusal(400, name + " " + text + " is not a number");
    }
    throw new Refusal(400, name + " must not be negative");
  }
}
