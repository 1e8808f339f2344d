package garrison.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Growing, jittered waits between attempts: the base doubles up to the most, and each wait is drawn
 * between half of it and all of it, so that many clients of one lost server do not return at once.
 * Not thread-safe.
 */
public final class BackOff {
  private final Duration first;
  private final Duration most;
  private final RandomGenerator random;
  private Duration next;

  /** Waits from {@code first} to {@code most}. */
  public BackOff(Duration first, Duration most, RandomGenerator random) {
    this.first = first;
    this.most = most;
    this.random = random;
    this.next = first;
  }

  /** How long to wait before the next attempt. */
  public Duration next() {
    long nanos = next.toNanos();
    next = next.multipliedBy(2).compareTo(most) > 0 ? most : next.multipliedBy(2);
    return Duration.ofNanos(nanos / 2 + random.nextLong(nanos / 2 + 1));
  }

  /** An attempt went well: start small again. */
  public void reset() {
    next = first;
  }
}
