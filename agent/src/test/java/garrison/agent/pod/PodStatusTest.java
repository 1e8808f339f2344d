package garrison.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.TestCluster;
import garrison.agent.pod.ContainerView.Waiting;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.Container.State;
import garrison.model.Resources;
import garrison.model.json.Json;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A pod's status (spec: node-agent 3.6). */
class PodStatusTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant BEFORE = NOW.minusSeconds(60);

  @ParameterizedTest
  @CsvSource({
    "running, Always,    Running",
    "waiting, Always,    Pending",
    "ok,      Always,    Running",
    "ok,      OnFailure, Succeeded",
    "failed,  OnFailure, Running",
    "failed,  Never,     Failed",
    "ok,      Never,     Succeeded",
    "crashed, Always,    Running",
  })
  void phaseOfOneContainer(String state, String policy, String phase) {
    assertThat(status(policy, view(state), false, Json.object()).path("phase").asString())
        .isEqualTo(phase);
  }

  @Test
  void readyPodHasUpstreamsConditionsInOrder() {
    ObjectNode status = status("Always", view("running"), false, Json.object());

    assertThat(status.path("conditions").valueStream().map(c -> c.path("type").asString()))
        .containsExactly(
            "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled");
    ObjectNode pod = Json.object();
    pod.set("status", status);
    assertThat(TestCluster.condition(pod, "Ready")).isEqualTo("True");
    assertThat(status.at("/conditions/2/observedGeneration").asInt()).isEqualTo(3);
  }

  @Test
  void timeOfAChangeStaysWhileNothingChanges() {
    ObjectNode first = status("Always", view("running"), false, Json.object());
    ObjectNode later =
        new PodStatus(
                context("Always"),
                List.of(),
                List.of(view("running")),
                List.of(),
                "process",
                null,
                BEFORE,
                false,
                false)
            .toJson(first, NOW.plusSeconds(100));

    assertThat(later).isEqualTo(first);
  }

  @Test
  void containerHeldBackShowsHowItEnded() {
    ObjectNode status = status("Always", view("crashed"), false, Json.object());

    assertThat(status.at("/containerStatuses/0/state/waiting/reason").asString())
        .isEqualTo("CrashLoopBackOff");
    assertThat(status.at("/containerStatuses/0/lastState/terminated/exitCode").asInt())
        .isEqualTo(1);
    assertThat(status.at("/conditions/3/message").asString())
        .isEqualTo("containers with unready status: [main]");
  }

  @Test
  void podThatIsStoppedForGoodHasFailedUnlessAllWentWell() {
    assertThat(status("Always", view("failed"), true, Json.object()).path("phase").asString())
        .isEqualTo("Failed");
    assertThat(status("Always", view("ok"), true, Json.object()).path("phase").asString())
        .isEqualTo("Succeeded");
  }

  @Test
  void endedPhaseIsNeverLeft() {
    ObjectNode before = Json.object().put("phase", "Failed");

    assertThat(status("Always", view("running"), false, before).path("phase").asString())
        .isEqualTo("Failed");
  }

  @Test
  void containersForDebuggingAreToldOfAndDecideNothing() {
    PodStatus status =
        new PodStatus(
            context("Never"),
            List.of(),
            List.of(view("running")),
            List.of(debugging("z", State.EXITED), debugging("a", State.RUNNING)),
            "process",
            null,
            BEFORE,
            false,
            false);
    ObjectNode json = status.toJson(Json.object(), NOW);

    assertThat(json.at("/conditions/2/status").asString()).isEqualTo("True");
    JsonNode told = json.path("ephemeralContainerStatuses");
    assertThat(told.at("/0/name").asString()).isEqualTo("a");
    assertThat(told.at("/0/state").has("running")).isTrue();
    assertThat(told.at("/0").has("started")).isFalse();
    assertThat(told.at("/1/state/terminated/exitCode").asInt()).isEqualTo(1);
  }

  @Test
  void podIsOverOnceNobodyDebugsItAnyMore() {
    PodStatus status =
        new PodStatus(
            context("Never"),
            List.of(),
            List.of(view("ok")),
            List.of(debugging("a", State.RUNNING)),
            "process",
            null,
            BEFORE,
            false,
            false);

    assertThat(status.over()).isTrue(); // so it is stopped
    assertThat(status.toJson(Json.object(), NOW).path("phase").asString()).isEqualTo("Running");
  }

  private static ContainerView debugging(String name, State state) {
    return new ContainerView(
        DecisionsTest.yaml("{name: " + name + ", image: host/x}"),
        ContainerRole.EPHEMERAL,
        DecisionsTest.container(state, 1, BEFORE),
        null,
        null,
        false,
        false);
  }

  private static ObjectNode status(
      String policy, ContainerView view, boolean ended, ObjectNode before) {
    return new PodStatus(
            context(policy),
            List.of(),
            List.of(view),
            List.of(),
            "process",
            null,
            BEFORE,
            ended,
            ended)
        .toJson(before, NOW);
  }

  private static PodContext context(String policy) {
    return new PodContext(
        DecisionsTest.yaml(
            "{metadata: {name: p, uid: u, generation: 3}, spec: {restartPolicy: "
                + policy
                + ", containers: [{name: main}]}}"),
        "n1",
        "10.0.0.1",
        Resources.NONE,
        List.of("10.0.0.1"));
  }

  private static ContainerView view(String state) {
    Container container =
        switch (state) {
          case "running" -> DecisionsTest.container(State.RUNNING, 0, BEFORE);
          case "ok" -> DecisionsTest.container(State.EXITED, 0, BEFORE);
          case "failed", "crashed" -> DecisionsTest.container(State.EXITED, 1, BEFORE);
          default -> null;
        };
    Waiting waiting =
        state.equals("crashed")
            ? new Waiting("CrashLoopBackOff", "back-off")
            : state.equals("waiting") ? new Waiting("ErrImageNeverPull", "no") : null;
    boolean runs = state.equals("running");
    return new ContainerView(
        DecisionsTest.yaml("{name: main, image: host/x}"),
        ContainerRole.MAIN,
        container,
        null,
        waiting,
        runs,
        runs);
  }
}
