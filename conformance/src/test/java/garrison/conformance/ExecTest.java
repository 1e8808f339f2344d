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

/** kubectl exec, attach and cp with host processes (spec: api-server 14.2, node-agent 3.15, 4). */
class ExecTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static Path shared;
  private static Garrison garrison;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() throws IOException {
    shared = Files.createDirectory(folder.resolve("shared"));
    garrison = Garrison.start(folder, "up", "--nodes", "1");
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
              runtimeClassName: process
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                image: host/sh
                command: [/bin/sh, -c, "while :; do sleep 1; done"]
                workingDir: /usr
                env: [{name: GREETING, value: hi}]
                volumeMounts: [{name: inside, mountPath: %1$s/inside}]
              - name: echo
                image: host/sh
                stdin: true
                command: [/bin/sh, -c, "while read line; do echo heard $line; done; sleep 1000"]
              - name: terminal
                image: host/sh
                stdin: true
                tty: true
                env: [{name: PS1, value: "prompt "}]
              - name: ticks
                image: host/sh
                command: [/bin/sh, -c, "while :; do echo tick; echo tock >&2; sleep 1; done"]
              volumes: [{name: inside, emptyDir: {}}]
        """
            .formatted(shared),
        "apply",
        "-f",
        "-");
    kubectl.run("rollout", "status", "ds/box", "--timeout=60s");
  }

  @AfterAll
  static void stop() {
    // The processes of pods outlive their agent, so the pods have to go first.
    kubectl.run("delete", "ds", "--all", "--cascade=foreground");
    garrison.close();
  }

  private static Kubectl.Result exec(String input, String... words) {
    List<String> line = new ArrayList<>(List.of("exec", "ds/box", "-c", "main"));
    line.addAll(List.of(words));
    return kubectl.tryRun(input, line.toArray(String[]::new));
  }

  private static String inTerminal(String before, String... words) throws Exception {
    return UserTerminal.run(folder, kubectl, before, words);
  }

  @Test
  void outputErrorsAndExitCodeComeBack() {
    Kubectl.Result result = exec("", "--", "sh", "-c", "echo out; echo err >&2; exit 7");
    assertThat(result.out()).isEqualTo("out\n");
    assertThat(result.err()).isEqualTo("err\ncommand terminated with exit code 7\n");
    assertThat(result.code()).isEqualTo(7);
    assertThat(exec("", "--", "true")).isEqualTo(new Kubectl.Result(0, "", ""));
    assertThat(exec("", "--", "sh", "-c", "kill -9 $$").code()).isEqualTo(137);
  }

  @Test
  void commandSeesWhatItsContainerSees() throws IOException {
    assertThat(
            exec(
                    "",
                    "--",
                    "sh",
                    "-c",
                    "pwd; echo $GREETING; touch %s/inside/made; cat /proc/self/cgroup"
                        .formatted(shared))
                .out())
        .startsWith("/usr\nhi\n")
        .contains("garrison");
    assertThat(shared.resolve("inside/made")).doesNotExist();
    assertThat(exec("", "--", "ls", shared + "/inside").out()).isEqualTo("made\n");
  }

  @Test
  void inputIsPassedOnToItsEnd() {
    String input = "a line\n".repeat(100_000);
    assertThat(exec(input, "-i", "--", "wc", "-c").out()).isEqualTo("700000\n");
    assertThat(exec("not read\n", "-i", "--", "echo", "done").out()).isEqualTo("done\n");
    assertThat(exec("not given\n", "--", "cat").out()).isEmpty();
  }

  @Test
  void muchOutputComesWhole() {
    String out = exec("", "--", "seq", "1", "300000").out();
    assertThat(out).hasSize(1_988_895).endsWith("\n300000\n");
  }

  @Test
  void terminalHasTheSizeOfTheUsers() throws Exception {
    assertThat(
            inTerminal(
                "stty rows 31 cols 91",
                "exec",
                "-it",
                "ds/box",
                "-c",
                "main",
                "--",
                "sh",
                "-c",
                // The size comes right after the start, not with it.
                "until [ \"$(stty size)\" = '31 91' ]; do sleep 0.1; done; tty; echo $TERM; exit 3"))
        .containsPattern("/dev/pts/\\d+\r\nxterm\r\n")
        .endsWith("exit 3");
  }

  @Test
  void terminalFollowsTheUsers() throws Exception {
    Path ready = shared.resolve("ready");
    assertThat(
            inTerminal(
                "(until test -e %s; do sleep 0.1; done; stty rows 40 cols 100 < /dev/tty) &"
                    .formatted(ready),
                "exec",
                "-it",
                "ds/box",
                "-c",
                "main",
                "--",
                "sh",
                "-c",
                "trap 'stty size; exit' WINCH; touch %s; while :; do sleep 0.1; done"
                    .formatted(ready)))
        .contains("40 100\r\n")
        .endsWith("exit 0");
  }

  @Test
  void whatCannotBeRunIsSaid() {
    Kubectl.Result missing = exec("", "--", "no-such-command");
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err())
        .isEqualTo(
            "error: Internal error occurred: no-such-command: the command cannot be started: No"
                + " such file or directory\n");
    assertThat(kubectl.tryRun("", "exec", "ds/box", "-c", "zz", "--", "ls").err())
        .contains("container zz is not valid for pod box-");
  }

  @Test
  void commandGoesWithItsClient() throws Exception {
    Path pid = shared.resolve("pid");
    List<String> line = new ArrayList<>(kubectl.line());
    line.addAll(List.of("exec", "ds/box", "-c", "main", "--", "sh", "-c"));
    line.add("echo $$ > %s.tmp; mv %s.tmp %s; exec sleep 1000".formatted(pid, pid, pid));
    Process client = new ProcessBuilder(line).start();
    await().atMost(PATIENCE).until(() -> Files.exists(pid));
    ProcessHandle command =
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
    client.destroyForcibly();
    await().atMost(PATIENCE).until(() -> !command.isAlive());
  }

  @Test
  void debuggingProcessIsAddedToAPod() throws Exception {
    String pod = kubectl.run("get", "pods", "-o", "jsonpath={.items[0].metadata.name}");
    try (UserTerminal user =
        UserTerminal.start(
            folder,
            kubectl,
            "",
            "debug",
            "-it",
            pod,
            "--image=host/sh",
            "--target=main",
            "--container=debugger",
            "--",
            "/bin/sh",
            "-c",
            "read line; echo heard $line; exit 3")) {
      await().atMost(PATIENCE).until(() -> user.seen().contains("command prompt"));
      user.type("it\n");
      await().atMost(PATIENCE).until(() -> user.seen().contains("heard it"));
      user.awaitEnd();
    }
    kubectl.await(
        "3",
        "get",
        "pod",
        pod,
        "-o",
        "jsonpath={.status.ephemeralContainerStatuses[0].state.terminated.exitCode}");
    assertThat(kubectl.run("logs", pod, "-c", "debugger")).contains("heard it");
  }

  @Test
  void filesAndFoldersAreCopiedBothWays() throws IOException {
    String pod = kubectl.run("get", "pods", "-o", "jsonpath={.items[0].metadata.name}");
    byte[] content = new byte[3_000_000];
    new Random(1).nextBytes(content);
    Path from = Files.createDirectories(folder.resolve("from/sub"));
    Files.write(from.resolve("big"), content);
    Path target = folder.resolve("copied");

    kubectl.run("cp", from.getParent().toString(), pod + ":" + target, "-c", "main");
    assertThat(target.resolve("sub/big")).hasBinaryContent(content);

    Path back = folder.resolve("back");
    kubectl.run("cp", pod + ":" + target.resolve("sub/big"), back.toString(), "-c", "main");
    assertThat(back).hasBinaryContent(content);
  }

  @Test
  void attachedClientSeesWhatTheProgramPrints() throws Exception {
    List<String> line = new ArrayList<>(kubectl.line());
    line.addAll(List.of("attach", "ds/box", "-c", "ticks"));
    Path out = folder.resolve("attached");
    Process client =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      await().atMost(PATIENCE).until(() -> Files.readString(out).contains("tick\ntock\n"));
    } finally {
      client.destroyForcibly();
    }
  }

  @Test
  void attachedInputReachesTheProgramAndItsOutputComesBack() throws Exception {
    List<String> line = new ArrayList<>(kubectl.line());
    line.addAll(List.of("attach", "-i", "ds/box", "-c", "echo"));
    Path out = folder.resolve("attached");
    Process client =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      client.getOutputStream().write("one\n".getBytes(StandardCharsets.UTF_8));
      client.getOutputStream().flush();
      await().atMost(PATIENCE).until(() -> Files.readString(out).contains("heard one\n"));
      client.getOutputStream().write("two\n".getBytes(StandardCharsets.UTF_8));
      client.getOutputStream().flush();
      await().atMost(PATIENCE).until(() -> Files.readString(out).contains("heard two\n"));
    } finally {
      client.destroyForcibly();
    }
    assertThat(kubectl.run("logs", "ds/box", "-c", "echo")).contains("heard one\nheard two\n");
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
    kubectl.await(
        "4",
        "get",
        "pods",
        "-o",
        "jsonpath={.items[0].status.containerStatuses[?(@.name==\"terminal\")]"
            + ".lastState.terminated.exitCode}");
  }
}
