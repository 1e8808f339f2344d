package garrison.client.events;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides how an occurrence is told (spec: daemonset 8.1): as a new event, as one more count of an
 * event already there, or not at all.
 *
 * <ol>
 *   <li>The tenth and later different messages of one object, type and reason, with gaps of at most
 *       ten minutes, are told as one combined event.
 *   <li>An event that was told before is counted up.
 *   <li>Each object and type has 25 tokens, one more every five minutes; without one the occurrence
 *       is dropped.
 * </ol>
 *
 * Remembers the last 4,096 of each; what falls out starts anew. Not thread-safe.
 */
final class EventCorrelator {
  private static final int REMEMBERED = 4096;
  private static final int DISTINCT_MESSAGES = 10;
  private static final Duration SIMILAR_WITHIN = Duration.ofMinutes(10);
  private static final int BURST = 25;
  private static final double TOKENS_PER_SECOND = 1.0 / 300;
  private static final String COMBINED = "(combined from similar events): ";

  private final Map<Group, Similar> similar = new Remembered<>();
  private final Map<EventKey, Told> told = new Remembered<>();
  private final Map<Source, Budget> budgets = new Remembered<>();

  /** What an event already on the server looks like. */
  record Told(String name, int count, Instant first, String resourceVersion) {}

  /** Identifies an event among those told; the message is empty for a combined one. */
  record EventKey(Group group, String message) {}

  /**
   * What to write.
   *
   * @param key under which {@link #told} knows what was written before, and which to remember
   * @param message the message to write
   */
  record Decision(EventKey key, String message) {}

  private record Group(ObjectReference about, String type, String reason) {}

  private record Source(ObjectReference about, String type) {}

  private static final class Similar {
    private final Set<String> messages = new HashSet<>();
    private Instant last = Instant.EPOCH;
  }

  private static final class Budget {
    private double tokens = BURST;
    private Instant last;

    Budget(Instant now) {
      this.last = now;
    }

    boolean take(Instant now) {
      double seconds = Math.max(0, Duration.between(last, now).toMillis() / 1000.0);
      tokens = Math.min(BURST, tokens + seconds * TOKENS_PER_SECOND);
      last = now;
      if (tokens < 1) {
        return false;
      }
      tokens -= 1;
      return true;
    }
  }

  private static final class Remembered<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    Remembered() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > REMEMBERED;
    }
  }

  /** The decision for one occurrence; null to drop it. */
  @Nullable Decision decide(Occurrence occurrence) {
    ObjectReference about = occurrence.about().identity();
    Group group = new Group(about, occurrence.type(), occurrence.reason());
    boolean combined = isOneOfTooMany(group, occurrence);
    EventKey key = new EventKey(group, combined ? "" : occurrence.message());
    Source source = new Source(about, occurrence.type());
    if (!budgets
        .computeIfAbsent(source, ignored -> new Budget(occurrence.time()))
        .take(occurrence.time())) {
      return null;
    }
    String message = combined ? COMBINED + occurrence.message() : occurrence.message();
    return new Decision(key, message);
  }

  /** The event to count up; null where none was told yet. */
  @Nullable Told told(EventKey key) {
    return told.get(key);
  }

  /** What the server holds now for this decision. */
  void remember(EventKey key, Told event) {
    told.put(key, event);
  }

  /** The server has lost the event. */
  void forget(EventKey key) {
    told.remove(key);
  }

  private boolean isOneOfTooMany(Group group, Occurrence occurrence) {
    Similar known = similar.computeIfAbsent(group, ignored -> new Similar());
    if (Duration.between(known.last, occurrence.time()).compareTo(SIMILAR_WITHIN) > 0) {
      known.messages.clear();
    }
    known.last = occurrence.time();
    if (known.messages.size() >= DISTINCT_MESSAGES - 1
        && !known.messages.contains(occurrence.message())) {
      return true;
    }
    known.messages.add(occurrence.message());
    return false;
  }
}
