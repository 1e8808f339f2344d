package garrison.apiserver.http;

import garrison.apiserver.watch.Event;
import garrison.apiserver.watch.WatchStream;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A watch on its way to a client (spec: api-server 9.2, 9.5). It lives on the connection's event
 * loop and holds no thread: whenever there may be events it takes as many as the connection takes,
 * several to a write, and goes on when the connection has drained. A client that does not keep up
 * is cut off by the bound of the {@link WatchStream}.
 */
final class WatchReply implements Reply {
  private static final long BOOKMARK_MILLIS = 60_000;

  /** The last bookmark comes so long before the end. */
  private static final long LAST_BOOKMARK_MILLIS = 2_000;

  private static final int WRITE_BYTES = 32 * 1024;

  /** After so many events others on the same loop have their turn. */
  private static final int TURN = 512;

  private final WatchStream stream;
  private final Function<Event, byte[]> encoder;
  private final String contentType;
  private final Duration timeout;
  private final boolean bookmarks;
  private final AtomicBoolean woken = new AtomicBoolean();
  private @Nullable Exchange exchange;
  private boolean finished;
  private long bookmarkTimer = -1;
  private long lastBookmarkTimer = -1;
  private long endTimer = -1;

  /**
   * A watch that was accepted.
   *
   * @param encoder an event as a line
   * @param timeout when the server ends it
   * @param bookmarks whether the client wants them
   */
  WatchReply(
      WatchStream stream,
      Function<Event, byte[]> encoder,
      String contentType,
      Duration timeout,
      boolean bookmarks) {
    this.stream = stream;
    this.encoder = encoder;
    this.contentType = contentType;
    this.timeout = timeout;
    this.bookmarks = bookmarks;
  }

  @Override
  public void send(Exchange with) {
    if (!with.claim()) {
      stream.close();
      return;
    }
    exchange = with;
    with.onLoop(() -> start(with));
  }

  private void start(Exchange with) {
    HttpServerResponse response = with.response();
    if (response.closed() || response.ended()) {
      stream.close();
      return;
    }
    with.head(200, contentType, Map.of());
    response.setChunked(true);
    response.exceptionHandler(e -> finish());
    response.closeHandler(ignored -> finish());
    response.writeHead();
    Context context = with.context();
    Vertx vertx = context.owner();
    endTimer = vertx.setTimer(Math.max(1, timeout.toMillis()), ignored -> end());
    if (bookmarks) {
      bookmarkTimer = vertx.setPeriodic(BOOKMARK_MILLIS, ignored -> bookmark());
      long last = timeout.toMillis() - LAST_BOOKMARK_MILLIS;
      if (last > 0) {
        lastBookmarkTimer = vertx.setTimer(last, ignored -> bookmark());
      }
    }
    stream.onReady(() -> wake(context));
  }

  /** Called from the thread that feeds all watches: no more than a nudge. */
  private void wake(Context context) {
    if (woken.compareAndSet(false, true)) {
      context.runOnContext(
          ignored -> {
            woken.set(false);
            pump();
          });
    }
  }

  private HttpServerResponse response() {
    Exchange with = exchange;
    if (with == null) {
      throw new IllegalStateException("not started");
    }
    return with.response();
  }

  private void pump() {
    if (finished) {
      return;
    }
    HttpServerResponse response = response();
    Buffer out = null;
    int taken = 0;
    while (!response.writeQueueFull()) {
      Event event = taken < TURN ? stream.poll() : null;
      if (event == null) {
        break;
      }
      taken++;
      byte[] line = encoder.apply(event);
      out = out == null ? Buffer.buffer(Math.max(line.length, 512)) : out;
      out.appendBytes(line);
      if (out.length() >= WRITE_BYTES) {
        response.write(out);
        out = null;
      }
    }
    if (out != null) {
      response.write(out);
    }
    if (stream.ended()) {
      if (response.writeQueueFull()) {
        finish();
        response.reset(); // It did not keep up: nothing more can be told to it in order.
      } else {
        end();
      }
    } else if (response.writeQueueFull()) {
      response.drainHandler(ignored -> pump());
    } else if (taken == TURN && exchange != null) {
      wake(exchange.context());
    }
  }

  private void bookmark() {
    if (finished || response().writeQueueFull()) {
      return;
    }
    Event event = stream.bookmark();
    if (event != null) {
      response().write(Buffer.buffer(encoder.apply(event)));
    }
  }

  private void end() {
    if (!finished) {
      finish();
      HttpServerResponse response = response();
      if (!response.ended() && !response.closed()) {
        response.end();
      }
    }
  }

  private void finish() {
    if (!finished && exchange != null) {
      finished = true;
      Vertx vertx = exchange.context().owner();
      vertx.cancelTimer(endTimer);
      vertx.cancelTimer(bookmarkTimer);
      vertx.cancelTimer(lastBookmarkTimer);
      stream.close();
    }
  }
}
