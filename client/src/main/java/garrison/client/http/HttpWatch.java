package garrison.client.http;

import garrison.client.UnreachableException;
import garrison.client.Watch;
import garrison.client.WatchEvent;
import garrison.client.WatchListener;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One watch over HTTP (spec: api-server 9.2). The event loop only cuts lines; a virtual thread
 * reads them as documents and calls the listener. Where the listener is slower than the server, the
 * stream is paused at {@value #FULL} bytes, and flow control holds the server back.
 */
final class HttpWatch implements Watch {
  private static final Logger log = LoggerFactory.getLogger(HttpWatch.class);
  private static final long FULL = 1 << 20;

  private final Kind kind;
  private final Transport transport;
  private final Transport.Streaming stream;
  private final WatchListener listener;
  private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final LineSplitter splitter = new LineSplitter(this::line);
  private volatile boolean closed;
  private volatile boolean over;

  /** A line, or the end where it is null. */
  private record Item(byte @Nullable [] line, @Nullable Throwable failure) {}

  private HttpWatch(
      Kind kind, Transport transport, Transport.Streaming stream, WatchListener listener) {
    this.kind = kind;
    this.transport = transport;
    this.stream = stream;
    this.listener = listener;
  }

  static HttpWatch start(
      Kind kind, Transport transport, Transport.Streaming stream, WatchListener listener) {
    HttpWatch watch = new HttpWatch(kind, transport, stream, listener);
    stream.response().handler(watch::received);
    stream.response().endHandler(end -> watch.ended(null));
    stream.response().exceptionHandler(watch::ended);
    Thread.ofVirtual().name("watch " + kind.qualifiedPlural()).start(watch::run);
    stream.response().resume();
    return watch;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      items.add(new Item(null, null));
      if (!over) {
        stream.request().reset(8); // CANCEL
      }
    }
  }

  private void received(Buffer piece) {
    splitter.add(piece.getBytes());
    if (waiting.get() > FULL) {
      stream.response().pause();
    }
  }

  private void line(byte[] line) {
    waiting.addAndGet(line.length);
    items.add(new Item(line, null));
  }

  private void ended(@Nullable Throwable failure) {
    over = true;
    Throwable cause =
        failure == null && splitter.incomplete()
            ? new IllegalStateException("it ended in the middle of an event")
            : failure;
    items.add(
        new Item(
            null,
            cause == null
                ? null
                : new UnreachableException(
                    "the watch of "
                        + kind.qualifiedPlural()
                        + " at "
                        + transport.server()
                        + " broke: "
                        + cause.getMessage(),
                    cause)));
  }

  private void run() {
    Throwable cause = null;
    try {
      Item item = items.take();
      while (item.line() != null && !closed) {
        deliver(item.line());
        drained(item.line().length);
        item = items.take();
      }
      cause = closed ? null : item.failure();
    } catch (InterruptedException e) {
      cause = e;
    } catch (RuntimeException e) {
      log.error("a listener of {} failed, its watch ends", kind.qualifiedPlural(), e);
      cause = e;
    }
    close();
    listener.closed(cause);
  }

  private void deliver(byte[] line) {
    JsonNode event = Json.parse(line);
    if (!(event.path("object") instanceof ObjectNode object)) {
      throw new IllegalStateException("an event without an object");
    }
    listener.event(
        new WatchEvent(WatchEvent.Type.valueOf(event.path("type").asString("")), object));
  }

  private void drained(int bytes) {
    long left = waiting.addAndGet(-bytes);
    if (left <= FULL / 2 && left + bytes > FULL / 2) {
      stream.response().resume();
    }
  }
}
