package garrison.apiserver.watch;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How far the cache has come, and the writers that wait for it: a write is acknowledged only once
 * the cache holds it, so that everybody who hears of a write can also read it. Thread-safe.
 */
final class AppliedRevision {
  private final ConcurrentSkipListMap<Long, CompletableFuture<Void>> waiters =
      new ConcurrentSkipListMap<>();
  private volatile long value;
  private volatile boolean closed;

  long get() {
    return value;
  }

  /** Moves on; called by one thread, upwards. */
  void advance(long revision) {
    value = revision;
    var first = waiters.firstEntry();
    while (first != null && first.getKey() <= revision) {
      waiters.remove(first.getKey());
      first.getValue().complete(null);
      first = waiters.firstEntry();
    }
  }

  /**
   * Waits until the cache holds that revision; false when the time is over, or the cache closed.
   */
  boolean await(long revision, Duration most) {
    while (value < revision && !closed) {
      CompletableFuture<Void> turn =
          waiters.computeIfAbsent(revision, any -> new CompletableFuture<>());
      if (value >= revision || closed) {
        break;
      }
      try {
        turn.get(most.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        break;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    return value >= revision;
  }

  /** Lets everybody go. */
  void close() {
    closed = true;
    waiters.values().forEach(turn -> turn.complete(null));
  }
}
