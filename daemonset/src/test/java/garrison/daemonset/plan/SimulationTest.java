package garrison.daemonset.plan;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.daemonset.DaemonPod;
import garrison.daemonset.Fixtures;
import garrison.daemonset.RevisionHistory;
import garrison.model.DaemonSet;
import garrison.model.Node;
import garrison.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What a change does, by the engine's own rules (spec: daemonset 4.2, 6). */
class SimulationTest {
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
  private static final Duration START = Duration.ofSeconds(10);

  private final List<Node> nodes = new ArrayList<>();
  private final List<DaemonPod> pods = new ArrayList<>();
  private final DaemonSet before = Fixtures.daemonSet();

  private void fleet(int size) {
    for (int i = 0; i < size; i++) {
      nodes.add(Fixtures.node("n" + i));
      pods.add(pod("n" + i, true));
    }
  }

  private DaemonPod pod(String node, boolean ready) {
    return new DaemonPod(
        "p-" + node,
        "u-" + node,
        node,
        true,
        DaemonPod.Phase.RUNNING,
        false,
        ready,
        NOW.minusSeconds(60).getEpochSecond(),
        NOW.minusSeconds(90).getEpochSecond(),
        RevisionHistory.hash(before, null),
        "1");
  }

  private static DaemonSet changed(String spec, String template) {
    return Fixtures.daemonSet(
        document -> {
          ((ObjectNode) document.get("spec")).setAll(Fixtures.json(spec));
          ((ObjectNode) document.at("/spec/template/spec")).setAll(Fixtures.json(template));
          document
              .withObject("metadata")
              .withObject("annotations")
              .put("deprecated.daemonset.template.generation", template.equals("{}") ? "1" : "2");
        });
  }

  private Forecast run(@Nullable DaemonSet from, DaemonSet to, Duration end) {
    return run(from, to, end, Set.of());
  }

  private Forecast run(@Nullable DaemonSet from, DaemonSet to, Duration end, Set<String> barred) {
    Simulation.Pace pace = new Simulation.Pace(START, end);
    return Simulation.run(
        from, to, RevisionHistory.of(to, List.of()), nodes, pods, pace, barred, NOW);
  }

  @Test
  void aNewDaemonSetGainsTheNodesThatMatch() {
    nodes.add(Fixtures.node("n1"));
    nodes.add(Fixtures.tainted("n2", "NoSchedule"));
    Forecast forecast = run(null, before, Duration.ZERO);
    assertThat(forecast.gained()).containsExactly("n1");
    assertThat(forecast.excluded()).containsEntry("untolerated taint k=v:NoSchedule", 1);
    assertThat(forecast.waves()).isEmpty();
    assertThat(forecast.end()).isEqualTo(START);
  }

  @Test
  void anotherTemplateGoesInWavesOfMaxUnavailable() {
    fleet(7);
    DaemonSet after =
        changed(
            "{'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':3,'maxSurge':0}}}",
            "{'hostPID':true}");
    Forecast forecast = run(before, after, Duration.ofSeconds(5));
    assertThat(forecast.waves()).extracting(wave -> wave.nodes().size()).containsExactly(3, 3, 1);
    assertThat(forecast.waves())
        .extracting(Wave::after)
        .containsExactly(Duration.ZERO, Duration.ofSeconds(15), Duration.ofSeconds(30));
    assertThat(forecast.end()).isEqualTo(Duration.ofSeconds(45));
    assertThat(forecast.restarted()).isEqualTo(7);
    assertThat(forecast.gained()).isEmpty();
    assertThat(forecast.completed()).isEmpty();
  }

  @Test
  void whatIsNotAvailableGoesFirstAndAtOnce() {
    fleet(4);
    pods.set(2, pod("n2", false));
    pods.set(3, pod("n3", false));
    Forecast forecast = run(before, changed("{}", "{'hostPID':true}"), Duration.ZERO);
    assertThat(forecast.waves().getFirst().unavailable()).isTrue();
    assertThat(forecast.waves().getFirst().nodes()).containsExactlyInAnyOrder("n2", "n3");
    assertThat(forecast.restarted()).isEqualTo(4);
  }

