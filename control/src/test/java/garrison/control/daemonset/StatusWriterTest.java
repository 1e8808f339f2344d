package garrison.control.daemonset;

import static garrison.control.daemonset.LoopHarness.NAMESPACE;
import static garrison.control.daemonset.LoopHarness.ROLLING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.daemonset.FleetStatus;
import garrison.model.DaemonSet;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Spec: daemonset 7, the write. */
class StatusWriterTest {
  private static final FleetStatus NUMBERS = new FleetStatus(5, 4, 1, 3, 2, 4);

  private final FaultyCluster cluster = new FaultyCluster(new MemoryCluster(Clock.systemUTC()));
  private final DaemonSet daemonSet =
      DaemonSet.of(cluster.create(Kinds.DAEMON_SET, NAMESPACE, LoopHarness.daemonSet(ROLLING)));
  private final StatusWriter writer = new StatusWriter(cluster);

  private DaemonSet stored() {
    return DaemonSet.of(cluster.get(Kinds.DAEMON_SET, NAMESPACE, "test"));
  }

  @Test
  void section7_allSevenNumbersAndTheObservedGeneration() {
    DaemonSet written = writer.write(daemonSet, NUMBERS);
    assertThat(Json.parse(stored().document().path("status").toString()))
        .isEqualTo(
            Json.parse(
                """
                {"currentNumberScheduled":4,"numberMisscheduled":1,"desiredNumberScheduled":5,
                 "numberReady":3,"observedGeneration":1,"updatedNumberScheduled":4,
                 "numberAvailable":2,"numberUnavailable":3}
                """));
    assertThat(StatusWriter.shows(written, NUMBERS)).isTrue();
  }

  @Test
  void section7_optionalNumbersAreOmittedWhenZeroAndTheRestOfTheStatusStays() {
    ObjectNode document = daemonSet.document().deepCopy();
    document.putObject("status").put("collisionCount", 2).put("numberAvailable", 9);
    document.withObject("status").putArray("conditions").addObject().put("type", "Mine");
    DaemonSet before = DaemonSet.of(cluster.update(Kinds.DAEMON_SET, document, "status"));
    writer.write(before, new FleetStatus(0, 0, 0, 0, 0, 0));
    assertThat(Json.parse(stored().document().path("status").toString()))
        .isEqualTo(
            Json.parse(
                """
                {"collisionCount":2,"conditions":[{"type":"Mine"}],"currentNumberScheduled":0,
                 "numberMisscheduled":0,"desiredNumberScheduled":0,"numberReady":0,
                 "observedGeneration":1}
                """));
  }

  /** One of the numbers differs, in the order of {@link FleetStatus}. */
  @ParameterizedTest
  @CsvSource({
    "6,4,1,3,2,4",
    "5,5,1,3,2,4",
    "5,4,0,3,2,4",
    "5,4,1,4,2,4",
    "5,4,1,3,3,4",
    "5,4,1,3,2,3"
  })
  void section7_anyChangedNumberIsToBeWritten(int d, int c, int m, int r, int a, int u) {
    writer.write(daemonSet, NUMBERS);
    assertThat(StatusWriter.shows(stored(), new FleetStatus(d, c, m, r, a, u))).isFalse();
  }

  @Test
  void section7_aGenerationThatIsNotObservedYetIsToBeWritten() {
    writer.write(daemonSet, NUMBERS);
    ObjectNode document = stored().document().deepCopy();
    ((ObjectNode) document.get("spec")).put("minReadySeconds", 3);
    cluster.update(Kinds.DAEMON_SET, document);
    assertThat(StatusWriter.shows(stored(), NUMBERS)).isFalse();
  }

  @Test
  void section7_anyErrorIsFollowedByOneTryOnTheFreshObject() {
    ObjectNode document = daemonSet.document().deepCopy();
    ((ObjectNode) document.get("metadata")).putObject("labels").put("a", "b");
    cluster.update(Kinds.DAEMON_SET, document);
    assertThat(writer.write(daemonSet, NUMBERS)).isNotNull(); // daemonSet is stale
    assertThat(stored().meta().labels()).containsEntry("a", "b");
    AtomicInteger tries = new AtomicInteger();
    cluster.before =
        call -> {
          if (call.verb().equals("update")) {
            tries.incrementAndGet();
            throw StatusException.internal("try later");
          }
        };
    assertThatThrownBy(() -> writer.write(stored(), NUMBERS)).isInstanceOf(StatusException.class);
    assertThat(tries).hasValue(2);
  }
}
