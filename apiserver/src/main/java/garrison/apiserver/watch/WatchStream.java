package garrison.apiserver.watch;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * One running watch: a queue that the cache fills and one consumer empties. Filling never blocks; a
 * consumer that falls too far behind is cut off, and starts again from the last version it saw.
 *
 * <p>{@link #poll} is called by one thread at a time. What the watch starts with (initial objects,
 * replayed changes) is made while it is polled, and does not count towards the bound.
 */
public final class WatchStream implements AutoCloseable {
  private static final Runnable NOBODY = () -> {};

  private final KindCache cache;
  private final Selection selection;
  private final int capacity;
  private final ArrayDeque<Event> queue = new ArrayDeque<>();
  private volatile Iterator<Event> backlog = Collections.emptyIterator();
  private volatile Runnable signal = NOBODY;
  private volatile boolean started;
  private volatile long floor;
  private volatile long after;
  private boolean ending;
  private volatile boolean closed;

  WatchStream(KindCache cache, Selection selection, int capacity) {
    this.cache = cache;
    this.selection = selection;
    this.capacity = capacity;
  }

  Selection selection() {
    return selection;
  }

  /**
   * Sets what comes first.
   *
   * @param covered the revision up to which that covers everything
   * @param from the revision that the client named, or that of the initial objects
   */
  void start(Iterator<Event> first, long covered, long from) {
    backlog = first;
    floor = from;
    after = covered;
    started = true;
    signal.run();
  }

  /** Whether a change of that revision is news. */
  boolean wants(long revision) {
    return revision > after && !closed;
  }

  /** Takes an event; false where the watch is over. Called under the lock of the cache. */
  boolean offer(Event event, long revision) {
    synchronized (queue) {
      if (closed || ending) {
        return false;
      }
      if (queue.size() >= capacity) {
        queue.clear();
        ending = true;
      } else {
        queue.add(event);
      }
    }
    after = revision;
    signal.run();
    return !isEnding();
  }

  /** Says one last thing. */
  void end(Event last) {
    synchronized (queue) {
      if (closed || ending) {
        return;
      }
      queue.add(last);
      ending = true;
    }
    started = true;
    signal.run();
  }

  /** Ends without a word, as when the server stops; the client watches again. */
  void end() {
    synchronized (queue) {
      ending = true;
    }
    signal.run();
  }

  private boolean isEnding() {
    synchronized (queue) {
      return ending;
    }
  }

  /** The next event, null where there is none at present. */
  public @Nullable Event poll() {
    if (closed || !started) {
      return null;
    }
    Iterator<Event> first = backlog;
    if (first.hasNext()) {
      return first.next();
    }
    synchronized (queue) {
      return queue.poll();
    }
  }

  /**
   * Sets what is called whenever {@link #poll} may have something new; it is called at once, too.
   * It runs on the thread that feeds all watches, and must do no more than wake the consumer.
   */
  public void onReady(Runnable wake) {
    signal = wake;
    wake.run();
  }

  /** Whether no event comes any more and all were taken: the server is done with this watch. */
  public boolean ended() {
    if (closed) {
      return true;
    }
    synchronized (queue) {
      return ending && queue.isEmpty();
    }
  }

  /**
   * A bookmark at the present revision, null while events are still to be taken (spec: api-server
   * 9.5). Called by the consumer.
   */
  public @Nullable Event bookmark() {
    // Read before the queue is looked at: if that is empty, all up to here has been taken.
    long revision = cache.applied();
    if (!started || revision < floor || backlog.hasNext()) {
      return null;
    }
    synchronized (queue) {
      return queue.isEmpty() && !ending
          ? Event.bookmark(selection.kind(), Math.max(revision, after), false)
          : null;
    }
  }

  /** Ends the watch; idempotent. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cache.remove(this);
      synchronized (queue) {
        queue.clear();
      }
      backlog = Collections.emptyIterator();
    }
  }
}
