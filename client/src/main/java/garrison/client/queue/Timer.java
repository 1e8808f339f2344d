package garrison.client.queue;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Time for the queues: a clock that only goes forward, and calls later. A parameter, for tests. */
public interface Timer {
  /** Nanoseconds since some fixed moment; comparable only with each other. */
  long nanos();

  /** Calls {@code task} once, not before {@code delay} is over; the task must be quick. */
  void after(Duration delay, Runnable task);

  /** The machine's; one daemon thread for all who use it. */
  static Timer system() {
    return SystemTimer.INSTANCE;
  }

  /** The real one. */
  final class SystemTimer implements Timer {
    private static final SystemTimer INSTANCE = new SystemTimer();
    private final ScheduledThreadPoolExecutor executor;

    private SystemTimer() {
      executor =
          new ScheduledThreadPoolExecutor(
              1, Thread.ofPlatform().daemon().name("queue-timer").factory());
    }

    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the tasks report their own failures
    public void after(Duration delay, Runnable task) {
      executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
