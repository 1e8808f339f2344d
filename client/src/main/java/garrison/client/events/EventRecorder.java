package garrison.client.events;

import garrison.client.Cluster;
import garrison.client.PatchType;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes v1 events in the background (spec: daemonset 8.1).
 *
 * <ol>
 *   <li>Telling never throws and never waits for the server.
 *   <li>What {@link EventCorrelator} drops is dropped at once and takes no place in the queue, so a
 *       DaemonSet that makes thousands of pods does not crowd out the events of those pods.
 * </ol>
 *
 * They go out by an {@link Outbox}. Thread-safe.
 */
public final class EventRecorder implements AutoCloseable {
  private final Cluster cluster;
  private final String component;
  private final String host;
  private final Clock clock;
  private final Kind events;
  private final Outbox<Waiting> outbox;

  private final ReentrantLock lock = new ReentrantLock();

  // Under the lock.
  private final EventCorrelator correlator = new EventCorrelator();

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
    this.outbox = new Outbox<>(component, clock, next -> write(next.occurrence(), next.decision()));
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
    outbox.close();
  }

  private void tell(ObjectReference about, String type, String reason, String message) {
    Occurrence occurrence = new Occurrence(about, type, reason, message, clock.instant());
    lock.lock();
    try {
      EventCorrelator.Decision decision = correlator.decide(occurrence);
      if (decision != null) {
        outbox.add(new Waiting(occurrence, decision));
      }
    } finally {
      lock.unlock();
    }
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
