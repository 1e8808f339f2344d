package garrison.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The benches measure what they say they do. */
class ServedFleetTest {
  private static final int NODES = 40;
  private final ServedFleet fleet = new ServedFleet(ServedFleet.nodes(NODES));

  @Test
  void firstDecisionIsOneCreateForEachNode() {
    List<?> actions = ServedFleet.firstDecision(ServedFleet.tableOf(ServedFleet.nodes(NODES)));
    assertThat(actions).hasSize(NODES);
  }

  @Test
  void rollOutDeletesAndCreatesOnePodForEachNode() {
    assertThat(fleet.rollOut()).isEqualTo(2 * NODES);
    assertThat(fleet.rollOut()).isEqualTo(2 * NODES);
  }

  @Test
  void eventsOfAServedFleetAskForNothing() {
    assertThat(fleet.flicker(3)).isZero();
    assertThat(fleet.nodeEvent(3)).isZero();
    fleet.rollOut();
    assertThat(fleet.flicker(3)).isZero();
  }
}