  @Test
  void surgeStartsBesideTheOldOnes() {
    fleet(4);
    DaemonSet after =
        changed(
            "{'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':0,'maxSurge':2}}}",
            "{'hostPID':true}");
    Forecast forecast = run(before, after, Duration.ofSeconds(5));
    assertThat(forecast.waves()).extracting(wave -> wave.nodes().size()).containsExactly(2, 2);
    assertThat(forecast.end()).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void aSilentNodeStopsAllOthers() {
    fleet(3);
    nodes.add(
        Node.of(
            Fixtures.json(
                "{'metadata':{'name':'dead'},'status':{'conditions':[{'type':'Ready','status':'Unknown'}]}}")));
    pods.add(pod("dead", false));
    Forecast forecast = run(before, changed("{}", "{'hostPID':true}"), Duration.ZERO);
    assertThat(forecast.waves())
        .singleElement()
        .satisfies(wave -> assertThat(wave.nodes()).containsExactly("dead"));
    assertThat(forecast.behind()).containsExactly("n0", "n1", "n2");
    assertThat(forecast.blockers()).containsExactly("dead");
  }

  @Test
  void whereANewPodFindsNoRoomTheOthersWait() {
    fleet(3);
    Forecast forecast =
        run(before, changed("{}", "{'hostPID':true}"), Duration.ZERO, Set.of("n0", "n1", "n2"));
    assertThat(forecast.restarted()).isEqualTo(1);
    assertThat(forecast.blockers()).hasSize(1);
    assertThat(forecast.behind()).hasSize(2).doesNotContainAnyElementsOf(forecast.blockers());
  }

  @Test
  void onDeleteReplacesNothing() {
    fleet(2);
    Forecast forecast =
        run(
            before,
            changed("{'updateStrategy':{'type':'OnDelete'}}", "{'hostPID':true}"),
            Duration.ZERO);
    assertThat(forecast.waves()).isEmpty();
    assertThat(forecast.behind()).containsExactly("n0", "n1");
    assertThat(forecast.blockers()).isEmpty();
  }

  @Test
  void aSelectorThatMatchesNoMoreLosesTheNode() {
    fleet(2);
    nodes.set(1, Fixtures.node("n1", "{'disk':'ssd'}", "[]"));
    Forecast forecast =
        run(before, changed("{}", "{'nodeSelector':{'disk':'ssd'}}"), Duration.ZERO);
    assertThat(forecast.lost())
        .containsExactly(
            Map.entry("n0", "nodeSelector wants disk=ssd, the node has no such label"));
    assertThat(forecast.waves())
        .singleElement()
        .satisfies(wave -> assertThat(wave.nodes()).containsExactly("n1"));
  }

  @Test
  void aTolerationGainsNodesAndRestartsTheOthers() {
    fleet(1);
    nodes.add(Fixtures.tainted("t", "NoSchedule"));
    Forecast forecast =
        run(
            before,
            changed("{}", "{'tolerations':[{'key':'k','operator':'Exists'}]}"),
            Duration.ZERO);
    assertThat(forecast.gained()).containsExactly("t");
    assertThat(forecast.restarted()).isEqualTo(1);
  }

  @Test
  void anUnchangedTemplateTouchesNothing() {
    fleet(3);
    Forecast forecast = run(before, before, Duration.ZERO);
    assertThat(forecast.nothing()).isTrue();
    assertThat(forecast.untouched()).isEqualTo(3);
    assertThat(forecast.end()).isZero();
  }

  @Test
  void minReadySecondsLengthenEveryWave() {
    fleet(2);
    Forecast forecast =
        run(before, changed("{'minReadySeconds':20}", "{'hostPID':true}"), Duration.ZERO);
    assertThat(forecast.waves())
        .extracting(Wave::after)
        .containsExactly(Duration.ZERO, Duration.ofSeconds(30));
    assertThat(forecast.end()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void startsAreJudgedByTheMedianOfPodsThatNeverRestarted() {
    assertThat(PodTimes.of(List.of(), before).samples()).isZero();
    List<Pod> seen =
        List.of(started(4, 0), started(9, 0), started(60, 0), started(500, 2), started(8, 0));
    PodTimes times = PodTimes.of(seen, before);
    assertThat(times.samples()).isEqualTo(4);
    assertThat(times.start()).isEqualTo(Duration.ofSeconds(9));
    assertThat(times.longestEnd()).isEqualTo(Duration.ofSeconds(30));
  }

  private static Pod started(int seconds, int restarts) {
    ObjectNode document =
        Fixtures.json(
            "{'metadata':{'name':'p','creationTimestamp':'%s'},'status':{'containerStatuses':[{'restartCount':%d}],'conditions':[{'type':'Ready','status':'True','lastTransitionTime':'%s'}]}}"
                .formatted(NOW, restarts, NOW.plusSeconds(seconds)));
    return Pod.of(document);
  }
}
