package garrison.control;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a loop started, closed last first. A part added after the close is closed at once, so a loop
 * that is closed while it starts leaves nothing behind. Thread-safe.
 */
public final class Parts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Parts.class);
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private boolean closed;

  /** Adds a part, and answers it. */
  public <T extends AutoCloseable> T add(T part) {
    synchronized (parts) {
      if (!closed) {
        parts.push(part);
        return part;
      }
    }
    close(part);
    return part;
  }

  /** Closes all parts; a failure of one keeps no other from being closed. */
  @Override
  public void close() {
    while (true) {
      AutoCloseable next;
      synchronized (parts) {
        closed = true;
        next = parts.poll();
      }
      if (next == null) {
        return;
      }
      close(next);
    }
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      log.error("{} does not close", part, e);
    }
  }
}
