package garrison.client.events;

import garrison.client.Cluster;
import garrison.client.PatchType;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes events of {@code events.k8s.io/v1} in the background, as the scheduler does (spec:
 * daemonset 9.1). The first of a kind is an event; the second makes it a series; those after it are
 * only counted, and the count is written when the series ends, six minutes after its last, or every
 * half hour. What makes two events the same is all but the sentence.
 *
 * <p>Remembers the last 4,096. Thread-safe; goes out by an {@link Outbox}.
 */
public final class SeriesRecorder implements AutoCloseable {
  private static final int REMEMBERED = 4096;
  private static final Duration FINISH = Duration.ofMinutes(6);
  private static final Duration REFRESH = Duration.ofMinutes(30);
  private static final Kind EVENTS = Kinds.EVENTS_EVENT;

  private final Cluster cluster;
  private final String controller;
  private final String instance;
  private final Clock clock;
  private final Outbox<Letter> outbox;

  // Under the monitor.
  private final LinkedHashMap<Key, Series> series = new LinkedHashMap<>(16, 0.75f, true);
  private long lastName;

  private record Key(
      String type,
      String action,
      String reason,
      ObjectReference about,
      @Nullable ObjectReference related) {}

  /** Events of one key; the document is that of the first. */
  private static final class Series {
    private final ObjectNode event;
    private int count = 1;
    private Instant last;
    private Instant written;

    Series(ObjectNode event, Instant now) {
      this.event = event;
      this.last = now;
      this.written = now;
    }
  }

  /** A new event, or (not empty) what its series has become. */
  private record Letter(ObjectNode event, @Nullable ObjectNode series) {}

  /**
   * Starts a recorder.
   *
   * @param controller such as {@code default-scheduler}
   * @param instance which of its processes this is
   */
  public SeriesRecorder(Cluster cluster, String controller, String instance, Clock clock) {
    this.cluster = cluster;
    this.controller = controller;
    this.instance = instance;
    this.clock = clock;
    this.outbox = new Outbox<>(controller, clock, this::write);
  }

  /**
   * Tells of something that happened.
   *
   * @param about the object it happened to
   * @param related another one that has to do with it
   * @param type Normal or Warning
   * @param reason why, in one word
   * @param action what was done or tried, in one word
   * @param note the sentence
   */
  public synchronized void tell(
      ObjectReference about,
      @Nullable ObjectReference related,
      String type,
      String reason,
      String action,
      String note) {
    Instant now = clock.instant();
    Key key = new Key(type, action, reason, about, related);
    Series known = series.get(key);
    if (known == null) {
      ObjectNode event = document(key, note, now);
      series.put(key, new Series(event, now));
      if (series.size() > REMEMBERED) {
        series.pollFirstEntry();
      }
      outbox.add(new Letter(event, null));
      return;
    }
    known.count++;
    known.last = now;
    if (known.count == 2) {
      send(known, now);
    }
  }

  /** Writes the counts of series that have ended, or are old; to be called every now and then. */
  public synchronized void flush() {
    Instant now = clock.instant();
    List<Key> ended = new ArrayList<>();
    series.forEach(
        (key, each) -> {
          boolean over = each.last.plus(FINISH).isBefore(now);
          boolean old = each.written.plus(REFRESH).isBefore(now);
          if (over) {
            ended.add(key);
          }
          if (each.count > 2 && (over || old)) {
            send(each, now);
          }
        });
    ended.forEach(series::remove);
  }

  /** Gives what waits two seconds to get out, then ends. What is told later is not written. */
  @Override
  public void close() {
    outbox.close();
  }

  private void send(Series each, Instant now) {
    each.written = now;
    ObjectNode state = Json.object().put("count", each.count);
    state.put("lastObservedTime", Timestamps.micros(each.last));
    outbox.add(new Letter(each.event, state));
  }

  private void write(Letter letter) {
    ObjectNode event = letter.event();
    String namespace = event.path("metadata").path("namespace").asString("");
    ObjectNode state = letter.series();
    if (state != null) {
      String name = event.path("metadata").path("name").asString("");
      ObjectNode patch = Json.object();
      patch.set("series", state);
      try {
        cluster.patch(EVENTS, namespace, name, PatchType.STRATEGIC, patch, "");
        return;
      } catch (StatusException e) {
        if (e.reason() != StatusReason.NOT_FOUND) {
          throw e;
        }
      }
      event = event.deepCopy();
      event.set("series", state);
    }
    cluster.create(EVENTS, namespace, event);
  }

  private ObjectNode document(Key key, String note, Instant now) {
    ObjectNode event = Json.object();
    event.put("apiVersion", EVENTS.apiVersion()).put("kind", EVENTS.kind());
    ObjectNode metadata = event.putObject("metadata");
    long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    lastName = Math.max(lastName + 1, nanos);
    metadata.put("name", key.about().name() + "." + Long.toHexString(lastName));
    String namespace = key.about().namespace();
    metadata.put("namespace", namespace.isEmpty() ? "default" : namespace);
    event.put("eventTime", Timestamps.micros(now));
    event.put("reportingController", controller);
    event.put("reportingInstance", instance);
    event.put("action", key.action());
    event.put("reason", key.reason());
    event.set("regarding", key.about().toJson());
    if (key.related() != null) {
      event.set("related", key.related().toJson());
    }
    event.put("note", note);
    event.put("type", key.type());
    return event;
  }
}
