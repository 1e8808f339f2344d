package garrison.client.queue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How long a key that failed has to wait: 5 ms doubling to 1,000 s for each key, and not more than
 * 10 retries a second (100 at once) for all of them together; the longer of the two (spec:
 * daemonset 4.1). Thread-safe.
 */
final class RetryDelays<K> {
  private static final long FIRST_NANOS = 5_000_000L;
  private static final long MOST_NANOS = 1_000_000_000_000L;
  private static final int MOST_DOUBLINGS = 18; // 5 ms * 2^18 is beyond the most

  private final Map<K, Integer> failures = new HashMap<>();
  private final TokenBucket overall;

  RetryDelays(Timer timer) {
    this.overall = new TokenBucket(10, 100, timer);
  }

  /** Counts a failure of the key, and answers its wait. */
  synchronized Duration next(K key) {
    int earlier = failures.merge(key, 1, Integer::sum) - 1;
    long own = Math.min(MOST_NANOS, FIRST_NANOS << Math.min(earlier, MOST_DOUBLINGS));
    return Duration.ofNanos(Math.max(own, overall.reserve().toNanos()));
  }

  /** The key went well. */
  synchronized void forget(K key) {
    failures.remove(key);
  }

  synchronized int count(K key) {
    return failures.getOrDefault(key, 0);
  }
}
