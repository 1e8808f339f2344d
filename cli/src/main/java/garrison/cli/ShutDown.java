package garrison.cli;

import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends what runs, the last started first, when the process is told to end. */
final class ShutDown {
  private static final Logger LOG = LoggerFactory.getLogger(ShutDown.class);

  private ShutDown() {}

  /**
   * Closes all that is in {@code running} on SIGTERM or SIGINT, then lets go of the latch. What
   * starts later may still be pushed, by the thread that starts it.
   */
  static CountDownLatch onSignal(Deque<AutoCloseable> running) {
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("shut-down")
                .unstarted(
                    () -> {
                      close(running);
                      stopped.countDown();
                    }));
    return stopped;
  }

  /** Closes all, the last pushed first; a failure does not keep the others open. */
  static void close(Deque<AutoCloseable> running) {
    while (!running.isEmpty()) {
      try {
        running.pop().close();
      } catch (Exception e) {
        LOG.warn("a part did not stop cleanly", e);
      }
    }
  }
}
