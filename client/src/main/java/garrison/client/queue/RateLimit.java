package garrison.client.queue;

import garrison.client.CallInterceptor;
import garrison.client.UnreachableException;
import garrison.model.kind.Kind;
import garrison.model.kind.Verb;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The client-side limit on requests, as the programs of Kubernetes have it: each call waits for its
 * turn, in order. Waiting threads are held, so calls belong on virtual ones. Thread-safe.
 */
public final class RateLimit implements CallInterceptor, AutoCloseable {
  private final TokenBucket bucket;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * A limit.
   *
   * @param perSecond in the long run; more than 0
   * @param burst at once; at least 1
   */
  public RateLimit(double perSecond, int burst, Timer timer) {
    this.bucket = new TokenBucket(perSecond, burst, timer);
  }

  @Override
  public <T> T around(Verb verb, Kind kind, Supplier<T> call) {
    Duration wait = closed.getCount() == 0 ? Duration.ZERO : bucket.reserve();
    if (wait.isPositive()) {
      try {
        var unused = closed.await(wait.toNanos(), TimeUnit.NANOSECONDS); // its turn, or the end
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UnreachableException(
            "interrupted while waiting for the limit on requests (--kube-api-qps)", e);
      }
    }
    return call.get();
  }

  /** Lets all calls through at once from now on, those that wait too: at the end nobody waits. */
  @Override
  public void close() {
    closed.countDown();
  }
}
