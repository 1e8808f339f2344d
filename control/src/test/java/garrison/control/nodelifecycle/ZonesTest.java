package garrison.control.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.Node;
import garrison.model.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spec: daemonset 9.3, the rates of NoExecute taints. */
class ZonesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static List<Node> zone(String zone, int ready, int lost) {
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < ready + lost; i++) {
      nodes.add(
          Node.of(
              Json.parse(
                  ("{'metadata':{'name':'"
                          + zone
                          + i
                          + "','labels':{'topology.kubernetes.io/zone':'"
                          + zone
                          + "'}},'status':{'conditions':[{'type':'Ready','status':'"
                          + (i < ready ? "True" : "Unknown")
                          + "'}]}}")
                      .replace('\'', '"'))));
    }
    return nodes;
  }

  @ParameterizedTest
  @CsvSource({
    "10, 1, 0.1", // healthy
    "1, 2, 0.1", // fewer than three lost
    "2, 3, 0", // 60 % of a small zone
    "24, 27, 0.1", // 53 %
    "20, 40, 0.01", // 67 % of a large zone
    "0, 5, 0.1" // down, but another zone is well
  })
  void rateFollowsTheStateOfTheZone(int ready, int lost, double rate) {
    List<Node> nodes = zone("a", ready, lost);
    nodes.addAll(zone("b", 3, 0));
    assertThat(Zones.of(nodes).rate(":a", Limits.DEFAULT)).isEqualTo(rate);
  }

  @Test
  void nothingIsGivenUpWhereNoZoneHasAReadyNode() {
    List<Node> nodes = zone("a", 0, 1);
    nodes.addAll(zone("b", 0, 2));
    Zones zones = Zones.of(nodes);
    assertThat(zones.allDown()).isTrue();
    assertThat(zones.rate(":a", Limits.DEFAULT)).isZero();
    assertThat(Zones.of(List.of()).allDown()).isFalse();
  }

  @Test
  void nodesOfAZoneAreLetOutOneByOneAtItsRate() {
    Ration ration = new Ration();
    ration.add("z", "n1");
    ration.add("z", "n2");
    assertThat(ration.take(zone -> 0.1, NOW)).containsExactly("n1");
    assertThat(ration.take(zone -> 0.1, NOW.plusMillis(9_999))).isEmpty();
    assertThat(ration.take(zone -> 0, NOW.plusSeconds(100))).isEmpty();
    assertThat(ration.take(zone -> 0.1, NOW.plusSeconds(100))).containsExactly("n2");
  }
}
