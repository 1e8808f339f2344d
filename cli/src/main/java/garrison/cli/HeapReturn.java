package garrison.cli;

import java.time.Duration;

/**
 * Gives memory back to the machine after a burst of work: the serial collector grows its heap for
 * it, and shrinks it only at the next full collection, which a quiet agent never comes to. Collects
 * once when the heap has grown and then stood still, so a quiet agent does nothing.
 */
final class HeapReturn implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(15);

  /** Less is not worth a collection of some 20 ms; bytes. */
  private static final long WORTH = 2L << 20;

  private final Thread thread = Thread.ofVirtual().name("heap return").start(this::run);

  private void run() {
    Runtime jvm = Runtime.getRuntime();
    try {
      long settled = 0; // so that what the start needed is given back, too
      long last = jvm.totalMemory();
      while (true) {
        Thread.sleep(LOOK);
        long now = jvm.totalMemory();
        if (now == last && now >= settled + WORTH) {
          System.gc();
          now = jvm.totalMemory();
          settled = now;
        }
        last = now;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
