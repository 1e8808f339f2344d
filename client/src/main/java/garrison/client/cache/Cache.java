package garrison.client.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The objects of one kind in memory, as a {@link Reflector} last saw them. Reads never block and
 * never see a half-made change of one object. A value, and any document in it, is shared by all
 * readers: copy before you change one (tests: {@link #checkUnchanged}).
 *
 * <p>Cost: one map entry for each object, one more for each index it stands in.
 */
public final class Cache<T> {
  private static final Logger log = LoggerFactory.getLogger(Cache.class);

  private final String what;
  private final boolean verifying;
  private final Map<ObjectKey, Entry<T>> entries = new ConcurrentHashMap<>();
  private final List<Index<T>> indexes = new CopyOnWriteArrayList<>();
  private final List<Handler<T>> handlers = new CopyOnWriteArrayList<>();

  /** Held while a change is made and told, so that handlers see changes in order. */
  private final ReentrantLock changes = new ReentrantLock();

  private final ReentrantLock progress = new ReentrantLock();
  private final Condition progressed = progress.newCondition();
  private volatile boolean synced;
  private volatile long lastVersion;

  Cache(String what, boolean verifying) {
    this.what = what;
    this.verifying = verifying;
  }

  /**
   * One object of the kind.
   *
   * @param original what {@code document} looked like when it came; both null unless verifying
   */
  record Entry<T>(
      String uid,
      long version,
      T value,
      @Nullable ObjectNode document,
      @Nullable ObjectNode original) {}

  /** The object, null where the cache has none. */
  public @Nullable T get(ObjectKey key) {
    Entry<T> entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  /** The object, null where the cache has none. The namespace is empty for kinds without one. */
  public @Nullable T get(String namespace, String name) {
    return get(new ObjectKey(namespace, name));
  }

  /** All objects at about this moment, in no order. */
  public List<T> all() {
    List<T> values = new ArrayList<>(entries.size());
    forEach(values::add);
    return values;
  }

  /** Visits all objects at about this moment, in no order. */
  public void forEach(Consumer<? super T> action) {
    entries.values().forEach(entry -> action.accept(entry.value()));
  }

  /** How many objects there are. */
  public int size() {
    return entries.size();
  }

  /** A new index over all objects, kept up to date from now on. */
  public Index<T> index(Function<? super T, ? extends Collection<String>> keysOf) {
    Index<T> index = new Index<>(keysOf);
    changes.lock();
    try {
      entries.forEach((key, entry) -> index.put(key, entry.value()));
      indexes.add(index);
    } finally {
      changes.unlock();
    }
    return index;
  }

  /** Adds a handler; it is first told of all present objects, on the calling thread. */
  public void addHandler(Handler<T> handler) {
    changes.lock();
    try {
      entries.values().forEach(entry -> tell(handler, h -> h.added(entry.value())));
      if (synced) {
        tell(handler, Handler::synced);
      }
      handlers.add(handler);
    } finally {
      changes.unlock();
    }
  }

  /** Whether everything that existed at the start is here. Stays true. */
  public boolean hasSynced() {
    return synced;
  }

  /** Waits for {@link #hasSynced}; false when the time is over first. */
  public boolean awaitSync(Duration atMost) throws InterruptedException {
    return await(() -> synced, atMost);
  }

  /**
   * The version up to which the cache has seen all changes, 0 before the first sync. Handlers have
   * been told of them too. Only a server that was set back in time makes it go down.
   */
  public long lastVersion() {
    return lastVersion;
  }

  /** Waits until {@link #lastVersion} is at least {@code version}; false on time-out. */
  public boolean awaitVersion(long version, Duration atMost) throws InterruptedException {
    return await(() -> lastVersion >= version, atMost);
  }

  /**
   * For tests, with {@link Reflector#verifyingCache}: throws {@link IllegalStateException} naming
   * the object if anybody changed a cached document.
   */
  public void checkUnchanged() {
    entries.forEach(
        (key, entry) -> {
          if (entry.document() != null && !entry.document().equals(entry.original())) {
            throw new IllegalStateException(
                "the cached document of " + what + " " + key + " was changed by a reader");
          }
        });
  }

  Entry<T> entry(ObjectNode document, T value) {
    return new Entry<>(
        document.path("metadata").path("uid").asString(""),
        Versions.of(document),
        value,
        verifying ? document : null,
        verifying ? document.deepCopy() : null);
  }

  /** An object that is there, new or changed. */
  void put(ObjectKey key, Entry<T> entry) {
    changes.lock();
    try {
      apply(key, entry);
      advance(entry.version());
    } finally {
      changes.unlock();
    }
  }

  /** An object that is gone; its last state where the server told it. */
  void remove(ObjectKey key, @Nullable T last, long version) {
    changes.lock();
    try {
      Entry<T> old = entries.remove(key);
      if (old != null) {
        indexes.forEach(index -> index.remove(key, old.value()));
        T told = last == null ? old.value() : last;
        tellAll(handler -> handler.deleted(told));
      }
      advance(version);
    } finally {
      changes.unlock();
    }
  }

  /** The whole truth at a version: what is not in it is gone. */
  void replaceAll(Map<ObjectKey, Entry<T>> all, long version) {
    changes.lock();
    try {
      for (ObjectKey key : new HashMap<>(entries).keySet()) {
        if (!all.containsKey(key)) {
          remove(key, null, 0);
        }
      }
      all.forEach(this::apply);
      boolean first = !synced;
      synced = true;
      if (first) {
        tellAll(Handler::synced);
      }
      publish(version);
    } finally {
      changes.unlock();
    }
  }

  /** Everything up to this version has been seen. */
  void advance(long version) {
    if (version > lastVersion && synced) {
      publish(version);
    }
  }

  private void apply(ObjectKey key, Entry<T> entry) {
    Entry<T> old = entries.get(key);
    if (old == null) {
      add(key, entry);
    } else if (!old.uid().equals(entry.uid())) {
      remove(key, null, 0);
      add(key, entry);
    } else if (old.version() != entry.version() || entry.version() == 0) {
      entries.put(key, entry);
      indexes.forEach(index -> index.replace(key, old.value(), entry.value()));
      tellAll(handler -> handler.updated(old.value(), entry.value()));
    }
  }

  private void add(ObjectKey key, Entry<T> entry) {
    entries.put(key, entry);
    indexes.forEach(index -> index.put(key, entry.value()));
    tellAll(handler -> handler.added(entry.value()));
  }

  private void publish(long version) {
    progress.lock();
    try {
      lastVersion = version;
      progressed.signalAll();
    } finally {
      progress.unlock();
    }
  }

  private boolean await(java.util.function.BooleanSupplier condition, Duration atMost)
      throws InterruptedException {
    long left = atMost.toNanos();
    progress.lockInterruptibly();
    try {
      while (!condition.getAsBoolean()) {
        if (left <= 0) {
          return false;
        }
        left = progressed.awaitNanos(left);
      }
      return true;
    } finally {
      progress.unlock();
    }
  }

  private void tellAll(Consumer<Handler<T>> call) {
    for (Handler<T> handler : handlers) {
      tell(handler, call);
    }
  }

  private void tell(Handler<T> handler, Consumer<Handler<T>> call) {
    long start = System.nanoTime();
    try {
      call.accept(handler);
    } catch (RuntimeException e) {
      log.error("a handler of {} failed: {}", what, handler, e);
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    if (millis > 500) {
      log.warn("a handler of {} held up the watch for {} ms: {}", what, millis, handler);
    }
  }
}
