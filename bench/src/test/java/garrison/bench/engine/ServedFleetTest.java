package garrison.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.daemonset.NodeTable;
import garrison.model.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The benches measure what they say they do. */
class ServedFleetTest {
  private static final int NODES = 40;
  private final List<Node> nodes = Daemons.nodes(NODES);
  private final NodeTable table = ServedFleet.tableOf(nodes);
  private final ServedFleet fleet = new ServedFleet(table);

  @Test
  void firstDecisionIsOneCreateForEachNode() {
    assertThat(ServedFleet.firstDecision(table)).hasSize(NODES);
  }

  @Test
  void rollOutDeletesAndCreatesOnePodForEachNode() {
    assertThat(fleet.rollOut()).isEqualTo(2 * NODES);
    assertThat(fleet.rollOut()).isEqualTo(2 * NODES);
  }

  @Test
  void theReferenceRollsOutWithAsManyActions() {
    ServedReference reference = new ServedReference(nodes);
    assertThat(reference.rollOut()).isEqualTo(2 * NODES);
    assertThat(reference.rollOut()).isEqualTo(2 * NODES);
  }

  @Test
  void eventsOfAServedFleetAskForNothing() {
    Node node = nodes.get(3);
    assertThat(fleet.podEvent(3)).isZero();
    assertThat(fleet.podDocument(3)).isZero();
    Node tainted = Daemons.node(3, node.labels(), true);
    table.put(tainted);
    assertThat(fleet.nodeEvent(tainted)).isZero();
    fleet.rollOut();
    assertThat(fleet.podEvent(3)).isZero();
  }

  @Test
  void aSlotTakesLessMemoryThanItsPodsRecord() {
    assertThat(SlotMemory.measure(10_000, 2)).isBetween(8.0, 32.0);
  }
}
