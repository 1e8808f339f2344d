package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine joins a fleet by {@code garrison agent}, dies, comes back, is sent away. */
class JoiningAgentTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A lost node is told after a grace of 50 s; its pods are removed 40 s after it was deleted. */
  private static final Duration LOSS = Duration.ofSeconds(120);

  private static final String DAEMON_SET =
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: NAME, namespace: default}
      spec:
        selector: {matchLabels: {app: NAME}}
        template:
          metadata: {labels: {app: NAME}}
          spec:
            runtimeClassName: process
            automountServiceAccountToken: false
            terminationGracePeriodSeconds: 1
            containers:
              - {name: c, image: host/sh, command: [/bin/sh, -c, "echo $$$$; exec sleep 86400"]}
      """;

  @TempDir static Path folder;
  private static Garrison garrison;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() {
    garrison = Garrison.start(folder, "up", "--nodes", "3");
    kubectl = Kubectl.against(garrison);
    apply("first");
    ready("first", 3);
  }

  @AfterAll
  static void stop() {
    kubectl.run("delete", "ds", "--all", "--cascade=foreground");
    garrison.close();
  }

  @Test
  void theFourthMachineIsServedLostFoundAgainAndSentAway() throws Exception {
    String pod;
    long process;
    try (Garrison agent = garrison.agent(folder, "node-4")) {
      ready("first", 4);
      pod = podOf("first", "node-4");
      process = processOf(pod);
      agent.kill();
    }
    assertThat(running(process)).isTrue();

    await()
        .atMost(LOSS)
        .untilAsserted(
            () -> assertThat(kubectl.run("get", "node", "node-4")).contains(" NotReady "));
    assertThat(kubectl.run("get", "node", "node-4", "-o", "jsonpath={.spec.taints[*].key}"))
        .contains("node.kubernetes.io/unreachable");
    ready("first", 3);
    apply("second");
    ready("second", 3);
    assertThat(podOf("second", "node-4")).isEmpty();

    try (Garrison agent = garrison.agent(folder, "node-4")) {
      ready("first", 4);
      ready("second", 4);
      assertThat(podOf("first", "node-4")).isEqualTo(pod);
      assertThat(processOf(pod)).isEqualTo(process);
      assertThat(running(process)).isTrue();

      kubectl.run("delete", "node", "node-4");
      await().atMost(LOSS).until(() -> podOf("first", "node-4").isEmpty());
      await().atMost(PATIENCE).until(() -> !running(process));
      ready("first", 3);
      assertThat(agent.output()).contains("node node-4 was deleted");
    }
  }

  private static void apply(String name) {
    kubectl.runWith(DAEMON_SET.replace("NAME", name), "apply", "-f", "-");
  }

  private static void ready(String name, int pods) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(kubectl.run("get", "ds", name, "-o", "jsonpath={.status.numberReady}"))
                    .isEqualTo(String.valueOf(pods)));
  }

  private static String podOf(String name, String node) {
    return kubectl.run(
        "get",
        "pods",
        "-l",
        "app=" + name,
        "--field-selector=spec.nodeName=" + node,
        "-o",
        "jsonpath={.items[*].metadata.name}");
  }

  /** What the pod's process wrote first: its process id. */
  private static long processOf(String pod) {
    return Long.parseLong(kubectl.run("logs", pod).strip());
  }

  private static boolean running(long process) {
    return ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false);
  }
}
