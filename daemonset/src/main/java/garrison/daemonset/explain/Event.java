package garrison.daemonset.explain;

import garrison.model.Timestamps;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An event as observed.
 *
 * @param uid of the object that it is about
 * @param warning whether its type is Warning
 * @param reason a word
 * @param message a sentence
 * @param last when it was last seen; the epoch where it does not tell
 */
public record Event(String uid, boolean warning, String reason, String message, Instant last) {
  private static final String COMBINED = "(combined from similar events): ";

  /** Reads a core/v1 Event, whichever of its times it has. */
  public static Event of(JsonNode event) {
    Instant last = Instant.EPOCH;
    for (JsonNode time :
        List.of(
            event.path("metadata").path("creationTimestamp"),
            event.path("eventTime"),
            event.path("lastTimestamp"),
            event.path("series").path("lastObservedTime"))) {
      Instant seen = Timestamps.parse(time);
      if (seen != null && seen.isAfter(last)) {
        last = seen;
      }
    }
    String message = event.path("message").asString("");
    return new Event(
        event.path("involvedObject").path("uid").asString(""),
        event.path("type").asString("").equals("Warning"),
        event.path("reason").asString(""),
        message.startsWith(COMBINED) ? message.substring(COMBINED.length()) : message,
        last);
  }

  /** The youngest of those with one of these reasons; null where there is none. */
  static @Nullable Event latest(List<Event> events, String... reasons) {
    List<String> wanted = List.of(reasons);
    return events.stream()
        .filter(event -> wanted.contains(event.reason()))
        .max(Comparator.comparing(Event::last))
        .orElse(null);
  }
}
