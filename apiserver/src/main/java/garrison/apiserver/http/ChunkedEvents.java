package garrison.apiserver.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events as the lines of an answer without an end, several to a write (spec: api-server 9.2). */
final class ChunkedEvents implements EventSink {
  private static final int WRITE_BYTES = 32 * 1024;
  private static final int FIRST_BYTES = 512;

  private final HttpServerResponse response;
  private @Nullable Buffer pending;

  private ChunkedEvents(HttpServerResponse response) {
    this.response = response;
  }

  /** Sends the head of the answer at once; fails where the client has left already. */
  static Future<EventSink> open(Exchange exchange, String contentType) {
    HttpServerResponse response = exchange.response();
    if (response.closed() || response.ended()) {
      return Future.failedFuture(new IOException("the client is gone"));
    }
    exchange.head(200, contentType, Map.of());
    response.setChunked(true);
    response.writeHead();
    return Future.succeededFuture(new ChunkedEvents(response));
  }

  @Override
  public void add(byte[] line) {
    Buffer out = pending;
    if (out == null) {
      out = Buffer.buffer(Math.max(line.length, FIRST_BYTES));
      pending = out;
    }
    out.appendBytes(line);
    if (out.length() >= WRITE_BYTES) {
      flush();
    }
  }

  @Override
  public void flush() {
    Buffer out = pending;
    if (out != null) {
      pending = null;
      response.write(out);
    }
  }

  @Override
  public boolean full() {
    return response.writeQueueFull();
  }

  @Override
  public void onDrain(Runnable drained) {
    response.drainHandler(ignored -> drained.run());
  }

  @Override
  public void onGone(Runnable gone) {
    response.exceptionHandler(ignored -> gone.run());
    response.closeHandler(ignored -> gone.run());
  }

  @Override
  public void end() {
    if (!response.ended() && !response.closed()) {
      response.end();
    }
  }

  @Override
  public void cut() {
    response.reset();
  }
}
