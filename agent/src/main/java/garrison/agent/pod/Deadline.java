package garrison.agent.pod;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A time by which something ends, which may come nearer but never goes away. Thread-safe. */
final class Deadline {
  private long at; // guarded by this

  /** From now. */
  Deadline(Duration from) {
    this.at = System.nanoTime() + from.toNanos();
  }

  /** Brings it nearer; whether it was later than that. */
  synchronized boolean shorten(Duration from) {
    long sooner = System.nanoTime() + from.toNanos();
    if (sooner - at >= 0) {
      return false;
    }
    at = sooner;
    notifyAll();
    return true;
  }

  /** What is left of it, but never less than {@code least}. */
  synchronized Duration left(Duration least) {
    Duration left = Duration.ofNanos(at - System.nanoTime());
    return left.compareTo(least) < 0 ? least : left;
  }

  /** Waits for the end of something; false where the time was over before. */
  boolean await(CompletableFuture<?> something) throws InterruptedException {
    var unused = something.whenComplete((value, failed) -> wake());
    synchronized (this) {
      while (!something.isDone()) {
        Duration left = left(Duration.ZERO);
        if (left.isZero()) {
          return false;
        }
        wait(left.toMillis() + 1);
      }
      return true;
    }
  }

  private synchronized void wake() {
    notifyAll();
  }
}
