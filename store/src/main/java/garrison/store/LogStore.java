package garrison.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one implementation of {@link Store}: all state in memory, every change in a {@link Journal}.
 *
 * <p>One thread writes. It takes whatever requests have queued up, decides each against the state
 * that the ones before it leave, appends all that pass in one durable step, and only then shows
 * them to readers and answers the writers. So n concurrent writers cost one fsync, and a write that
 * returned is never lost. A second thread hands changes to the watches.
 */
final class LogStore implements Store {
  private static final Logger LOG = LoggerFactory.getLogger(LogStore.class);

  /** More than this in one commit only makes the first of them wait. */
  private static final int LARGEST_BATCH = 2_000;

  private final Journal journal;
  private final Versions versions = new Versions();
  private final ChangeFeed feed;
  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final Thread writer;

  /** Held for reading by lists at a revision, for writing by compaction: both are short. */
  private final ReentrantReadWriteLock compaction = new ReentrantReadWriteLock();

  private volatile long revision;
  private volatile boolean closed;
  private @Nullable StoreException broken;

  /** What a caller waits for. */
  private sealed interface Request {
    CompletableFuture<Long> done();

    record Write(
        String key, byte[] value, long expected, boolean delete, CompletableFuture<Long> done)
        implements Request {}

    record Compact(long revision, CompletableFuture<Long> done) implements Request {}

    record Close(CompletableFuture<Long> done) implements Request {}
  }

  LogStore(Journal journal, String name) {
    this.journal = journal;
    List<Change> history = new ArrayList<>();
    long compacted =
        journal.replay(
            change -> {
              Entry previous = versions.get(change.key());
              Change whole = change.previous() == null ? change : withPrevious(change, previous);
              versions.apply(whole);
              history.add(whole);
              revision = change.revision();
            });
    revision = Math.max(revision, compacted);
    // The rows below the mark have gaps; what comes after it is whole.
    history.removeIf(change -> change.revision() <= compacted);
    this.feed = new ChangeFeed(compacted, history, name);
    this.writer = Thread.ofPlatform().name("store-writer").daemon().start(this::write);
  }

  private static Change withPrevious(Change change, @Nullable Entry previous) {
    // Where compaction dropped the state before, the row itself still knows when the key began.
    return previous == null
        ? change
        : new Change(change.revision(), change.key(), change.value(), previous, change.deleted());
  }

  @Override
  public long revision() {
    return revision;
  }

  @Override
  public long compactedRevision() {
    return feed.compacted();
  }

  @Override
  public @Nullable Entry get(String key) {
    return versions.get(key);
  }

  @Override
  public Page list(String prefix, long at, int limit, String after) {
    compaction.readLock().lock();
    try {
      long now = revision;
      if (at > now) {
        throw new IllegalArgumentException("revision " + at + " is in the future, now is " + now);
      }
      if (at != 0 && at < feed.compacted()) {
        throw new CompactedException(at, feed.compacted());
      }
      return versions.list(prefix, at == 0 ? now : at, limit, after);
    } finally {
      compaction.readLock().unlock();
    }
  }

  @Override
  public long put(String key, byte[] value, long expected) {
    return submit(new Request.Write(key, value, expected, false, new CompletableFuture<>()));
  }

  @Override
  public long delete(String key, byte[] lastValue, long expected) {
    return submit(new Request.Write(key, lastValue, expected, true, new CompletableFuture<>()));
  }

  @Override
  public Subscription watch(String prefix, long after, Listener listener) {
    return feed.subscribe(prefix, after, listener);
  }

  @Override
  public void compact(long at) {
    submit(new Request.Compact(at, new CompletableFuture<>()));
  }

