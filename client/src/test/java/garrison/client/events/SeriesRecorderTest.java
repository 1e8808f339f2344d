package garrison.client.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Spec: daemonset 9.1, how the scheduler tells. */
class SeriesRecorderTest {
  private static final ObjectReference POD =
      new ObjectReference("v1", "Pod", "ns", "log", "u", "7", "");
  private static final ObjectReference OTHER =
      new ObjectReference("v1", "Pod", "ns", "other", "v", "8", "");

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00.123456Z"));
  private final EventStore server = new EventStore();
  private final SeriesRecorder recorder =
      new SeriesRecorder(
          server, "default-scheduler", "one", ((InstantSource) now::get).withZone(ZoneOffset.UTC));

  @AfterEach
  void close() {
    server.open();
    recorder.close();
  }

  private void fails(String note) {
    recorder.tell(POD, null, "Warning", "FailedScheduling", "Scheduling", note);
  }

  private void forward(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  private ObjectNode only() {
    await().until(() -> server.all().size() == 1);
    return server.all().getFirst();
  }

  private void awaitCount(int count) {
    await().until(() -> only().path("series").path("count").asInt(0) == count);
  }

  @Test
  void firstIsAnEvent() {
    server.open();
    recorder.tell(POD, OTHER, "Normal", "Preempted", "Preempting", "gone");
    ObjectNode event = only();
    assertThat(event.path("apiVersion").asString()).isEqualTo("events.k8s.io/v1");
    assertThat(event.path("eventTime").asString()).isEqualTo("2026-01-01T00:00:00.123456Z");
    assertThat(event.path("reportingController").asString()).isEqualTo("default-scheduler");
    assertThat(event.path("reportingInstance").asString()).isEqualTo("one");
    assertThat(event.path("action").asString()).isEqualTo("Preempting");
    assertThat(event.path("reason").asString()).isEqualTo("Preempted");
    assertThat(event.path("note").asString()).isEqualTo("gone");
    assertThat(event.path("type").asString()).isEqualTo("Normal");
    assertThat(event.at("/regarding/uid").asString()).isEqualTo("u");
    assertThat(event.at("/related/uid").asString()).isEqualTo("v");
    assertThat(event.has("series")).isFalse();
    assertThat(event.has("deprecatedSource")).isFalse();
  }

  @Test
  void secondMakesASeriesWhateverItSaysAndOthersAreOnlyCounted() {
    server.open();
    fails("one reason");
    fails("another");
    awaitCount(2);
    assertThat(only().path("note").asString()).isEqualTo("one reason");
    forward(Duration.ofMinutes(1));
    fails("another");
    fails("another");
    recorder.flush();
    forward(Duration.ofMinutes(7));
    recorder.flush();
    awaitCount(4);
    assertThat(only().at("/series/lastObservedTime").asString())
        .isEqualTo("2026-01-01T00:01:00.123456Z");
  }

  @Test
  void seriesThatEndedIsFollowedByANewEvent() {
    server.open();
    fails("x");
    forward(Duration.ofMinutes(7));
    recorder.flush();
    fails("x");
    await().until(() -> server.all().size() == 2);
  }

  @Test
  void longSeriesIsWrittenEveryHalfHour() {
    server.open();
    for (int i = 0; i < 40; i++) {
      fails("x");
      recorder.flush();
      forward(Duration.ofMinutes(1));
    }
    awaitCount(33);
  }

  @Test
  void eventThatIsGoneIsMadeAnewWithItsSeries() {
    server.open();
    fails("x");
    only();
    server.clear();
    fails("x");
    awaitCount(2);
    assertThat(only().path("note").asString()).isEqualTo("x");
  }

  @Test
  void othersAreEventsOfTheirOwn() {
    server.open();
    fails("x");
    recorder.tell(OTHER, null, "Warning", "FailedScheduling", "Scheduling", "x");
    recorder.tell(POD, null, "Normal", "Scheduled", "Binding", "x");
    await().until(() -> server.all().size() == 3);
  }
}
