package garrison.agent.runtime;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A running session. One thread reads, another may write at the same time; {@link #close} may come
 * from any thread and makes both return.
 */
public interface Session extends AutoCloseable {
  /**
   * Waits for the next packet of output; the last one is on {@link Packet#ERROR} and holds a {@code
   * Status}. Null after it, or where the session broke off.
   */
  @Nullable Packet read() throws IOException;

  /** Passes input on; waits while the program does not take it. */
  void input(byte[] bytes) throws IOException;

  /** Input ends. */
  void endInput() throws IOException;

  /** The terminal has another size now, in characters. */
  void resize(int width, int height) throws IOException;

  /** Ends it, with a command that was run for it; idempotent, and does not wait. */
  @Override
  void close();
}
