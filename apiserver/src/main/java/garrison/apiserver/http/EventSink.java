package garrison.apiserver.http;

/**
 * Where the events of one watch go. Opened and used on the event loop of its connection only, and
 * never blocking: whoever writes asks {@link #full} first and goes on {@link #onDrain}.
 */
interface EventSink {
  /** Takes an event, which may stay here until {@link #flush}. */
  void add(byte[] line);

  /** Sends what was taken. */
  void flush();

  /** Whether the client is behind and nothing should be added at present. */
  boolean full();

  /** Sets what is called whenever it is no longer full. */
  void onDrain(Runnable drained);

  /** Sets what is called when the client has left. */
  void onGone(Runnable gone);

  /** Ends it as it should; nothing happens where the client has left. */
  void end();

  /** Breaks it off, so that the client sees that this is not how it should end. */
  void cut();
}
