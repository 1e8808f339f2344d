package garrison.apiserver.watch;

import garrison.client.WatchEvent;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.kind.Kind;
import garrison.store.Store;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * All objects of one stored kind, their recent history, and the watches that follow them.
 *
 * <p>One thread changes it, in the order of revisions. Under the write lock an object, its index,
 * the watches and the applied revision change together; so whoever lists or starts to watch under
 * the lock sees a state that is true at exactly one revision.
 */
final class KindCache {
  private final Kind kind;
  private final Encoder encoder;
  private final AppliedRevision applied;
  private final ConcurrentSkipListMap<String, Stored> objects = new ConcurrentSkipListMap<>();
  private final ArrayDeque<Change> history = new ArrayDeque<>();
  private final FieldIndex index;
  private final Watchers watchers = new Watchers();
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** A watch can start at this revision or later. */
  private long oldest;

  KindCache(Kind kind, Encoder encoder, AppliedRevision applied) {
    this.kind = kind;
    this.encoder = encoder;
    this.applied = applied;
    this.index = new FieldIndex(kind);
  }

  /** What the cache starts with, before any change. */
  void load(List<Store.Entry> entries, long revision) {
    lock.writeLock().lock();
    try {
      oldest = revision;
      for (Store.Entry entry : entries) {
        Stored stored = new Stored(kind, entry.key(), entry.value(), entry.modRevision(), null);
        objects.put(entry.key(), stored);
        index.replace(null, stored);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** One committed write. {@code document} is its value decoded, where somebody has it at hand. */
  void apply(Store.Change change, @Nullable ObjectNode document) {
    lock.writeLock().lock();
    try {
      Stored now = new Stored(kind, change.key(), change.value(), change.revision(), document);
      Stored before = change.deleted() ? objects.remove(change.key()) : put(now);
      Change step =
          new Change(
              change.revision(),
              before,
              change.deleted() ? null : now,
              change.deleted() ? now : null);
      index.replace(before, step.after());
      history.addLast(step);
      watchers.dispatch(step, encoder);
      if (before != null) {
        before.forget();
      }
      applied.advance(change.revision());
    } finally {
      lock.writeLock().unlock();
    }
  }

  private @Nullable Stored put(Stored now) {
    return objects.put(now.key(), now);
  }

  /** Forgets the history up to a revision. */
  void compact(long revision) {
    lock.writeLock().lock();
    try {
      while (!history.isEmpty() && history.getFirst().revision() <= revision) {
        history.removeFirst();
      }
      oldest = Math.max(oldest, revision);
    } finally {
      lock.writeLock().unlock();
    }
  }

  long applied() {
    return applied.get();
  }

  @Nullable Stored get(String key) {
    return objects.get(key);
  }

  /** All that is selected, in key order, and the revision at which that is true. */
  Snapshot snapshot(Selection selection) {
    List<Stored> candidates;
    long revision;
    lock.readLock().lock();
    try {
      revision = applied.get();
      candidates = candidates(selection);
    } finally {
      lock.readLock().unlock();
    }
    List<Stored> selected = new ArrayList<>(selection.unconditional() ? candidates.size() : 16);
    for (Stored candidate : candidates) {
      if (selection.matches(candidate, encoder)) {
        selected.add(candidate.as(selection.kind(), encoder));
      }
    }
    return new Snapshot(selected, revision);
  }

  private List<Stored> candidates(Selection selection) {
    String prefix = selection.prefix();
    String single = selection.singleKey();
    if (single != null) {
      Stored one = objects.get(single);
      return one == null ? List.of() : List.of(one);
    }
    NavigableSet<String> keys = index.candidates(selection);
    if (keys != null) {
      return keys.stream().map(objects::get).filter(Objects::nonNull).toList();
    }
    return List.copyOf(objects.subMap(prefix, true, prefix + Character.MAX_VALUE, true).values());
  }

  /** Starts a watch with all selected objects, then every change. */
  void startWithObjects(WatchStream watch, boolean bookmark) {
    Selection selection = watch.selection();
    lock.writeLock().lock();
    try {
      long revision = applied.get();
      Stream<Event> initial =
          candidates(selection).stream()
              .filter(candidate -> selection.matches(candidate, encoder))
              .map(state -> Event.of(WatchEvent.Type.ADDED, state.as(selection.kind(), encoder)));
      Stream<Event> end =
          bookmark ? Stream.of(Event.bookmark(selection.kind(), revision, true)) : Stream.empty();
      watch.start(lazily(Stream.concat(initial, end)), revision, revision);
      watchers.add(watch);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Starts a watch with every change after a revision; 410 as an event where that is forgotten. */
  void startAfter(WatchStream watch, long revision) {
    Selection selection = watch.selection();
    lock.writeLock().lock();
    try {
      if (revision < oldest) {
        watch.end(
            Event.error(
                StatusException.of(
                        StatusReason.EXPIRED,
                        "too old resource version: " + revision + " (" + oldest + ")")
                    .status()));
        return;
      }
      List<Change> missed = new ArrayList<>();
      Iterator<Change> backwards = history.descendingIterator();
      while (backwards.hasNext()) {
        Change change = backwards.next();
        if (change.revision() <= revision) {
          break;
        }
        missed.add(change);
      }
      Stream<Event> replay =
          missed.reversed().stream()
              .map(change -> new Transition(change, encoder).eventFor(selection))
              .filter(Objects::nonNull);
      watch.start(lazily(replay), Math.max(revision, applied.get()), revision);
      watchers.add(watch);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private static Iterator<Event> lazily(Stream<Event> events) {
    return events.iterator();
  }

  /** Starts a watch with nothing but what changes from now on. */
  void startNow(WatchStream watch) {
    lock.writeLock().lock();
    try {
      long revision = applied.get();
      watch.start(lazily(Stream.empty()), revision, revision);
      watchers.add(watch);
    } finally {
      lock.writeLock().unlock();
    }
  }

  void remove(WatchStream watch) {
    lock.writeLock().lock();
    try {
      watchers.remove(watch);
    } finally {
      lock.writeLock().unlock();
    }
  }

  int watches() {
    lock.readLock().lock();
    try {
      return watchers.size();
    } finally {
      lock.readLock().unlock();
    }
  }

  int size() {
    return objects.size();
  }

  /** Ends all watches. */
  void close() {
    List<WatchStream> all;
    lock.readLock().lock();
    try {
      all = watchers.all();
    } finally {
      lock.readLock().unlock();
    }
    all.forEach(WatchStream::end);
  }

  /**
   * Objects at one revision.
   *
   * @param items in key order
   * @param revision at which they are what is there
   */
  record Snapshot(List<Stored> items, long revision) {}
}
