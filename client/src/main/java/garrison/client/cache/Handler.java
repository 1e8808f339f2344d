package garrison.client.cache;

/**
 * Takes the changes of a {@link Cache}, one call at a time, in order, after the cache holds them.
 * Every change between two states of the cache comes exactly once; states that came and went while
 * nobody watched are not told. Must be quick (put a key into a queue): the watch waits for it. An
 * exception is logged and stops neither the watch nor the other handlers.
 */
public interface Handler<T> {
  /** A new object; also every existing one when the handler is added. */
  default void added(T now) {}

  /** The same object (by uid) at a newer version. */
  default void updated(T old, T now) {}

  /** The object is gone; {@code last} is the last state seen, the deletion's own if it was told. */
  default void deleted(T last) {}

  /** All that existed at the start has been told. Once. */
  default void synced() {}
}
