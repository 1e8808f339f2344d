package garrison.apiserver;

import garrison.apiserver.watch.Event;
import garrison.apiserver.watch.WatchStream;
import garrison.client.Watch;
import garrison.client.WatchEvent;
import garrison.client.WatchListener;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the events of one watch to its listener. A watch that waits holds no thread: a virtual one
 * starts when there is something to hand over, and ends when all is, so that thousands of quiet
 * watches cost their queues only.
 */
final class LocalWatch implements Watch {
  private static final Logger LOG = LoggerFactory.getLogger(LocalWatch.class);

  private final WatchStream stream;
  private final WatchListener listener;

  /** Calls of {@link #wake} that nobody has answered yet; not 0 while a thread is at work. */
  private final AtomicInteger calls = new AtomicInteger();

  /** Touched only by the thread at work. */
  private boolean finished;

  private LocalWatch(WatchStream stream, WatchListener listener) {
    this.stream = stream;
    this.listener = listener;
  }

  static LocalWatch start(WatchStream stream, WatchListener listener) {
    LocalWatch watch = new LocalWatch(stream, listener);
    stream.onReady(watch::wake);
    return watch;
  }

  private void wake() {
    if (calls.getAndIncrement() == 0) {
      Thread.ofVirtual().name("watch").start(this::work);
    }
  }

  private void work() {
    int answered;
    do {
      answered = calls.get();
      try {
        handOver();
      } catch (RuntimeException e) {
        // A listener that fails has lost its place; it must start again.
        LOG.warn("a watch is ended by its listener", e);
        stream.close();
        finish(e);
      }
    } while (calls.addAndGet(-answered) > 0);
  }

  private void handOver() {
    if (finished) {
      return;
    }
    Event event = stream.poll();
    while (event != null) {
      listener.event(new WatchEvent(event.type(), event.object()));
      event = stream.poll();
    }
    if (stream.ended()) {
      stream.close();
      finish(null);
    }
  }

  private void finish(@Nullable Throwable cause) {
    if (!finished) {
      finished = true;
      listener.closed(cause);
    }
  }

  @Override
  public void close() {
    stream.close();
    wake();
  }
}
