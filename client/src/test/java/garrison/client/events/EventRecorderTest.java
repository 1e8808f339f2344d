package garrison.client.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Spec: daemonset 8.1. */
class EventRecorderTest {
  private static final int NODES = 1000;
  private static final ObjectReference DAEMON_SET =
      new ObjectReference("apps/v1", "DaemonSet", "ns", "log", "u", "7", "");

  private final EventStore server = new EventStore();
  private final EventRecorder recorder =
      new EventRecorder(server, "daemonset-controller", "", Clock.systemUTC());

  @AfterEach
  void close() {
    server.open();
    recorder.close();
  }

  private static ObjectReference pod(int i) {
    return new ObjectReference("v1", "Pod", "ns", "log-" + i, "u" + i, "7", "");
  }

  private static List<String> messages(List<ObjectNode> events) {
    return events.stream().map(event -> event.path("message").asString("")).toList();
  }

  @Test
  void rollOutOverAThousandNodesLosesNoEventOfItsPodsWhileTheServerIsSlow() {
    for (int i = 0; i < NODES; i++) {
      recorder.normal(DAEMON_SET, "SuccessfulDelete", "Deleted pod: old-" + i);
      recorder.normal(DAEMON_SET, "SuccessfulCreate", "Created pod: log-" + i);
      recorder.normal(pod(i), "Scheduled", "assigned to node-" + i);
      recorder.normal(pod(i), "Pulled", "image is there");
      recorder.normal(pod(i), "Started", "container started");
    }
    server.open();
    await().until(() -> server.about("log-" + (NODES - 1)).size() == 3);
    for (int i = 0; i < NODES; i++) {
      assertThat(messages(server.about("log-" + i)))
          .containsExactly("assigned to node-" + i, "image is there", "container started");
    }
    // 25 tokens for all that is Normal: 13 deletions and 12 creations, nine of each told singly.
    assertThat(server.about("log")).hasSize(20);
    assertThat(server.about("log"))
        .filteredOn(event -> event.path("message").asString("").startsWith("(combined"))
        .extracting(event -> event.path("count").asInt(0))
        .containsExactly(13 - 9, 12 - 9);
  }

  @Test
  void whatIsFilteredTakesNoPlaceOfOthers() {
    for (int i = 0; i < 3 * Outbox.WAITING; i++) {
      recorder.normal(DAEMON_SET, "SuccessfulCreate", "Created pod: " + i);
    }
    recorder.normal(pod(1), "Scheduled", "assigned");
    server.open();
    await().until(() -> server.about("log-1").size() == 1);
  }

  @Test
  void waitingEventsAreBoundedAndTheRestIsLoggedOnce() {
    Logger logger = (Logger) LoggerFactory.getLogger(Outbox.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    try {
      int told = 2 * Outbox.WAITING;
      for (int i = 0; i < told; i++) {
        recorder.normal(pod(i), "Scheduled", "assigned");
      }
      server.open();
      await().until(() -> !logged.list.isEmpty());
      int kept = server.all().size();
      // One may have been with the writer already.
      assertThat(kept).isBetween(Outbox.WAITING, Outbox.WAITING + 1);
      recorder.close();
      assertThat(logged.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .containsExactly(
              "daemonset-controller: "
                  + (told - kept)
                  + " events dropped: the server did not keep up");
    } finally {
      logger.detachAppender(logged);
    }
  }

  @Test
  void outageOfTheServerIsWaitedOut() {
    server.outages.set(2);
    server.open();
    recorder.warning(pod(1), "FailedCreate", "no room");
    recorder.warning(pod(2), "FailedCreate", "no room");
    await().until(() -> server.all().size() == 2);
    assertThat(server.all().getFirst().path("involvedObject").path("name").asString(""))
        .isEqualTo("log-1");
  }

  @Test
  void closingWritesWhatWaits() {
    for (int i = 0; i < 50; i++) {
      recorder.normal(pod(i), "Scheduled", "assigned");
    }
    server.open();
    recorder.close();
    assertThat(server.all()).hasSize(50);
    recorder.normal(pod(51), "Scheduled", "too late");
    assertThat(server.all()).hasSize(50);
  }
}
