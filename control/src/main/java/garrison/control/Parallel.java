package garrison.control;

import garrison.client.UnreachableException;
import garrison.model.StatusException;
import java.util.Collection;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does one thing to many, on virtual threads, no more than a few at once. */
public final class Parallel {
  private static final Logger log = LoggerFactory.getLogger(Parallel.class);
  private static final int AT_ONCE = 32;

  private Parallel() {}

  /**
   * Blocks until all are done. A refusal or an outage is logged, and stops no other; answers how
   * many failed. Any other exception is a bug; it is logged as one, with its stack.
   */
  public static <T> int forEach(String what, Collection<T> subjects, Consumer<? super T> step) {
    Semaphore permits = new Semaphore(AT_ONCE);
    AtomicInteger failures = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (T subject : subjects) {
        permits.acquireUninterruptibly();
        threads.execute(
            () -> {
              try {
                step.accept(subject);
              } catch (StatusException | UnreachableException e) {
                failures.incrementAndGet();
                log.info("{}: {}; again later", what, e.getMessage());
              } catch (RuntimeException e) {
                failures.incrementAndGet();
                log.error("{} failed for {}", what, subject, e);
              } finally {
                permits.release();
              }
            });
      }
    }
    return failures.get();
  }
}
