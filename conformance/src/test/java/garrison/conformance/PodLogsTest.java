package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kubectl logs with all its options (spec: api-server 14.1, node-agent 3.9, 3.15). */
class PodLogsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static Garrison garrison;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() {
    garrison = Garrison.start(folder, "up", "--nodes", "1");
    kubectl = Kubectl.against(garrison);
    kubectl.runWith(
        """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: logs}
        spec:
          selector: {matchLabels: {app: logs}}
          template:
            metadata: {labels: {app: logs}}
            spec:
              runtimeClassName: process
              terminationGracePeriodSeconds: 1
              containers:
              - name: steady
                image: host/sh
                command: [/bin/sh, -c, "echo one; echo two >&2; echo three; exec sleep 1000"]
              - name: again
                image: host/sh
                command:
                - /bin/sh
                - -c
                - |
                  run=$(($(cat %1$s/count 2>/dev/null || echo 0) + 1)); echo $run > %1$s/count
                  echo run $run begins
                  until test -e %1$s/end-$run; do sleep 0.1; done
                  echo run $run ends; exit 1
              - {name: never, image: not/here}
        """
            .formatted(folder),
        "apply",
        "-f",
        "-");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(logs("steady").out().lines()).hasSize(3));
  }

  @AfterAll
  static void stop() {
    kubectl.run("delete", "ds", "--all", "--cascade=foreground");
    garrison.close();
  }

  private static Kubectl.Result logs(String container, String... options) {
    List<String> line = new ArrayList<>(List.of("logs", "ds/logs", "-c", container));
    line.addAll(List.of(options));
    return kubectl.tryRun("", line.toArray(String[]::new));
  }

  @Test
  void lastLinesAndFirstBytes() {
    List<String> all = logs("steady").out().lines().toList();
    assertThat(all).containsExactlyInAnyOrder("one", "two", "three");
    assertThat(logs("steady", "--tail=1").out()).isEqualTo(all.getLast() + "\n");
    assertThat(logs("steady", "--tail=0").out()).isEmpty();
    assertThat(logs("steady", "--tail=10").out().lines()).hasSize(3);
    assertThat(logs("steady", "--limit-bytes=5").out())
        .isEqualTo(logs("steady").out().substring(0, 5));
  }

  @Test
  void linesSinceATime() {
    List<String> stamped = logs("steady", "--timestamps").out().lines().toList();
    assertThat(stamped)
        .hasSize(3)
        .allMatch(
            line ->
                line.matches(
                    "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z (one|two|three)"));
    assertThat(logs("steady", "--since=1h").out().lines()).hasSize(3);
    // kubectl sends whole seconds.
    assertThat(logs("steady", "--since-time=" + stamped.getLast().split(" ")[0]).out())
        .endsWith(stamped.getLast().split(" ")[1] + "\n");
    assertThat(logs("steady", "--since-time=2100-01-01T00:00:00Z").out()).isEmpty();
    assertThat(logs("steady", "--since=1h", "--since-time=2100-01-01T00:00:00Z").code())
        .isNotZero();
  }

  @Test
  void followingEndsWithTheRunAndThePreviousRunIsKept() throws Exception {
    await().atMost(PATIENCE).until(() -> logs("again").out().equals("run 1 begins\n"));
    assertThat(logs("again", "--previous").err())
        .matches("(?s).*previous terminated container \"again\" in pod \"logs-\\w+\" not found\n");

    Path followed = folder.resolve("followed");
    List<String> line = new ArrayList<>(kubectl.line());
    line.addAll(List.of("logs", "-f", "ds/logs", "-c", "again"));
    Process follower =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(followed.toFile())
            .start();
    await().atMost(PATIENCE).until(() -> Files.readString(followed).contains("begins"));
    Files.createFile(folder.resolve("end-1"));
    assertThat(follower.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(followed)).isEqualTo("run 1 begins\nrun 1 ends\n");
    assertThat(follower.exitValue()).isZero();

    await().atMost(PATIENCE).until(() -> logs("again").out().equals("run 2 begins\n"));
    assertThat(logs("again", "--previous").out()).isEqualTo("run 1 begins\nrun 1 ends\n");
    assertThat(logs("again", "-p", "--tail=1").out()).isEqualTo("run 1 ends\n");
  }

  @Test
  void whyThereIsNoLogIsSaid() throws IOException {
    assertThat(logs("never").err())
        .matches(
            "(?s).*container \"never\" in pod \"logs-\\w+\" is waiting to start:"
                + " ErrImageNeverPull\n");
    assertThat(logs("never", "--previous").err())
        .matches("(?s).*previous terminated container \"never\" in pod \"logs-\\w+\" not found\n");
    assertThat(logs("zz").err()).contains("container zz is not valid for pod logs-");
    assertThat(kubectl.tryRun("", "logs", "ds/logs", "-c", "steady", "--tail=-2").code())
        .isNotZero();
  }
}
