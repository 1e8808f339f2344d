package garrison.client;

import org.jspecify.annotations.Nullable;

/** Takes the events of one watch, one call at a time, in order. */
public interface WatchListener {
  /**
   * One event. Must return soon: the watch waits for it, and a slow one is closed by the server.
   */
  void event(WatchEvent event);

  /** The last call: the watch ended, by itself (null) or by a failure. */
  void closed(@Nullable Throwable cause);
}
