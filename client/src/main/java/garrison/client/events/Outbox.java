package garrison.client.events;

import garrison.client.BackOff;
import garrison.client.UnreachableException;
import garrison.model.StatusException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events on their way to the server.
 *
 * <ol>
 *   <li>Adding never throws and never waits for the server.
 *   <li>One writer, one event at a time, in order: a wave of events is told behind the work that
 *       made it, and never competes with it for more than one call.
 *   <li>At most {@value #WAITING} wait, about half a kilobyte each. That is a roll-out over as many
 *       nodes that none of their events has got out of; beyond it the newest are dropped, and how
 *       many is logged once the queue has emptied, or each minute while it does not.
 *   <li>An outage of the server is waited out, with the events that wait.
 * </ol>
 *
 * Thread-safe; one virtual thread, which sleeps while there is nothing to tell.
 */
final class Outbox<T> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  static final int WAITING = 8192;
  private static final int ATTEMPTS = 12;
  private static final Duration BETWEEN_COMPLAINTS = Duration.ofMinutes(1);

  private final String component;
  private final Clock clock;
  private final Consumer<T> write;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition some = lock.newCondition();

  // Under the lock.
  private final Queue<T> waiting = new ArrayDeque<>();
  private long dropped;
  private Instant droppedSince = Instant.EPOCH;
  private boolean closed;

  /**
   * Starts the writer.
   *
   * @param component whose events they are
   * @param write writes one; called again after an outage
   */
  Outbox(String component, Clock clock, Consumer<T> write) {
    this.component = component;
    this.clock = clock;
    this.write = write;
    this.thread = Thread.ofVirtual().name("events " + component).start(this::run);
  }

  /** Adds one; what is added after the close is not written. */
  void add(T event) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (waiting.size() >= WAITING) {
        if (dropped++ == 0) {
          droppedSince = clock.instant();
        }
        return;
      }
      waiting.add(event);
      some.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Gives what waits two seconds to get out, then ends. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      some.signal();
    } finally {
      lock.unlock();
    }
    try {
      if (!thread.join(Duration.ofSeconds(2))) {
        thread.interrupt();
        thread.join(Duration.ofSeconds(1));
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      for (T next = take(); next != null; next = take()) {
        send(next);
      }
    } catch (InterruptedException e) {
      log.debug("{}: events not sent at the end", component);
    }
  }

  /** The next to write, waited for; null once closed and empty. */
  private @Nullable T take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      complain();
      while (waiting.isEmpty() && !closed) {
        some.await();
      }
      return waiting.poll();
    } finally {
      lock.unlock();
    }
  }

  private void complain() {
    if (dropped == 0) {
      return;
    }
    if (waiting.isEmpty() || droppedSince.plus(BETWEEN_COMPLAINTS).isBefore(clock.instant())) {
      log.warn("{}: {} events dropped: the server did not keep up", component, dropped);
      dropped = 0;
    }
  }

  private void send(T event) throws InterruptedException {
    BackOff backOff =
        new BackOff(Duration.ofMillis(200), Duration.ofSeconds(20), RandomGenerator.getDefault());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        write.accept(event);
        return;
      } catch (UnreachableException e) {
        log.debug("{}: event waits: {}", component, e.getMessage());
      } catch (StatusException e) {
        if (e.code() != 429 && e.code() < 500) {
          // Its namespace is going, or we may not: telling again would not help.
          log.debug("{}: event refused: {}", component, e.message());
          return;
        }
      } catch (RuntimeException e) {
        log.error("{}: event {} failed", component, event, e);
        return;
      }
      Thread.sleep(backOff.next());
    }
    log.warn("{}: event given up after {} attempts: {}", component, ATTEMPTS, event);
  }
}
