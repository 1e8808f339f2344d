package garrison.daemonset;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long a node's next failed pod is left alone (spec: daemonset 4.4): nothing the first time,
 * then twice as long with each deletion, and nothing again after twice the longest wait. Soft
 * state: a restart forgets it. Not thread-safe.
 */
final class FailedPodBackOff {
  private final Duration first;
  private final Duration most;
  private static final int CLEANING = 1024;

  private int nextCleaning = CLEANING;
  private final Map<String, Entry> entries = new HashMap<>();

  private record Entry(Duration delay, Instant since) {}

  FailedPodBackOff(Duration first, Duration most) {
    this.first = first;
    this.most = most;
  }

  /** Forgets all: a new generation was observed. */
  void clear() {
    entries.clear();
  }

  /** Until when failed pods of the node are to be left alone; null where they are not. */
  @Nullable Instant heldUntil(String node, Instant now) {
    Entry entry = entries.get(node);
    if (entry == null) {
      return null;
    }
    Instant end = entry.since.plus(entry.delay);
    return now.isBefore(end) ? end : null;
  }

  /** A failed pod of the node is being deleted. */
  void advance(String node, Instant now) {
    Entry entry = entries.get(node);
    Duration delay = entry == null || expired(entry, now) ? first : entry.delay.multipliedBy(2);
    if (entry == null && entries.size() >= nextCleaning) {
      entries.values().removeIf(old -> expired(old, now));
      nextCleaning = Math.max(CLEANING, 2 * entries.size());
    }
    entries.put(node, new Entry(delay.compareTo(most) > 0 ? most : delay, now));
  }

  private boolean expired(Entry entry, Instant now) {
    return now.isAfter(entry.since.plus(most.multipliedBy(2)));
  }
}
