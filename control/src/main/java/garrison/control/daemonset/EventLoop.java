package garrison.control.daemonset;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread to which everything is an event, so that what it alone touches needs no locks. Events
 * run in order; after each batch of them a pass runs, which says when it wants to run again. An
 * event or pass that fails is logged and stops nothing.
 */
final class EventLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventLoop.class);
  private static final int BATCH = 1000;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final Duration SLOW = Duration.ofMillis(500);

  private final Clock clock;
  private final Supplier<@Nullable Instant> pass;
  private final LinkedBlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  /** With the pass, which answers when it wants to run at the latest, null for no such time. */
  EventLoop(String name, Clock clock, Supplier<@Nullable Instant> pass) {
    this.clock = clock;
    this.pass = pass;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Adds an event; never blocks. After {@link #close} it is dropped. Thread-safe. */
  void post(Runnable event) {
    if (!closed) {
      events.add(event);
    }
  }

  /** How many events wait. */
  int size() {
    return events.size();
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    if (thread.getState() != Thread.State.NEW) {
      try {
        thread.join(Duration.ofSeconds(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    List<Runnable> batch = new ArrayList<>();
    @Nullable Instant wake = null;
    while (!closed) {
      try {
        Runnable first = events.poll(waitUntil(wake).toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          events.drainTo(batch, BATCH - 1);
        }
      } catch (InterruptedException e) {
        return;
      }
      long start = System.nanoTime();
      batch.forEach(this::attempt);
      wake = runPass();
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      if (took.compareTo(SLOW) > 0) {
        log.info("{} events and a pass took {} ms", batch.size(), took.toMillis());
      }
      batch.clear();
    }
  }

  private Duration waitUntil(@Nullable Instant wake) {
    if (wake == null) {
      return LONGEST_WAIT;
    }
    // One more millisecond, since the wait is cut to whole ones.
    Duration left = Duration.between(clock.instant(), wake).plusMillis(1);
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : left;
  }

  private void attempt(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      log.error("an event failed", e);
    }
  }

  private @Nullable Instant runPass() {
    try {
      return pass.get();
    } catch (RuntimeException e) {
      log.error("a pass failed; again in a second", e);
      return clock.instant().plusSeconds(1);
    }
  }
}