  private long submit(Request request) {
    if (closed) {
      throw new StoreException("the store is closed");
    }
    requests.add(request);
    if (closed) {
      failRest();
    }
    try {
      return request.done().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RevisionMismatchException mismatch) {
        throw mismatch;
      }
      if (e.getCause() instanceof StoreException failure) {
        throw new StoreException(String.valueOf(failure.getMessage()), failure);
      }
      throw e;
    }
  }

  private void write() {
    List<Request> batch = new ArrayList<>();
    while (true) {
      batch.clear();
      try {
        batch.add(requests.take());
      } catch (InterruptedException e) {
        // Nobody interrupts this thread but a JVM that goes down.
        return;
      }
      requests.drainTo(batch, LARGEST_BATCH - 1);
      commit(batch);
      for (Request request : batch) {
        if (request instanceof Request.Compact compact) {
          finish(compact, () -> forget(compact.revision()));
        } else if (request instanceof Request.Close) {
          failRest();
          finish(request, journal::close);
          return;
        }
      }
    }
  }

  private void commit(List<Request> batch) {
    List<Change> changes = new ArrayList<>();
    List<Request.Write> winners = new ArrayList<>();
    Map<Request.Write, RevisionMismatchException> losers = new HashMap<>();
    Map<String, @Nullable Entry> pending = new HashMap<>();
    long next = revision;
    for (Request request : batch) {
      if (request instanceof Request.Write write) {
        Entry present =
            pending.containsKey(write.key()) ? pending.get(write.key()) : versions.get(write.key());
        long actual = present == null ? 0 : present.modRevision();
        boolean matches =
            write.expected() == ANY
                ? present != null || !write.delete()
                : write.expected() == actual;
        if (!matches) {
          losers.put(write, new RevisionMismatchException(write.key(), write.expected(), actual));
          continue;
        }
        next++;
        changes.add(new Change(next, write.key(), write.value(), present, write.delete()));
        winners.add(write);
        pending.put(
            write.key(),
            write.delete()
                ? null
                : new Entry(
                    write.key(),
                    write.value(),
                    present == null ? next : present.createRevision(),
                    next));
      }
    }
    StoreException failure = append(changes);
    if (failure != null) {
      winners.forEach(write -> write.done().completeExceptionally(failure));
      losers.keySet().forEach(write -> write.done().completeExceptionally(failure));
      return;
    }
    changes.forEach(versions::apply);
    revision = next;
    feed.append(changes);
    for (int i = 0; i < winners.size(); i++) {
      winners.get(i).done().complete(changes.get(i).revision());
    }
    losers.forEach((write, mismatch) -> write.done().completeExceptionally(mismatch));
  }

  private @Nullable StoreException append(List<Change> changes) {
    if (broken != null) {
      return broken;
    }
    if (changes.isEmpty()) {
      return null;
    }
    try {
      journal.append(changes);
      return null;
    } catch (StoreException e) {
      LOG.error("{} writes were refused: {}", changes.size(), e.getMessage());
      return e;
    } catch (RuntimeException e) {
      broken = new StoreException("the store failed, restart the server: " + e.getMessage(), e);
      LOG.error("the store takes no more writes", e);
      return broken;
    }
  }

  private void forget(long asked) {
    compaction.writeLock().lock();
    List<Long> dropped = new ArrayList<>();
    try {
      List<Change> gone = feed.compact(Math.min(asked, revision));
      long compacted = feed.compacted();
      gone.forEach(change -> versions.compact(change, compacted, dropped));
    } finally {
      compaction.writeLock().unlock();
    }
    journal.drop(dropped, feed.compacted());
  }

  private void finish(Request request, Runnable step) {
    try {
      step.run();
      request.done().complete(revision);
    } catch (RuntimeException e) {
      request.done().completeExceptionally(e);
    }
  }

  private void failRest() {
    Request request = requests.poll();
    while (request != null) {
      request.done().completeExceptionally(new StoreException("the store is closed"));
      request = requests.poll();
    }
  }

  @Override
  public void close() {
    synchronized (feed) {
      if (closed) {
        return;
      }
      Request.Close close = new Request.Close(new CompletableFuture<>());
      requests.add(close);
      closed = true;
      close.done().join();
    }
    feed.close();
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
