package garrison.apiserver.http;

import garrison.apiserver.watch.Event;
import garrison.apiserver.watch.WatchStream;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch on its way to a client (spec: api-server 9.2, 9.5). It lives on the connection's event
 * loop and holds no thread: whenever there may be events it takes as many as the connection takes,
 * and goes on when the connection has drained. A client that does not keep up is cut off by the
 * bound of the {@link WatchStream}.
 */
final class WatchReply implements Reply {
  private static final Logger LOG = LoggerFactory.getLogger(WatchReply.class);

  private static final long BOOKMARK_MILLIS = 60_000;

  /** The last bookmark comes so long before the end. */
  private static final long LAST_BOOKMARK_MILLIS = 2_000;

  /** After so many events others on the same loop have their turn. */
  private static final int TURN = 512;

  private final WatchStream stream;
  private final Function<Event, byte[]> encoder;
  private final String contentType;
  private final Duration timeout;
  private final boolean bookmarks;

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
  public void send(Exchange exchange) {
    if (exchange.claim()) {
      exchange.onLoop(() -> open(exchange));
    } else {
      stream.close();
    }
  }

  private void open(Exchange exchange) {
    Future<EventSink> opened =
        exchange.upgrades()
            ? WebSocketEvents.open(exchange)
            : ChunkedEvents.open(exchange, contentType);
    opened
        .onSuccess(sink -> new Running(sink, exchange.context()).start())
        .onFailure(
            e -> {
              LOG.debug("a watch did not begin", e);
              stream.close();
            });
  }

  /** The watch once the client has been answered. On the event loop but for {@link #wake}. */
  private final class Running {
    private final EventSink sink;
    private final Context context;
    private final AtomicBoolean woken = new AtomicBoolean();
    private boolean finished;
    private long bookmarkTimer = -1;
    private long lastBookmarkTimer = -1;
    private long endTimer = -1;

    Running(EventSink sink, Context context) {
      this.sink = sink;
      this.context = context;
    }

    void start() {
      sink.onGone(this::finish);
      Vertx vertx = context.owner();
      endTimer = vertx.setTimer(Math.max(1, timeout.toMillis()), ignored -> end());
      if (bookmarks) {
        bookmarkTimer = vertx.setPeriodic(BOOKMARK_MILLIS, ignored -> bookmark());
        long last = timeout.toMillis() - LAST_BOOKMARK_MILLIS;
        if (last > 0) {
          lastBookmarkTimer = vertx.setTimer(last, ignored -> bookmark());
        }
      }
      stream.onReady(this::wake);
    }

    /** Called from the thread that feeds all watches: no more than a nudge. */
    private void wake() {
      if (woken.compareAndSet(false, true)) {
        context.runOnContext(
            ignored -> {
              woken.set(false);
              pump();
            });
      }
    }

    private void pump() {
      if (finished) {
        return;
      }
      int taken = 0;
      while (taken < TURN && !sink.full()) {
        Event event = stream.poll();
        if (event == null) {
          break;
        }
        taken++;
        sink.add(encoder.apply(event));
      }
      sink.flush();
      if (stream.ended()) {
        if (sink.full()) {
          finish();
          sink.cut(); // It did not keep up: nothing more can be told to it in order.
        } else {
          end();
        }
      } else if (sink.full()) {
        sink.onDrain(this::pump);
      } else if (taken == TURN) {
        wake();
      }
    }

    private void bookmark() {
      if (finished || sink.full()) {
        return;
      }
      Event event = stream.bookmark();
      if (event != null) {
        sink.add(encoder.apply(event));
        sink.flush();
      }
    }

    private void end() {
      if (!finished) {
        finish();
        sink.end();
      }
    }

    private void finish() {
      if (!finished) {
        finished = true;
        Vertx vertx = context.owner();
        vertx.cancelTimer(endTimer);
        vertx.cancelTimer(bookmarkTimer);
        vertx.cancelTimer(lastBookmarkTimer);
        stream.close();
      }
    }
  }
}
