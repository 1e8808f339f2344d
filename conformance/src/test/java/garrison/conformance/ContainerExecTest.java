package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kubectl exec, attach and cp with the containers of a real containerd (spec: node-agent 3.15). */
class ContainerExecTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static Machine machine;
  private static Containerd containerd;
  private static Garrison garrison;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() throws IOException {
    machine = Machine.start(folder);
    containerd = Containerd.start(machine, folder.resolve("c"));
    containerd.connect();
    garrison = containerd.up(folder);
    kubectl = Kubectl.against(garrison);
    kubectl.runWith(
        """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: box}
        spec:
          selector: {matchLabels: {app: box}}
          template:
            metadata: {labels: {app: box}}
            spec:
              hostNetwork: true
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                image: localhost/busybox:1
                command: [sh, -c, "while :; do sleep 1; done"]
                env: [{name: GREETING, value: hi}]
              - name: echo
                image: localhost/busybox:1
                stdin: true
                command: [sh, -c, "while read line; do echo heard $line; done; sleep 1000"]
              - name: terminal
                image: localhost/busybox:1
                command: [sh]
                stdin: true
                tty: true
        """,
        "apply",
        "-f",
        "-");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(kubectl.run("get", "pods")).contains(" 3/3 "));
  }

  @AfterAll
  static void stop() {
    try (Machine last = machine;
        Containerd third = containerd;
        Garrison second = garrison) {
      if (kubectl != null) {
        kubectl.run("delete", "ds", "--all", "--cascade=foreground");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(containerd.containers()).isEmpty());
      }
    }
  }

  private static Kubectl.Result exec(String input, String... words) {
    List<String> line = new ArrayList<>(List.of("exec", "ds/box", "-c", "main"));
    line.addAll(List.of(words));
    return kubectl.tryRun(input, line.toArray(String[]::new));
  }

  @Test
  void outputErrorsAndExitCodeComeBack() {
    Kubectl.Result result = exec("", "--", "sh", "-c", "echo $GREETING; echo err >&2; exit 7");
    assertThat(result.out()).isEqualTo("hi\n");
    assertThat(result.err()).isEqualTo("err\ncommand terminated with exit code 7\n");
    assertThat(result.code()).isEqualTo(7);
    assertThat(exec("", "--", "no-such-command").err()).contains("no-such-command");
  }

  @Test
  void tokenInAContainerIsThatOfItsServiceAccount() throws IOException {
    String account = "/var/run/secrets/kubernetes.io/serviceaccount/";
    String authority = exec("", "--", "cat", account + "ca.crt").out();
    Kubectl pod =
        kubectl.as(
            garrison.url(),
            Files.writeString(folder.resolve("pod-ca.crt"), authority),
            exec("", "--", "cat", account + "token").out());
    assertThat(pod.run("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"))
        .isEqualTo("system:serviceaccount:default:default");
    assertThat(exec("", "--", "cat", account + "namespace").out()).isEqualTo("default");
  }

  @Test
  void inputIsPassedOnToItsEnd() {
    String input = "a line\n".repeat(100_000);
    assertThat(exec(input, "-i", "--", "wc", "-c").out().strip()).isEqualTo("700000");
    assertThat(exec("", "--", "seq", "1", "300000").out())
        .hasSize(1_988_895)
        .endsWith("\n300000\n");
  }

  @Test
  void terminalHasTheSizeOfTheUsers() throws Exception {
    assertThat(
            UserTerminal.run(
                folder,
                kubectl,
                "stty rows 31 cols 91",
                "exec",
                "-it",
                "ds/box",
                "-c",
                "main",
                "--",
                "sh",
                "-c",
                "until [ \"$(stty size)\" = '31 91' ]; do sleep 0.1; done; tty; exit 3"))
        .contains("/dev/pts/")
        .endsWith("exit 3");
  }

  @Test
  void debuggingContainerSeesTheProcessesOfItsTargetAndRunsOnce() throws Exception {
    String pod = kubectl.run("get", "pods", "-o", "jsonpath={.items[0].metadata.name}");
    String status = "jsonpath={.status.ephemeralContainerStatuses";
    String ended = status + "[0].state.terminated.exitCode}";
    try (UserTerminal user =
        UserTerminal.start(
            folder,
            kubectl,
            "",
            "debug",
            "-it",
            pod,
            "--image=localhost/busybox:1",
            "--target=main",
            "--container=debugger",
            "--",
            "sh",
            "-c",
            "PS1='debug> ' exec sh")) {
      await().atMost(PATIENCE).until(() -> user.seen().contains("debug> "));
      user.type("ps\n");
      await().atMost(PATIENCE).until(() -> user.seen().contains("while :; do sleep 1; done"));
      assertThat(
              kubectl.run("exec", pod, "-c", "debugger", "--", "sh", "-c", "echo beside; exit 0"))
          .isEqualTo("beside\n");
      user.type("echo $((40 + 2)); exit 4\n");
      user.awaitEnd();
    }
    kubectl.await("4", "get", "pod", pod, "-o", ended);
    assertThat(kubectl.run("logs", pod, "-c", "debugger")).contains("42");
    assertThat(kubectl.run("get", "events", "--field-selector", "reason=Started", "-o", "json"))
        .contains("spec.ephemeralContainers{debugger}");

    // Another is added, and the first is not started again.
    kubectl.run("debug", pod, "--image=localhost/busybox:1", "--container=other", "--", "true");
    kubectl.await(
        "0", "get", "pod", pod, "-o", status + "[?(@.name==\"other\")].state.terminated.exitCode}");
    assertThat(kubectl.run("get", "pod", pod, "-o", ended)).isEqualTo("4");
    assertThat(kubectl.run("get", "pod", pod, "-o", status + "[0].restartCount}")).isEqualTo("0");
    assertThat(kubectl.run("get", "pods")).contains(" 3/3 ");
  }

  @Test
  void filesAreCopiedBothWays() throws IOException {
    String pod = kubectl.run("get", "pods", "-o", "jsonpath={.items[0].metadata.name}");
    byte[] content = new byte[3_000_000];
    new Random(1).nextBytes(content);
    Path from = Files.write(folder.resolve("from"), content);
    kubectl.run("cp", from.toString(), pod + ":/tmp-copy", "-c", "main");
    Path back = folder.resolve("back");
    kubectl.run("cp", pod + ":/tmp-copy", back.toString(), "-c", "main");
    assertThat(back).hasBinaryContent(content);
  }

  @Test
  void attachedInputReachesTheProgramAndItsOutputComesBack() throws Exception {
    List<String> line = new ArrayList<>(kubectl.line());
    line.addAll(List.of("attach", "-i", "ds/box", "-c", "echo"));
    Path out = folder.resolve("attached");
    Process client =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      for (String word : List.of("one", "two")) {
        client.getOutputStream().write((word + "\n").getBytes(StandardCharsets.UTF_8));
        client.getOutputStream().flush();
        await().atMost(PATIENCE).until(() -> Files.readString(out).contains("heard " + word));
      }
    } finally {
      client.destroyForcibly();
    }
  }

  @Test
  void attachedTerminalIsThatOfTheProgram() throws Exception {
    try (UserTerminal user =
        UserTerminal.start(folder, kubectl, "", "attach", "-it", "ds/box", "-c", "terminal")) {
      await().atMost(PATIENCE).until(() -> user.seen().contains("command prompt"));
      user.type("echo sum $((40 + 2))\n");
      await().atMost(PATIENCE).until(() -> user.seen().contains("sum 42\r\n"));
      user.type("exit 4\n");
      assertThat(user.awaitEnd()).contains("exit 4\r\n");
    }
  }
}
