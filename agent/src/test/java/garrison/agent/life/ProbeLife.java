package garrison.agent.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.agent.TestCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Probes of what really runs (spec: node-agent 3.7); each runtime has a subclass. */
public abstract class ProbeLife {
  /** Ends when it is told to, as the first process of a container does only by a handler. */
  private static final String SLEEP =
      "command: [/bin/sh, -c, 'trap \"exit 143\" TERM; sleep 1000 & wait']";

  @TempDir Path temp;
  private final Servers servers = new Servers();
  private NodeFixture node;

  /** What they are held to. */
  protected abstract Flavour flavour();

  @BeforeEach
  void open() throws Exception {
    node = new NodeFixture(flavour(), temp);
  }

  @AfterEach
  void close() throws Exception {
    node.close();
    servers.close();
  }

  @Test
  void section37StartupGatesTheOthers() throws Exception {
    node.create(
        "slow",
        """
        containers:
        - name: main
          %s
          startupProbe: {exec: {command: [test, -e, DIR/up]}, periodSeconds: 1, failureThreshold: 100}
          livenessProbe: {exec: {command: [/bin/sh, -c, 'echo live >> DIR/asked']}, periodSeconds: 1}
          readinessProbe: {exec: {command: [/bin/sh, -c, 'echo ready >> DIR/asked']}, periodSeconds: 1}
        """
            .formatted(SLEEP));
    node.awaitEvent("slow", "Unhealthy: Startup probe failed: ");
    JsonNode before = node.container("slow", "main");
    assertThat(before.path("started").asBoolean()).isFalse();
    assertThat(before.path("ready").asBoolean()).isFalse();
    assertThat(before.at("/state/running").isObject()).isTrue();
    assertThat(node.lines("asked")).isEmpty();

    Files.createFile(node.file("up"));

    node.awaitReady("slow");
    node.awaitLine("asked", "live");
    assertThat(node.container("slow", "main").path("started").asBoolean()).isTrue();
    assertThat(node.container("slow", "main").path("restartCount").asInt()).isZero();
  }

  @Test
  void section37FailedLivenessRestartsTheContainer() throws Exception {
    node.create(
        "sick",
        """
        containers:
        - name: main
          command: [/bin/sh, -c, 'rm -f DIR/sick; trap "exit 143" TERM; sleep 1000 & wait']
          livenessProbe:
            exec: {command: [/bin/sh, -c, 'test ! -e DIR/sick || { echo ill; exit 1; }']}
            periodSeconds: 1
            failureThreshold: 2
        """);
    node.awaitReady("sick");

    Files.createFile(node.file("sick"));

    node.awaitContainer(
        "sick", "main", now -> now.path("restartCount").asInt() == 1 && node.ready("sick"));
    node.awaitEvent("sick", "Unhealthy: Liveness probe failed: ill");
    node.awaitEvent("sick", "Killing: Container main failed liveness probe, will be restarted");
  }

