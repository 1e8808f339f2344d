package garrison.client.queue;

import garrison.client.UnreachableException;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Virtual threads that work off a {@link WorkQueue}. A key whose work throws is tried again, ever
 * slower; one that goes well starts afresh. A failure of one key stops nothing else.
 */
public final class Workers<K> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Workers.class);

  private final WorkQueue<K> queue;
  private final Work<K> work;
  private final List<Thread> threads = new ArrayList<>();

  /** What is done for one key. */
  @FunctionalInterface
  public interface Work<K> {
    /** Makes the world right for this key; anything thrown means "again, later". */
    void on(K key) throws InterruptedException;
  }

  private Workers(WorkQueue<K> queue, Work<K> work) {
    this.queue = queue;
    this.work = work;
  }

  /** Starts {@code count} of them. */
  public static <K> Workers<K> start(WorkQueue<K> queue, int count, Work<K> work) {
    Workers<K> workers = new Workers<>(queue, work);
    for (int i = 0; i < count; i++) {
      workers.threads.add(Thread.ofVirtual().name(queue.name() + "-" + i).start(workers::run));
    }
    return workers;
  }

  /** Shuts the queue down, lets running work end (for a while; then it is interrupted). */
  @Override
  public void close() {
    queue.shutDown();
    try {
      for (Thread thread : threads) {
        if (!thread.join(Duration.ofSeconds(2))) {
          thread.interrupt();
          thread.join(Duration.ofSeconds(3));
        }
      }
    } catch (InterruptedException e) {
      threads.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      for (K key = queue.take(); key != null; key = queue.take()) {
        try {
          work.on(key);
          queue.forget(key);
        } catch (RuntimeException e) {
          report(key, e);
          queue.addRateLimited(key);
        } finally {
          queue.done(key);
        }
      }
    } catch (InterruptedException e) {
      // close() lost its patience with this worker: it ends here.
      return;
    }
  }

  private void report(K key, RuntimeException e) {
    if (e instanceof UnreachableException
        || (e instanceof StatusException refusal && refusal.reason() == StatusReason.CONFLICT)) {
      log.debug("{}: {}: {}; trying again", queue.name(), key, e.getMessage());
    } else if (e instanceof StatusException) {
      log.warn("{}: {}: {}; trying again", queue.name(), key, e.getMessage());
    } else {
      log.error("{}: {} failed; trying again", queue.name(), key, e);
    }
  }
}
