package garrison.client.cache;

import garrison.client.BackOff;
import garrison.client.Cluster;
import garrison.client.ListOptions;
import garrison.client.ResourceList;
import garrison.client.UnreachableException;
import garrison.client.Watch;
import garrison.client.WatchEvent;
import garrison.client.WatchListener;
import garrison.client.WatchOptions;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.kind.Kind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps a {@link Cache} equal to the objects of one kind on the server (spec: api-server 9).
 *
 * <ol>
 *   <li>It asks for a watch that begins with all present objects and ends them with a bookmark; a
 *       server that refuses this is listed, in pages, and watched from the list's version.
 *   <li>The first whole picture replaces the cache; after that each event changes one object.
 *   <li>A watch that ends is taken up again at the last version seen. Where the server has
 *       forgotten that version (410), or was set back in time, step 1 is repeated and the
 *       difference is told.
 *   <li>A server that does not answer is asked again for ever, with growing, jittered waits.
 * </ol>
 *
 * <p>Guarantees: the cache passes through states the server had, in order; each difference is told
 * to the handlers once. Nothing is told before the first whole picture. One virtual thread.
 */
public final class Reflector<T> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Reflector.class);
  private static final Duration FIRST_WAIT = Duration.ofMillis(100);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
  private static final Duration SHORT_WATCH = Duration.ofSeconds(1);
  private static final int PAGE = 500;

  /** A server that ignores sendInitialEvents never sends the bookmark; this long is too long. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final Cluster cluster;
  private final Kind kind;
  private final Scope scope;
  private final Function<? super ObjectNode, ? extends T> decode;
  private final BackOff backOff =
      new BackOff(FIRST_WAIT, LONGEST_WAIT, RandomGenerator.getDefault());
  private final AtomicReference<@Nullable Watch> watch = new AtomicReference<>();
  private final AtomicBoolean started = new AtomicBoolean();
  private Cache<T> cache;
  private volatile boolean closed;
  private volatile @Nullable Thread thread;

  // Only the reflector's own thread, or the listener it waits for, touches these.
  private boolean listing;
  private String resumeAt = "";

  /** Follows the objects in {@code scope}, each decoded once for each version. */
  public Reflector(
      Cluster cluster, Kind kind, Scope scope, Function<? super ObjectNode, ? extends T> decode) {
    this.cluster = cluster;
    this.kind = kind;
    this.scope = scope;
    this.decode = decode;
    this.cache = new Cache<>(kind.qualifiedPlural(), false);
  }

  /** For tests: makes {@link Cache#checkUnchanged} work. Call before anything else. */
  public Reflector<T> verifyingCache() {
    cache = new Cache<>(kind.qualifiedPlural(), true);
    return this;
  }

  /** What it keeps up to date; the same one always. */
  public Cache<T> cache() {
    return cache;
  }

  /** Starts in the background; once. */
  public Reflector<T> start() {
    if (started.compareAndSet(false, true)) {
      thread = Thread.ofVirtual().name("reflector " + kind.qualifiedPlural()).start(this::run);
    }
    return this;
  }

  /** Ends the watch and waits for the last handler call. The cache stays readable. */
  @Override
  public void close() {
    closed = true;
    Thread running = thread;
    if (running == null) {
      return;
    }
    closeWatch();
    running.interrupt();
    try {
      running.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closed) {
      try {
        if (followOnce()) {
          backOff.reset();
          continue;
        }
      } catch (InterruptedException e) {
        continue; // close() was called; anything else would be a stray interrupt
      } catch (StatusException e) {
        refused(e);
      } catch (UnreachableException e) {
        log.info("{}: {}; trying again", kind.qualifiedPlural(), e.getMessage());
      } catch (RuntimeException e) {
        log.error("following {} failed; trying again", kind.qualifiedPlural(), e);
        resumeAt = "";
      }
      pause();
    }
  }

  /** One watch from start to end, preceded by a list where needed; whether it went well. */
  private boolean followOnce() throws InterruptedException {
    if (resumeAt.isEmpty() && listing) {
      listAll();
    }
    Following following = new Following(resumeAt.isEmpty());
    long start = System.nanoTime();
    Watch running =
        cluster.watch(
            kind,
            scope.namespace(),
            new WatchOptions(
                scope.labelSelector(), scope.fieldSelector(), resumeAt, resumeAt.isEmpty()),
            following);
    watch.set(running);
    if (closed) {
      closeWatch();
    }
    try {
      following.awaitEnd();
    } finally {
      closeWatch();
      // No new watch before the old one's last call: handlers are called by one at a time.
      following.ended.await();
    }
    Throwable cause = following.cause;
    if (cause instanceof StatusException refusal) {
      throw refusal;
    }
    if (cause != null) {
      log.info("the watch of {} broke: {}", kind.qualifiedPlural(), cause.toString());
    }
    boolean lived = System.nanoTime() - start > SHORT_WATCH.toNanos();
    return lived || (following.progress && cause == null);
  }

  private void refused(StatusException e) {
    boolean streaming = resumeAt.isEmpty() && !listing;
    resumeAt =
        e.code() == StatusReason.EXPIRED.code() || e.reason() == StatusReason.TIMEOUT
            ? ""
            : resumeAt;
    boolean notNow = e.code() == 429 || e.code() >= 500 || e.code() == 410;
    boolean notAllowed = e.code() == 401 || e.code() == 403;
    if (streaming && !notNow && !notAllowed) {
      log.info(
          "{} cannot be streamed from the start ({}); listing it",
          kind.qualifiedPlural(),
          e.message());
      listing = true;
    } else if (e.code() != 410) {
      log.warn("{} cannot be watched: {}; trying again", kind.qualifiedPlural(), e.message());
    }
  }

  private void listAll() {
    Map<ObjectKey, Cache.Entry<T>> all = new LinkedHashMap<>();
    String version;
    String next = "";
    do {
      ResourceList page =
          cluster.list(
              kind,
              scope.namespace(),
              new ListOptions(scope.labelSelector(), scope.fieldSelector(), "", PAGE, next));
      page.items().forEach(document -> decodeInto(all, document));
      version = page.resourceVersion();
      next = page.continueToken();
    } while (!next.isEmpty());
    cache.replaceAll(all, Versions.parse(version));
    resumeAt = version;
  }

  private void decodeInto(Map<ObjectKey, Cache.Entry<T>> all, ObjectNode document) {
    ObjectKey key = ObjectKey.of(document);
    T value = decode(key, document);
    if (value == null) {
      all.remove(key);
    } else {
      all.put(key, cache.entry(document, value));
    }
  }

  /** Null for a document that cannot be read: one bad object must not hide all others. */
  private @Nullable T decode(ObjectKey key, ObjectNode document) {
    try {
      return decode.apply(document);
    } catch (RuntimeException e) {
      log.error(
          "{} {} cannot be read and is treated as absent; repair or delete it",
          kind.qualifiedPlural(),
          key,
          e);
      return null;
    }
  }

  private void closeWatch() {
    Watch running = watch.getAndSet(null);
    if (running != null) {
      running.close();
    }
  }

  private void pause() {
    if (closed) {
      return;
    }
    try {
      Thread.sleep(backOff.next());
    } catch (InterruptedException e) {
      // close() was called: the loop ends by itself.
      return;
    }
  }

  /** The events of one watch. */
  private final class Following implements WatchListener {
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Map<ObjectKey, Cache.Entry<T>> initial;
    private volatile @Nullable Throwable cause;
    private volatile boolean progress;
    private volatile boolean collecting;
    private volatile long lastEvent = System.nanoTime();

    Following(boolean fromStart) {
      this.initial = fromStart ? new LinkedHashMap<>() : null;
      this.collecting = fromStart;
    }

    void awaitEnd() throws InterruptedException {
      while (!ended.await(SILENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        if (collecting && System.nanoTime() - lastEvent > SILENCE.toNanos()) {
          log.info("{}: no end of the initial events; listing instead", kind.qualifiedPlural());
          listing = true;
          return;
        }
      }
    }

    @Override
    public void event(WatchEvent event) {
      if (cause != null || closed) {
        return;
      }
      ObjectNode object = event.object();
      lastEvent = System.nanoTime();
      switch (event.type()) {
        case ERROR -> cause = new StatusException(object);
        case BOOKMARK -> bookmark(object);
        case ADDED, MODIFIED -> put(object);
        case DELETED -> removed(object);
      }
    }

    private void put(ObjectNode object) {
      if (initial != null) {
        decodeInto(initial, object);
        return;
      }
      ObjectKey key = ObjectKey.of(object);
      T value = decode(key, object);
      if (value == null) {
        cache.remove(key, null, Versions.of(object));
      } else {
        cache.put(key, cache.entry(object, value));
      }
      seen(object);
    }

    private void removed(ObjectNode object) {
      ObjectKey key = ObjectKey.of(object);
      if (initial != null) {
        initial.remove(key);
        return;
      }
      cache.remove(key, decode(key, object), Versions.of(object));
      seen(object);
    }

    private void bookmark(ObjectNode object) {
      Map<ObjectKey, Cache.Entry<T>> all = initial;
      boolean end =
          object
              .path("metadata")
              .path("annotations")
              .path("k8s.io/initial-events-end")
              .asString("")
              .equals("true");
      if (all != null && end) {
        initial = null;
        collecting = false;
        cache.replaceAll(all, Versions.of(object));
        seen(object);
      } else if (all == null && Versions.of(object) < cache.lastVersion()) {
        // Restored from a backup: what we hold never happened there.
        cause = StatusException.of(StatusReason.EXPIRED, "the server was set back in time");
        resumeAt = "";
        closeWatch();
      } else if (all == null) {
        cache.advance(Versions.of(object));
        seen(object);
      }
    }

    private void seen(ObjectNode object) {
      resumeAt = object.path("metadata").path("resourceVersion").asString(resumeAt);
      progress = true;
    }

    @Override
    public void closed(@Nullable Throwable failure) {
      if (cause == null) {
        cause = failure;
      }
      ended.countDown();
    }
  }
}
