package garrison.client.queue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Adds keys later. A key has at most one due time, the earliest asked for. Thread-safe.
 *
 * <p>Cost: a replaced due time stays in the timer until it passes, and then does nothing.
 */
final class DelayedAdds<K> {
  private final Timer timer;
  private final Consumer<K> add;
  private final Map<K, Long> due = new HashMap<>();

  DelayedAdds(Timer timer, Consumer<K> add) {
    this.timer = timer;
    this.add = add;
  }

  void addAfter(K key, Duration delay) {
    if (delay.isZero() || delay.isNegative()) {
      add.accept(key);
      return;
    }
    long at = timer.nanos() + delay.toNanos();
    synchronized (due) {
      Long present = due.get(key);
      if (present != null && present - at <= 0) {
        return;
      }
      due.put(key, at);
    }
    timer.after(delay, () -> fire(key, at));
  }

  private void fire(K key, long at) {
    synchronized (due) {
      Long present = due.get(key);
      if (present == null || present != at) {
        return;
      }
      due.remove(key);
    }
    add.accept(key);
  }
}
