package garrison.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.agent.node.Reservations;
import garrison.apiserver.pki.Pki;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A node that is full, and pods that matter more (spec: node-agent 3.3). */
class PreemptionTest {
  private static final String NODE = "machine-1";

  @TempDir Path temp;
  private final TestCluster server = new TestCluster();
  private Path manifests;
  private Agent agent;

  /** A node with one core for pods, whatever the machine has. */
  @BeforeEach
  void start() throws Exception {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(20));
    manifests = Files.createDirectory(temp.resolve("manifests"));
    long cores =
        Files.readAllLines(Path.of("/proc/stat")).stream()
            .filter(line -> line.matches("cpu[0-9].*"))
            .count();
    Pki pki = Pki.open(temp.resolve("pki"), Clock.systemUTC(), List.of("127.0.0.1"));
    agent =
        Agent.start(
            AgentConfig.of(NODE, temp.resolve("agent"))
                .withAddress("127.0.0.1")
                .withOwner(
                    OwnerPolicy.NONE
                        .withManifests(manifests)
                        .withReserved(new Reservations(cores * 1000 - 1000, 0, 0))),
            server.cluster(),
            TestAgents.identity(pki, NODE),
            Clock.systemUTC());
    assertThat(agent.awaitReady(Duration.ofSeconds(20))).isTrue();
    assertThat(server.node(NODE).at("/status/allocatable/cpu").asString()).isEqualTo("1");
  }

  @AfterEach
  void stop() throws Exception {
    try (Stream<Path> files = Files.list(manifests)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    server.forgetPods();
    TestAgents.awaitNothingLeft(temp.resolve("agent"));
    agent.close();
    server.close();
  }

  private static String spec(String cpu, boolean critical) {
    return """
    nodeName: machine-1
    runtimeClassName: process
    terminationGracePeriodSeconds: 1
    %s
    containers:
    - name: main
      image: host/sleep
      command: [sleep, "1000"]
      resources: {requests: {cpu: %s}}
    """
        .formatted(critical ? "priorityClassName: system-node-critical" : "priority: 0", cpu);
  }

  private void awaitReady(String pod) {
    await().until(() -> TestCluster.condition(server.pod(pod), "Ready").equals("True"));
  }

  private void awaitFailed(String pod, String reason, String message) {
    await().until(() -> server.pod(pod).at("/status/phase").asString("").equals("Failed"));
    JsonNode status = server.pod(pod).path("status");
    assertThat(status.path("reason").asString()).isEqualTo(reason);
    assertThat(status.path("message").asString()).isEqualTo(message);
  }

  @Test
  void criticalPodEndsWhatItTakesToFindRoom() {
    server.createPod("large", spec("600m", false));
    server.createPod("small", spec("300m", false));
    awaitReady("large");
    awaitReady("small");

    server.createPod("critical", spec("400m", true));

    awaitReady("critical");
    awaitFailed("small", "Preempting", "Preempted in order to admit critical pod");
    ObjectNode victim = server.pod("small");
    assertThat(TestCluster.condition(victim, "DisruptionTarget")).isEqualTo("True");
    assertThat(victim.at("/status/conditions").toString())
        .contains(
            "\"reason\":\"TerminationByKubelet\"",
            "Pod was preempted by Kubelet to accommodate a critical pod.");
    assertThat(victim.path("metadata").has("deletionTimestamp")).isFalse();
    await()
        .untilAsserted(
            () ->
                assertThat(server.events("small"))
                    .contains("Preempting: Preempted in order to admit critical pod"));
    assertThat(TestCluster.condition(server.pod("large"), "Ready")).isEqualTo("True");
  }

  @Test
  void staticPodIsCriticalWhateverItsPriorityAndGivesWayToNone() throws Exception {
    server.createPod("plain", spec("800m", false));
    awaitReady("plain");

    Files.writeString(
        manifests.resolve("web.yaml"),
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"
            + spec("500m", false).indent(2));

    awaitFailed("plain", "Preempting", "Preempted in order to admit critical pod");
    awaitReady("web-machine-1");
    server.createPod("critical", spec("600m", true));
    await().until(() -> server.pod("critical").at("/status/phase").asString("").equals("Failed"));
    assertThat(server.pod("critical").at("/status/reason").asString())
        .isEqualTo("UnexpectedAdmissionError");
    assertThat(TestCluster.condition(server.pod("web-machine-1"), "Ready")).isEqualTo("True");
  }

  @Test
  void plainPodThatDoesNotFitIsRefused() {
    server.createPod("first", spec("800m", false));
    awaitReady("first");
    server.createPod("second", spec("800m", false));
    awaitFailed(
        "second",
        "OutOfcpu",
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 800, used: 800,"
            + " capacity: 1000");
  }
}
