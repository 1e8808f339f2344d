package garrison.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes since the compacted revision, in order, and who listens to them. Each subscription
 * has a place in the log; one thread carries all of them forward, so a listener gets every change
 * once and in order, also those from before it subscribed.
 */
final class ChangeFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeFeed.class);

  /** Handed to listeners between two looks at who else waits. */
  private static final int CHUNK = 256;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final List<Place> places = new CopyOnWriteArrayList<>();
  private final Thread thread;

  /** Element i is the change of revision {@code compacted + 1 + offset + i}; see {@link #trim}. */
  private final ArrayList<Store.Change> changes;

  private int start;
  private long compacted;
  private boolean closed;

  /** A subscription and the last revision it was shown. */
  private final class Place implements Store.Subscription {
    final String prefix;
    final Store.Listener listener;
    long shown;
    volatile boolean ended;

    Place(String prefix, long shown, Store.Listener listener) {
      this.prefix = prefix;
      this.shown = shown;
      this.listener = listener;
    }

    void show(Store.Change change) {
      if (!ended && change.key().startsWith(prefix)) {
        try {
          listener.changed(change);
        } catch (RuntimeException e) {
          LOG.error("the watch of {} failed at revision {}", prefix, change.revision(), e);
        }
      }
    }

    @Override
    public void close() {
      ended = true;
      places.remove(this);
      if (Thread.currentThread() != thread) {
        // Waits for a call that is under way: none may come after this.
        synchronized (this) {
          ended = true;
        }
      }
    }
  }

  ChangeFeed(long compacted, List<Store.Change> history, String name) {
    this.compacted = compacted;
    this.changes = new ArrayList<>(history);
    this.thread = Thread.ofPlatform().name("store-feed " + name).daemon().start(this::run);
  }

  /** The revision up to which changes are forgotten. */
  long compacted() {
    lock.lock();
    try {
      return compacted;
    } finally {
      lock.unlock();
    }
  }

  /** Adds committed changes, in order. */
  void append(List<Store.Change> committed) {
    lock.lock();
    try {
      changes.addAll(committed);
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  Store.Subscription subscribe(String prefix, long after, Store.Listener listener) {
    lock.lock();
    try {
      if (after < compacted) {
        throw new CompactedException(after, compacted);
      }
      Place place = new Place(prefix, after, listener);
      places.add(place);
      moved.signalAll();
      return place;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets up to {@code revision}, but nothing that a subscription has still to see. */
  List<Store.Change> compact(long revision) {
    lock.lock();
    try {
      long limit = revision;
      for (Place place : places) {
        limit = Math.min(limit, place.shown);
      }
      if (limit <= compacted) {
        return List.of();
      }
      int count = (int) Math.min(limit - compacted, changes.size() - start);
      List<Store.Change> gone = new ArrayList<>(changes.subList(start, start + count));
      start += count;
      compacted = limit;
      trim();
      return gone;
    } finally {
      lock.unlock();
    }
  }

  /** Moves the list together once half of it is forgotten, so that forgetting costs O(1) each. */
  private void trim() {
    if (start > changes.size() / 2) {
      changes.subList(0, start).clear();
      start = 0;
    }
  }

  private void run() {
    List<Store.Change> chunk = new ArrayList<>();
    while (true) {
      boolean idle = true;
      for (Place place : places) {
        synchronized (place) {
          if (!take(place, chunk)) {
            continue;
          }
          idle = false;
          for (Store.Change change : chunk) {
            place.show(change);
          }
          advance(place, chunk.getLast().revision());
        }
      }
      if (idle && !await()) {
        return;
      }
    }
  }

  private boolean take(Place place, List<Store.Change> chunk) {
    chunk.clear();
    lock.lock();
    try {
      long from = Math.max(0, place.shown - compacted);
      int size = changes.size() - start;
      if (from >= size) {
        return false;
      }
      int first = start + (int) from;
      chunk.addAll(changes.subList(first, Math.min(changes.size(), first + CHUNK)));
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void advance(Place place, long revision) {
    lock.lock();
    try {
      place.shown = revision;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for work; false once the feed is closed. */
  private boolean await() {
    lock.lock();
    try {
      while (!closed && !behind()) {
        moved.awaitUninterruptibly();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean behind() {
    long newest = compacted + changes.size() - start;
    for (Place place : places) {
      if (place.shown < newest) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
    places.clear();
    try {
      if (Thread.currentThread() != thread) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
