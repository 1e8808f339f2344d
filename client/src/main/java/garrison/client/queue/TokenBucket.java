package garrison.client.queue;

import java.time.Duration;

/** Limits a rate: {@code burst} at once, and {@code perSecond} in the long run. Thread-safe. */
public final class TokenBucket {
  private final double perSecond;
  private final double burst;
  private final Timer timer;
  private double tokens;
  private long last;

  /** A full bucket. */
  public TokenBucket(double perSecond, int burst, Timer timer) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.timer = timer;
    this.tokens = burst;
    this.last = timer.nanos();
  }

  /** Takes a token if there is one. */
  public synchronized boolean tryTake() {
    refill();
    if (tokens < 1) {
      return false;
    }
    tokens -= 1;
    return true;
  }

  /** Takes a token in any case, and answers how long to wait until it is one's own. */
  public synchronized Duration reserve() {
    refill();
    tokens -= 1;
    return tokens >= 0
        ? Duration.ZERO
        : Duration.ofNanos((long) (-tokens / perSecond * 1_000_000_000L));
  }

  private void refill() {
    long now = timer.nanos();
    tokens = Math.min(burst, tokens + (now - last) / 1e9 * perSecond);
    last = now;
  }
}
