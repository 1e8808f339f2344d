package garrison.control.daemonset;

import java.time.Duration;
import java.time.Instant;

/** When something that failed may be tried again: each time after twice as long a wait. */
final class Retry {
  private final Duration first;
  private final Duration most;
  private Duration next;
  private Instant at = Instant.MIN;

  Retry(Duration first, Duration most) {
    this.first = first;
    this.most = most;
    this.next = first;
  }

  /** Whether it may be tried now. */
  boolean ready(Instant now) {
    return !now.isBefore(at);
  }

  /** When it may be tried; long ago where nothing failed. */
  Instant at() {
    return at;
  }

  /** It failed; failures while the wait is on count as one. Answers how long the wait is. */
  Duration failed(Instant now) {
    if (ready(now)) {
      at = now.plus(next);
      Duration doubled = next.multipliedBy(2);
      next = doubled.compareTo(most) > 0 ? most : doubled;
    }
    return Duration.between(now, at);
  }

  /** It worked, or something happened that makes it worth trying at once. */
  void reset() {
    next = first;
    at = Instant.MIN;
  }
}
