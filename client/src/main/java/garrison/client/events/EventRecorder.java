package garrison.client.events;

import garrison.client.BackOff;
import garrison.client.Cluster;
import garrison.client.PatchType;
import garrison.client.UnreachableException;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes v1 events in the background (spec: daemonset 8.1).
 *
 * <ol>
 *   <li>Telling never throws and never waits for the server.
 *   <li>What {@link EventCorrelator} drops is dropped at once and takes no place in the queue, so a
 *       DaemonSet that makes thousands of pods does not crowd out the events of those pods.
 *   <li>One writer, one event at a time, in order: a wave of events is told behind the work that
 *       made it, and never competes with it for more than one call.
 *   <li>At most {@value #WAITING} wait, about half a kilobyte each. That is a roll-out over as many
 *       nodes that none of their events has got out of; beyond it the newest are dropped, and how
 *       many is logged once the queue has emptied, or each minute while it does not.
 *   <li>An outage of the server is waited out, with the events that wait.
 * </ol>
 *
 * Thread-safe; one virtual thread, which sleeps while there is nothing to tell.
 */
public final class EventRecorder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);
  static final int WAITING = 8192;
  private static final int ATTEMPTS = 12;
  private static final Duration BETWEEN_COMPLAINTS = Duration.ofMinutes(1);

  private final Cluster cluster;
  private final String component;
  private final String host;
  private final Clock clock;
  private final Kind events;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition some = lock.newCondition();

  // Under the lock.
  private final EventCorrelator correlator = new EventCorrelator();
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private long dropped;
  private Instant droppedSince = Instant.EPOCH;
  private boolean closed;

  // Only the writer's.
  private long lastName;

  private record Waiting(Occurrence occurrence, EventCorrelator.Decision decision) {}

  /**
   * Starts a recorder.
   *
   * @param component such as {@code daemonset-controller}; source and reporting component
   * @param host the node it runs on, empty for controllers
   */
  public EventRecorder(Cluster cluster, String component, String host, Clock clock) {
    this.cluster = cluster;
    this.component = component;
    this.host = host;
    this.clock = clock;
    this.events = Kinds.EVENT;
    this.thread = Thread.ofVirtual().name("events " + component).start(this::run);
  }

  /** Tells of something expected. */
  public void normal(ObjectReference about, String reason, String message) {
    tell(about, "Normal", reason, message);
  }

  /** Tells of something that somebody may have to look at. */
  public void warning(ObjectReference about, String reason, String message) {
    tell(about, "Warning", reason, message);
  }

  /** Gives what waits two seconds to get out, then ends. What is told later is not written. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      some.signal();
    } finally {
      lock.unlock();
    }
    try {
      if (!thread.join(Duration.ofSeconds(2))) {
        thread.interrupt();
        thread.join(Duration.ofSeconds(1));
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void tell(ObjectReference about, String type, String reason, String message) {
    Occurrence occurrence = new Occurrence(about, type, reason, message, clock.instant());
    lock.lock();
    try {
      if (closed) {
        return;
      }
      EventCorrelator.Decision decision = correlator.decide(occurrence);
      if (decision == null) {
        return;
      }
      if (waiting.size() >= WAITING) {
        if (dropped++ == 0) {
          droppedSince = occurrence.time();
        }
        return;
      }
      waiting.add(new Waiting(occurrence, decision));
      some.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (Waiting next = take(); next != null; next = take()) {
        send(next.occurrence(), next.decision());
      }
    } catch (InterruptedException e) {
      log.debug("{}: events not sent at the end", component);
    }
  }

  /** The next to write, waited for; null once closed and empty. */
  private @Nullable Waiting take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      complain();
      while (waiting.isEmpty() && !closed) {
        some.await();
      }
      return waiting.poll();
    } finally {
      lock.unlock();
    }
  }

  private void complain() {
    if (dropped == 0) {
      return;
    }
    if (waiting.isEmpty() || droppedSince.plus(BETWEEN_COMPLAINTS).isBefore(clock.instant())) {
      log.warn("{}: {} events dropped: the server did not keep up", component, dropped);
      dropped = 0;
    }
  }

  private void send(Occurrence occurrence, EventCorrelator.Decision decision)
      throws InterruptedException {
    BackOff backOff =
        new BackOff(Duration.ofMillis(200), Duration.ofSeconds(20), RandomGenerator.getDefault());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        write(occurrence, decision);
        return;
      } catch (UnreachableException e) {
        log.debug("{}: event waits: {}", component, e.getMessage());
      } catch (StatusException e) {
        if (e.code() != 429 && e.code() < 500) {
          // Its namespace is going, or we may not: telling again would not help.
          log.debug("{}: event refused: {}", component, e.message());
          return;
        }
      } catch (RuntimeException e) {
        log.error("{}: event {} failed", component, occurrence, e);
        return;
      }
      Thread.sleep(backOff.next());
    }
    log.warn("{}: event given up after {} attempts: {}", component, ATTEMPTS, occurrence);
  }

  private void write(Occurrence occurrence, EventCorrelator.Decision decision) {
    EventCorrelator.Told before = told(decision.key());
    String namespace =
        occurrence.about().namespace().isEmpty() ? "default" : occurrence.about().namespace();
    ObjectNode stored = before == null ? null : countUp(namespace, before, occurrence, decision);
    if (stored == null) {
      stored = cluster.create(events, namespace, document(namespace, occurrence, decision));
    }
    EventCorrelator.Told now =
        new EventCorrelator.Told(
            stored.path("metadata").path("name").asString(""),
            stored.path("count").asInt(1),
            before == null ? occurrence.time() : before.first(),
            stored.path("metadata").path("resourceVersion").asString(""));
    lock.lock();
    try {
      correlator.remember(decision.key(), now);
    } finally {
      lock.unlock();
    }
  }

  private EventCorrelator.@Nullable Told told(EventCorrelator.EventKey key) {
    lock.lock();
    try {
      return correlator.told(key);
    } finally {
      lock.unlock();
    }
  }

  /** Null where the event is no longer there. */
  private @Nullable ObjectNode countUp(
      String namespace,
      EventCorrelator.Told before,
      Occurrence occurrence,
      EventCorrelator.Decision decision) {
    ObjectNode patch = Json.object();
    patch.put("count", before.count() + 1);
    patch.put("lastTimestamp", time(occurrence.time()));
    patch.put("message", decision.message());
    try {
      return cluster.patch(events, namespace, before.name(), PatchType.MERGE, patch, "");
    } catch (StatusException e) {
      if (e.code() != 404) {
        throw e;
      }
      lock.lock();
      try {
        correlator.forget(decision.key());
      } finally {
        lock.unlock();
      }
      return null;
    }
  }

  private ObjectNode document(
      String namespace, Occurrence occurrence, EventCorrelator.Decision decision) {
    ObjectNode event = Json.object();
    event.put("apiVersion", "v1");
    event.put("kind", "Event");
    ObjectNode metadata = event.putObject("metadata");
    metadata.put("name", name(occurrence));
    metadata.put("namespace", namespace);
    event.set("involvedObject", occurrence.about().toJson());
    event.put("reason", occurrence.reason());
    event.put("message", decision.message());
    ObjectNode source = event.putObject("source");
    source.put("component", component);
    if (!host.isEmpty()) {
      source.put("host", host);
    }
    event.put("firstTimestamp", time(occurrence.time()));
    event.put("lastTimestamp", time(occurrence.time()));
    event.put("count", 1);
    event.put("type", occurrence.type());
    event.putNull("eventTime");
    event.put("reportingComponent", component);
    event.put("reportingInstance", host);
    return event;
  }

  /** {@code <object>.<nanoseconds, hexadecimal>}, never the same twice from one recorder. */
  private String name(Occurrence occurrence) {
    Instant now = occurrence.time();
    long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    lastName = Math.max(lastName + 1, nanos);
    return occurrence.about().name() + "." + Long.toHexString(lastName);
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
