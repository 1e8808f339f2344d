package garrison.apiserver.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The body of a large answer, written by a virtual thread that waits whenever the client is slower.
 * Not thread-safe.
 */
final class ResponseStream extends OutputStream {
  private static final int CHUNK = 64 * 1024;

  /** A client that takes no byte for so long is gone. */
  private static final long PATIENCE_SECONDS = 60;

  private final Exchange exchange;
  private final byte[] chunk = new byte[CHUNK];
  private int filled;
  private CompletableFuture<Void> last;

  /** Starts the answer; the caller must have claimed it. */
  ResponseStream(Exchange exchange, int code, String contentType, Map<String, String> headers) {
    this.exchange = exchange;
    this.last = new CompletableFuture<>();
    CompletableFuture<Void> started = last;
    exchange.onLoop(
        () -> {
          exchange.head(code, contentType, headers);
          exchange.response().setChunked(true);
          started.complete(null);
        });
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int part = Math.min(end - at, CHUNK - filled);
      System.arraycopy(bytes, at, chunk, filled, part);
      filled += part;
      at += part;
      if (filled == CHUNK) {
        push();
      }
    }
  }

  private void push() throws IOException {
    if (filled == 0) {
      return;
    }
    Buffer buffer = Buffer.buffer(filled).appendBytes(chunk, 0, filled);
    filled = 0;
    await();
    CompletableFuture<Void> next = new CompletableFuture<>();
    last = next;
    exchange.onLoop(
        () -> {
          HttpServerResponse response = exchange.response();
          if (response.closed() || response.ended()) {
            next.completeExceptionally(new IOException("the client is gone"));
          } else {
            response
                .write(buffer)
                .onComplete(
                    done -> {
                      if (done.succeeded()) {
                        next.complete(null);
                      } else {
                        next.completeExceptionally(done.cause());
                      }
                    });
          }
        });
  }

  /** One chunk is under way at most, so that a slow client costs no memory. */
  private void await() throws IOException {
    try {
      last.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the client takes no more", e);
    }
  }

  @Override
  public void close() throws IOException {
    push();
    await();
    exchange.onLoop(
        () -> {
          HttpServerResponse response = exchange.response();
          if (!response.ended() && !response.closed()) {
            response.end();
          }
        });
  }

  /** Breaks the answer off, so that the client does not take a part for the whole. */
  void abort() {
    exchange.onLoop(() -> exchange.response().reset());
  }
}
