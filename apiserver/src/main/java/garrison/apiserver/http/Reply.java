package garrison.apiserver.http;

/** An answer that knows how to write itself. Sent once, from a virtual thread. */
@FunctionalInterface
interface Reply {
  /** Writes it; may go on afterwards, as a watch does. */
  void send(Exchange exchange);
}