  @Test
  void section37FailedStartupEndsAPodThatIsNeverRestarted() {
    node.create(
        "stillborn",
        """
        restartPolicy: Never
        containers:
        - name: main
          %s
          startupProbe: {exec: {command: ['false']}, periodSeconds: 1, failureThreshold: 1}
        """
            .formatted(SLEEP));

    node.awaitPhase("stillborn", "Failed");
    node.awaitEvent("stillborn", "Killing: Container main failed startup probe");
    assertThat(node.container("stillborn", "main").at("/state/terminated").isObject()).isTrue();
    assertThat(node.server().events("stillborn"))
        .doesNotContain("Killing: Container main failed startup probe, will be restarted");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "httpGet: {path: /health, port: %d}",
        "httpGet: {path: /health, port: web, host: 127.0.0.1}",
        "grpc: {port: %d}",
      })
  void section37ReadinessFollowsTheServer(String handler) {
    int port = servers.start();
    node.create(
        "web",
        """
        containers:
        - name: main
          %s
          ports: [{name: web, containerPort: %d, hostPort: %d}]
          readinessProbe: {%s, periodSeconds: 1, failureThreshold: 1}
        """
            .formatted(SLEEP, port, port, handler.formatted(port)));
    node.awaitReady("web");

    servers.well(false);

    await().until(() -> !node.ready("web"));
    assertThat(TestCluster.condition(node.server().pod("web"), "ContainersReady"))
        .isEqualTo("False");
    node.awaitEvent("web", "Unhealthy: Readiness probe failed: ");
    servers.well(true);
    node.awaitReady("web");
    assertThat(node.container("web", "main").path("restartCount").asInt()).isZero();
  }

  @Test
  void section37TcpReadinessNeedsAListener() throws Exception {
    int port = servers.start();
    servers.close();
    node.create(
        "socket",
        """
        containers:
        - name: main
          %s
          readinessProbe: {tcpSocket: {port: %d}, periodSeconds: 1, failureThreshold: 1}
        """
            .formatted(SLEEP, port));
    node.awaitEvent(
        "socket",
        "Unhealthy: Readiness probe failed: dial tcp 127.0.0.1:"
            + port
            + ": connect: connection refused");
    assertThat(node.ready("socket")).isFalse();

    try (var listening = new java.net.ServerSocket()) {
      listening.setReuseAddress(true);
      listening.bind(new java.net.InetSocketAddress("127.0.0.1", port));
      node.awaitReady("socket");
    }
  }

  @Test
  void section37GraceOfAProbeIsItsOwn() {
    node.create(
        "stubborn",
        """
        terminationGracePeriodSeconds: 3600
        containers:
        - name: main
          command: [/bin/sh, -c, 'trap : TERM; while :; do sleep 0.1; done']
          livenessProbe:
            exec: {command: ['false']}
            periodSeconds: 1
            failureThreshold: 1
            terminationGracePeriodSeconds: 1
        """);

    node.awaitContainer(
        "stubborn",
        "main",
        now ->
            now.path("restartCount").asInt() >= 1
                && now.at("/lastState/terminated/exitCode").asInt() == 137);
  }

  @Test
  void section37RestartedAgentKeepsReadinessUntilAProbeSaysOtherwise() throws Exception {
    node.create(
        "kept",
        """
        containers:
        - name: main
          %s
          startupProbe: {exec: {command: [test, -e, DIR/up]}, periodSeconds: 1, failureThreshold: 1000}
          readinessProbe:
            exec: {command: [/bin/sh, -c, 'echo asked >> DIR/asked; test -e DIR/up || sleep 1000']}
            periodSeconds: 2
            timeoutSeconds: 900
        """
            .formatted(SLEEP));
    Files.createFile(node.file("up"));
    node.awaitReady("kept");
    String before = node.container("kept", "main").toString();
    String conditions = node.status("kept").path("conditions").toString();

    node.stopAgent();
    Files.delete(node.file("up")); // from now on both probes would not succeed
    int asked = node.lines("asked").size();
    node.startAgent();
    await().until(() -> node.lines("asked").size() > asked);

    assertThat(node.container("kept", "main")).hasToString(before);
    assertThat(node.status("kept").path("conditions")).hasToString(conditions);
  }

  @Test
  void section37ProbeThatNeverAnswersCostsNoOtherPodAnything() {
    for (int i = 0; i < 5; i++) {
      node.create(
          "hanging-" + i,
          """
          containers:
          - name: main
            %s
            livenessProbe: {exec: {command: [/bin/sh, -c, 'setsid sleep 1000 & sleep 1000']}, timeoutSeconds: 900}
            readinessProbe: {exec: {command: [sleep, '1000']}, timeoutSeconds: 900}
          """
              .formatted(SLEEP));
    }
    for (int i = 0; i < 5; i++) {
      String pod = "hanging-" + i;
      node.awaitContainer(pod, "main", now -> now.path("started").asBoolean());
    }
    node.create(
        "fine",
        """
        containers:
        - name: main
          %s
          readinessProbe: {exec: {command: ['true']}}
        """
            .formatted(SLEEP));

    node.awaitReady("fine");
    assertThat(node.ready("hanging-0")).isFalse();
    node.delete("hanging-1");
    node.awaitGone("hanging-1");
  }

  @Test
  void section37TimedOutCommandIsAFailure() {
    node.create(
        "late",
        """
        containers:
        - name: main
          %s
          readinessProbe: {exec: {command: [sleep, '1000']}, timeoutSeconds: 1}
        """
            .formatted(SLEEP));

    node.awaitEvent(
        "late",
        "Unhealthy: Readiness probe failed: command timed out: \"sleep 1000\" timed out after 1s");
  }

  @Test
  void section37ReadinessGoesOnWhileThePodEnds() {
    int port = servers.start();
    node.create(
        "ending",
        """
        terminationGracePeriodSeconds: 3600
        containers:
        - name: main
          command: [/bin/sh, -c, 'trap : TERM; while :; do sleep 0.1; done']
          readinessProbe: {httpGet: {port: %d}, periodSeconds: 1, failureThreshold: 1}
          livenessProbe: {httpGet: {port: %d}, periodSeconds: 1, failureThreshold: 1}
        """
            .formatted(port, port));
    node.awaitReady("ending");
    node.delete("ending");
    node.awaitEvent("ending", "Killing: Stopping container main");

    servers.well(false);

    await().until(() -> !node.ready("ending"));
    assertThat(node.container("ending", "main").path("restartCount").asInt()).isZero();
    assertThat(node.server().events("ending"))
        .noneMatch(event -> event.contains("failed liveness probe"));
    node.delete("ending", 1);
    node.awaitGone("ending");
  }
}
