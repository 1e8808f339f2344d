package garrison.control.nodelifecycle;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Nodes that wait to be given up, zone by zone, and let out at the zone's rate, never two at once.
 * First come, first served. Thread-safe.
 */
final class Ration {
  private final Map<String, LinkedHashSet<String>> waiting = new HashMap<>();
  private final Map<String, Instant> last = new HashMap<>();

  synchronized void add(String zone, String node) {
    waiting.computeIfAbsent(zone, ignored -> new LinkedHashSet<>()).add(node);
  }

  synchronized void remove(String node) {
    waiting.values().forEach(nodes -> nodes.remove(node));
    waiting.values().removeIf(Collection::isEmpty);
  }

  synchronized void clear() {
    waiting.clear();
  }

  /** The nodes whose turn it is. */
  synchronized List<String> take(ToDoubleFunction<String> perSecond, Instant now) {
    List<String> turn = new ArrayList<>(0);
    waiting.forEach(
        (zone, nodes) -> {
          double rate = perSecond.applyAsDouble(zone);
          if (rate > 0 && !nodes.isEmpty() && !isTooSoon(zone, rate, now)) {
            turn.add(nodes.removeFirst());
            last.put(zone, now);
          }
        });
    return turn;
  }

  private boolean isTooSoon(String zone, double rate, Instant now) {
    Instant before = last.get(zone);
    return before != null && Duration.between(before, now).toMillis() < Math.round(1000 / rate);
  }
}
