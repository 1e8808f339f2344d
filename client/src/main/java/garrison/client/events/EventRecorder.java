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
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes v1 events in the background (spec: daemonset 8.1). Telling never blocks and never throws:
 * where more than {@value #WAITING} wait, the newest are dropped and the drop is logged. An outage
 * of the server is waited out, with the events that wait. Repeats are counted, see {@link
 * EventCorrelator}. Thread-safe; one virtual thread.
 */
public final class EventRecorder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);
  private static final int WAITING = 1000;
  private static final int ATTEMPTS = 12;

  private final Cluster cluster;
  private final String component;
  private final String host;
  private final Clock clock;
  private final Kind events;
  private final BlockingQueue<Occurrence> waiting = new ArrayBlockingQueue<>(WAITING);
  private final EventCorrelator correlator = new EventCorrelator();
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;
  private long lastName;

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

  /** Gives what waits two seconds to get out, then ends. */
  @Override
  public void close() {
    closed = true;
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
    if (closed || !waiting.offer(new Occurrence(about, type, reason, message, clock.instant()))) {
      dropped.incrementAndGet();
    }
  }

  private void run() {
    try {
      while (true) {
        Occurrence next = waiting.poll(closed ? 0 : 200, TimeUnit.MILLISECONDS);
        if (next != null) {
          send(next);
        } else if (closed) {
          return;
        }
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
          log.warn("{}: {} events dropped: the server did not keep up", component, lost);
        }
      }
    } catch (InterruptedException e) {
      log.debug("{}: {} events not sent at the end", component, waiting.size());
    }
  }

  private void send(Occurrence occurrence) throws InterruptedException {
    EventCorrelator.Decision decision = correlator.decide(occurrence);
    if (decision == null) {
      return;
    }
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
    EventCorrelator.Told before = decision.before();
    String namespace =
        occurrence.about().namespace().isEmpty() ? "default" : occurrence.about().namespace();
    ObjectNode stored = before == null ? null : countUp(namespace, before, occurrence, decision);
    if (stored == null) {
      stored = cluster.create(events, namespace, document(namespace, occurrence, decision));
    }
    correlator.remember(
        decision.key(),
        new EventCorrelator.Told(
            stored.path("metadata").path("name").asString(""),
            stored.path("count").asInt(1),
            before == null ? occurrence.time() : before.first(),
            stored.path("metadata").path("resourceVersion").asString("")));
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
      correlator.forget(decision.key());
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
