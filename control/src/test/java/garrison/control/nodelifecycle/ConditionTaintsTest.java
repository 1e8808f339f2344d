package garrison.control.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.Node;
import garrison.model.Taint;
import garrison.model.json.Json;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of spec: daemonset 9.3. */
class ConditionTaintsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Node node(String spec, String conditions) {
    return Node.of(
        Json.parse(
            ("{'metadata':{'name':'n'},'spec':{"
                    + spec
                    + "},'status':{'conditions':["
                    + conditions
                    + "]}}")
                .replace('\'', '"')));
  }

  private static String condition(String type, String status) {
    return "{'type':'" + type + "','status':'" + status + "'}";
  }

  private static List<String> described(List<Taint> taints) {
    return taints.stream().map(Taint::describe).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "Ready, False, not-ready",
    "Ready, Unknown, unreachable",
    "MemoryPressure, True, memory-pressure",
    "DiskPressure, True, disk-pressure",
    "PIDPressure, True, pid-pressure",
    "NetworkUnavailable, True, network-unavailable"
  })
  void conditionGivesItsTaint(String type, String status, String key) {
    Node node = node("", condition(type, status));
    assertThat(described(ConditionTaints.settled(node, NOW)))
        .containsExactly("node.kubernetes.io/" + key + ":NoSchedule");
    assertThat(ConditionTaints.settled(node, NOW).getFirst().timeAdded()).isEqualTo(NOW);
  }

  @Test
  void cordonGivesItsTaint() {
    assertThat(
            described(
                ConditionTaints.settled(
                    node("'unschedulable':true", condition("Ready", "True")), NOW)))
        .containsExactly("node.kubernetes.io/unschedulable:NoSchedule");
  }

  @Test
  void readyNodeLosesBothTaintsOfLossAndKeepsForeignOnes() {
    Node node =
        node(
            "'taints':[{'key':'node.kubernetes.io/not-ready','effect':'NoSchedule'},"
                + "{'key':'node.kubernetes.io/unreachable','effect':'NoExecute'},"
                + "{'key':'mine','effect':'NoExecute'}]",
            condition("Ready", "True"));
    assertThat(described(ConditionTaints.settled(node, NOW))).containsExactly("mine:NoExecute");
  }

  @Test
  void nodeThatNeverReportedKeepsTheTaintOfItsAdmission() {
    Node node = node("'taints':[{'key':'node.kubernetes.io/not-ready','effect':'NoSchedule'}]", "");
    assertThat(ConditionTaints.settled(node, NOW)).isSameAs(node.taints());
  }

  @Test
  void notReadyAndUnreachableReplaceOneAnotherAtOnceButNoExecuteIsNeverGivenHere() {
    Node node =
        node(
            "'taints':[{'key':'node.kubernetes.io/not-ready','effect':'NoSchedule'},"
                + "{'key':'node.kubernetes.io/not-ready','effect':'NoExecute'}]",
            condition("Ready", "Unknown"));
    assertThat(described(ConditionTaints.settled(node, NOW)))
        .containsExactlyInAnyOrder(
            "node.kubernetes.io/unreachable:NoSchedule",
            "node.kubernetes.io/unreachable:NoExecute");
  }

  @Test
  void lostNodeGetsNoExecuteWhenItsTurnComes() {
    Node node = node("", condition("Ready", "False"));
    assertThat(described(ConditionTaints.withNoExecute(node, NOW)))
        .containsExactly("node.kubernetes.io/not-ready:NoExecute");
    Node ready = node("", condition("Ready", "True"));
    assertThat(ConditionTaints.withNoExecute(ready, NOW)).isSameAs(ready.taints());
  }
}
