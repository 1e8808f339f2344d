package garrison.client;

/** A running watch. */
public interface Watch extends AutoCloseable {
  /** Ends it; idempotent. {@link WatchListener#closed} is still called once. */
  @Override
  void close();
}
