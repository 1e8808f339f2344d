package garrison.control.disruption;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What became of the pods that evictions said they would delete. Pure.
 *
 * @param pending those still to go, since when: they do not count as healthy
 * @param overdue those that should have gone long ago, by name
 * @param next when the first of the pending is overdue, null where none is pending
 */
record Announced(Map<String, Instant> pending, List<String> overdue, @Nullable Instant next) {
  /** How long an eviction may take from its announcement to the deletion. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * Decides.
   *
   * @param isPresent whether a pod is there and nobody has deleted it
   */
  static Announced of(Map<String, Instant> announced, Predicate<String> isPresent, Instant now) {
    Map<String, Instant> pending = new TreeMap<>();
    List<String> overdue = new ArrayList<>(0);
    Instant next = null;
    for (Map.Entry<String, Instant> entry : announced.entrySet()) {
      if (!isPresent.test(entry.getKey())) {
        continue; // deleted, as it was said
      }
      Instant due = entry.getValue().plus(PATIENCE);
      if (due.isBefore(now)) {
        overdue.add(entry.getKey());
      } else {
        pending.put(entry.getKey(), entry.getValue());
        next = next == null || due.isBefore(next) ? due : next;
      }
    }
    return new Announced(pending, overdue, next);
  }
}
