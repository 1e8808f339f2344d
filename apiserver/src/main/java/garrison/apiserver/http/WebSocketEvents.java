package garrison.apiserver.http;

import io.vertx.core.Future;
import io.vertx.core.http.ServerWebSocket;
import java.nio.charset.StandardCharsets;

/**
 * Events as text messages over a WebSocket, one each (spec: api-server 9.2). fabric8 asks for this
 * form first, and waits forever for the end of an answer that comes instead. What the client says
 * is passed over, but for its pings. A socket that is closed takes no call but the question whether
 * it is.
 */
final class WebSocketEvents implements EventSink {
  /** Try again later (RFC 6455, 7.4.1, and the registry of IANA). */
  private static final short TRY_AGAIN = 1013;

  private final ServerWebSocket socket;

  private WebSocketEvents(ServerWebSocket socket) {
    this.socket = socket;
  }

  /** Shakes hands; fails where the client does not do so properly. */
  static Future<EventSink> open(Exchange exchange) {
    return exchange.upgrade().map(WebSocketEvents::new);
  }

  @Override
  public void add(byte[] line) {
    if (!socket.isClosed()) {
      socket.writeTextMessage(new String(line, StandardCharsets.UTF_8));
    }
  }

  @Override
  public void flush() {
    // Every message is sent as it is added.
  }

  @Override
  public boolean full() {
    return !socket.isClosed() && socket.writeQueueFull();
  }

  @Override
  public void onDrain(Runnable drained) {
    if (!socket.isClosed()) {
      socket.drainHandler(ignored -> drained.run());
    }
  }

  @Override
  public void onGone(Runnable gone) {
    if (socket.isClosed()) {
      gone.run();
    } else {
      socket.exceptionHandler(ignored -> gone.run());
      socket.closeHandler(ignored -> gone.run());
    }
  }

  @Override
  public void end() {
    if (!socket.isClosed()) {
      socket.close();
    }
  }

  @Override
  public void cut() {
    if (!socket.isClosed()) {
      socket.close(TRY_AGAIN);
    }
  }
}
