package garrison.apiserver.watch;

import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.kind.Kind;
import garrison.store.CompactedException;
import garrison.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The whole state in memory, fed by one watch of the store. Reads and lists are served from here; a
 * write goes to the store, and is acknowledged once {@link #awaitApplied} has seen it here. So what
 * was acknowledged to anybody can be read by everybody. Thread-safe.
 *
 * <p>The history reaches as far back as the store's own, also across a restart: a client that was
 * away shortly goes on where it was.
 */
public final class ResourceCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ResourceCache.class);

  /** How long a request waits for a version that is still to come (spec: api-server 8.2). */
  private static final Duration FUTURE = Duration.ofSeconds(3);

  /** How long a write waits for its own echo: it comes at once, unless the process is dying. */
  private static final Duration ECHO = Duration.ofSeconds(30);

  private final Store store;
  private final Encoder encoder;
  private final int capacity;
  private final AppliedRevision applied = new AppliedRevision();
  private final Map<String, KindCache> kinds = new HashMap<>();
  private final Map<Identity, ObjectNode> handedOver = new ConcurrentHashMap<>();
  private final Store.Subscription feed;
  private volatile boolean closed;

  /** An array by what it is, not by what is in it. */
  private record Identity(byte[] bytes) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Identity that && that.bytes == bytes;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(bytes);
    }
  }

  /**
   * Fills the cache and follows the store from there on.
   *
   * @param kinds all kinds; those that share storage or store nothing may be among them
   * @param capacity most events that wait for one watch
   */
  public ResourceCache(Store store, List<Kind> kinds, Encoder encoder, int capacity) {
    this.store = store;
    this.encoder = encoder;
    this.capacity = capacity;
    for (Kind kind : kinds) {
      Kind stored = Keys.storage(kind);
      this.kinds.computeIfAbsent(
          Keys.resource(stored), any -> new KindCache(stored, encoder, applied));
    }
    long start = store.compactedRevision();
    Map<String, List<Store.Entry>> entries = new HashMap<>();
    if (start > 0) {
      for (Store.Entry entry : store.list(Keys.ROOT, start, 0, "").entries()) {
        entries.computeIfAbsent(Keys.resourceOf(entry.key()), any -> new ArrayList<>()).add(entry);
      }
    }
    this.kinds.forEach(
        (resource, cache) -> cache.load(entries.getOrDefault(resource, List.of()), start));
    applied.advance(start);
    feed = store.watch(Keys.ROOT, start, this::apply);
    awaitApplied(store.revision());
  }

  private void apply(Store.Change change) {
    ObjectNode document = handedOver.remove(new Identity(change.value()));
    KindCache cache = kinds.get(Keys.resourceOf(change.key()));
    try {
      if (cache != null) {
        cache.apply(change, document);
      }
    } catch (RuntimeException e) {
      // One object that cannot be read must not stop all others.
      LOG.error("{} at revision {} cannot be taken over", change.key(), change.revision(), e);
    }
    if (applied.get() < change.revision()) {
      applied.advance(change.revision());
    }
  }

  private KindCache cache(Kind kind) {
    KindCache cache = kinds.get(Keys.resource(kind));
    if (cache == null) {
      throw new IllegalArgumentException(kind + " is not stored here");
    }
    return cache;
  }

  /**
   * Lends the decoded form of bytes that are about to be written, so that the cache need not decode
   * them. From now on the document belongs to the cache.
   */
  public void handOver(byte[] value, ObjectNode document) {
    handedOver.put(new Identity(value), document);
  }

  /** Takes it back, where the write was refused. */
  public void takeBack(byte[] value) {
    handedOver.remove(new Identity(value));
  }

  /** Waits until the cache holds a committed write. */
  public void awaitApplied(long revision) {
    if (!applied.await(revision, ECHO)) {
      throw StatusException.of(
          StatusReason.SERVICE_UNAVAILABLE,
          closed ? "the server is stopping" : "the write is stored, but cannot be read back yet");
    }
  }

  /** The revision up to which the cache is complete. */
  public long revision() {
    return applied.get();
  }

  /** The present state of one object, null where there is none; as {@code kind} shows it. */
  public @Nullable Stored get(Kind kind, String namespace, String name) {
    Stored stored = cache(kind).get(Keys.of(kind, namespace, name));
    return stored == null ? null : stored.as(kind, encoder);
  }

  /** A state as {@code kind} shows it, over the storage that both share. */
  public Stored show(Stored stored, Kind kind) {
    return stored.as(kind, encoder);
  }

  /** All that is selected at present, in key order, and the revision of that. */
  public Listing list(Selection selection) {
    KindCache.Snapshot snapshot = cache(selection.kind()).snapshot(selection);
    return new Listing(snapshot.items(), snapshot.revision());
  }

  /**
   * A page of what was selected at a revision, from the store's history.
   *
   * @param limit most items, 0 for all
   * @param after only keys greater than this one, empty for all
   * @throws CompactedException where that is forgotten
   */
  public OldPage listAt(Selection selection, long revision, int limit, String after) {
    Kind stored = Keys.storage(selection.kind());
    List<Stored> items = new ArrayList<>();
    String from = after;
    while (true) {
      Store.Page page = store.list(selection.prefix(), revision, limit, from);
      for (Store.Entry entry : page.entries()) {
        from = entry.key();
        Stored state = new Stored(stored, entry.key(), entry.value(), entry.modRevision(), null);
        if (selection.matches(state, encoder)) {
          items.add(state.as(selection.kind(), encoder));
          if (limit > 0 && items.size() == limit) {
            long rest =
                page.remaining() + page.entries().size() - 1 - page.entries().indexOf(entry);
            return new OldPage(items, rest, from);
          }
        }
      }
      if (page.remaining() == 0) {
        return new OldPage(items, 0, from);
      }
    }
  }

  /** Refuses a version that is still to come, if it has not come after a while (504). */
  public void awaitVersion(long revision) {
    if (!applied.await(revision, FUTURE)) {
      throw tooLarge(revision);
    }
  }

  private StatusException tooLarge(long revision) {
    ObjectNode status =
        StatusException.of(
                StatusReason.TIMEOUT,
                "Timeout: Too large resource version: " + revision + ", current: " + applied.get())
            .status()
            .deepCopy();
    int code = status.path("code").asInt();
    status.remove("code");
    ObjectNode details = status.putObject("details");
    ArrayNode causes = details.putArray("causes");
    causes
        .addObject()
        .put("reason", "ResourceVersionTooLarge")
        .put("message", "Too large resource version");
    details.put("retryAfterSeconds", 1);
    status.put("code", code);
    return new StatusException(status);
  }

  /** One object that is about to be created: waits for it; null when the time is over. */
  public @Nullable Stored await(Kind kind, String namespace, String name, Duration most) {
    long deadline = System.nanoTime() + most.toNanos();
    while (true) {
      long seen = applied.get();
      Stored stored = get(kind, namespace, name);
      long left = deadline - System.nanoTime();
      if (stored != null || left <= 0 || closed) {
        return stored;
      }
      applied.await(seen + 1, Duration.ofNanos(left));
    }
  }

  /** Starts a watch with all selected objects; not before the cache has come to a revision. */
  public WatchStream watchWithObjects(Selection selection, long notBefore, boolean bookmark) {
    KindCache cache = cache(selection.kind());
    WatchStream watch = new WatchStream(cache, selection, capacity);
    if (notBefore <= applied.get()) {
      cache.startWithObjects(watch, bookmark);
    } else {
      Thread.ofVirtual()
          .name("watch-of-the-future")
          .start(
              () -> {
                if (applied.await(notBefore, FUTURE)) {
                  cache.startWithObjects(watch, bookmark);
                } else {
                  watch.end(Event.error(tooLarge(notBefore).status()));
                }
              });
    }
    return watch;
  }

  /** Starts a watch with all changes after a revision. */
  public WatchStream watchAfter(Selection selection, long revision) {
    KindCache cache = cache(selection.kind());
    WatchStream watch = new WatchStream(cache, selection, capacity);
    cache.startAfter(watch, revision);
    return watch;
  }

  /** Starts a watch with what changes from now on. */
  public WatchStream watchFromNow(Selection selection) {
    KindCache cache = cache(selection.kind());
    WatchStream watch = new WatchStream(cache, selection, capacity);
    cache.startNow(watch);
    return watch;
  }

  /** Forgets what the store has forgotten. */
  public void compacted(long revision) {
    kinds.values().forEach(cache -> cache.compact(revision));
  }

  /** How many objects of a kind there are. */
  public int count(Kind kind) {
    return cache(kind).size();
  }

  /** How many watches of a kind run. */
  public int watches(Kind kind) {
    return cache(kind).watches();
  }

  /** Ends all watches and stops to follow the store. */
  @Override
  public void close() {
    closed = true;
    feed.close();
    applied.close();
    kinds.values().forEach(KindCache::close);
  }

  /**
   * A list at the present.
   *
   * @param items in key order
   * @param revision at which they are what is there
   */
  public record Listing(List<Stored> items, long revision) {}

  /**
   * A page of a list in the past.
   *
   * @param items in key order
   * @param remaining entries behind it, before any selection; 0 at the end
   * @param last the last key looked at
   */
  public record OldPage(List<Stored> items, long remaining, String last) {}
}
