package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the whole program at random moments of a roll-out. The daemons tell on it:
 * each notes its own start, and holds a lock of its node as long as it runs.
 */
class KilledServerTest {
  private static final int ROUNDS = 20;
  private static final int NODES = 3;
  private static final long LATEST_MILLIS = 1_500;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String DAEMON_SET =
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: held, namespace: default}
      spec:
        selector: {matchLabels: {app: held}}
        template:
          metadata: {labels: {app: held}}
          spec:
            runtimeClassName: process
            automountServiceAccountToken: false
            containers:
              - name: c
                image: host/sh
                command: [/bin/sh, -c]
                args:
                  - |
                    exec 9>>/proof/$NODE.lock
                    flock -n 9 || { echo "$POD" >> /proof/second-on-a-node; exit 1; }
                    echo "$POD $$$$" >> /proof/started
                    exec sleep 86400
                env:
                  - {name: ROUND, value: "0"}
                  - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
                  - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                volumeMounts: [{name: proof, mountPath: /proof}]
            volumes:
              - {name: proof, hostPath: {path: PROOF}}
      """;

  @TempDir Path folder;
  private Path proof;

  /** A daemon's process, as it noted itself. */
  private record Started(String pod, long process) {
    boolean running() {
      return ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false);
    }

    /** For a test that failed: the daemons outlive the program. */
    void end() {
      ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void nothingIsLostStartedTwiceOrDoubledOnANode() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    proof = Files.createDirectory(folder.resolve("proof"));
    Garrison garrison = start();
    try (ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor()) {
      kubectl(garrison).runWith(DAEMON_SET.replace("PROOF", proof.toString()), "apply", "-f", "-");
      kubectl(garrison).run("create", "configmap", "counter", "--from-literal=n=0");
      rolledOut(garrison);
      for (int round = 1; round <= ROUNDS; round++) {
        String where = "round " + round + " of seed " + seed;
        Kubectl kubectl = kubectl(garrison);
        int before = counter(kubectl);
        kubectl.run("set", "env", "ds/held", "ROUND=" + round);
        Garrison doomed = garrison;
        ScheduledFuture<?> killed =
            killer.schedule(
                () -> {
                  doomed.kill();
                  return null;
                },
                random.nextLong(LATEST_MILLIS),
                TimeUnit.MILLISECONDS);
        int acknowledged = writeUntilTheEnd(kubectl, before);
        killed.get();
        List<Started> alive = started().stream().filter(Started::running).toList();
        assertThat(alive).as(where).hasSizeGreaterThanOrEqualTo(NODES - 1);

        garrison = start();
        kubectl = kubectl(garrison);
        assertThat(counter(kubectl)).as(where).isBetween(acknowledged, acknowledged + 1);
        assertThat(
                kubectl.run(
                    "get",
                    "ds",
                    "held",
                    "-o",
                    "jsonpath={.spec.template.spec.containers[0].env[?(@.name==\"ROUND\")].value}"))
            .as(where)
            .isEqualTo(String.valueOf(round));
        noDoubles(where);
      }
      rolledOut(garrison);
      noDoubles("at the end of seed " + seed);
      assertThat(started().stream().filter(Started::running).map(Started::pod).sorted().toList())
          .containsExactlyElementsOf(pods(garrison));
      kubectl(garrison).run("delete", "ds", "held", "--cascade=foreground");
      await().atMost(PATIENCE).until(() -> started().stream().noneMatch(Started::running));
    } finally {
      garrison.close();
      started().forEach(Started::end);
    }
  }

  private Garrison start() {
    return Garrison.start(folder, "up", "--nodes", String.valueOf(NODES));
  }

  private static Kubectl kubectl(Garrison garrison) {
    return Kubectl.against(garrison);
  }

  private static int counter(Kubectl kubectl) {
    return Integer.parseInt(kubectl.run("get", "configmap", "counter", "-o", "jsonpath={.data.n}"));
  }

  /** Counts the configmap up until the server is gone; the last count that it acknowledged. */
  private static int writeUntilTheEnd(Kubectl kubectl, int from) {
    int count = from;
    while (counted(kubectl, count + 1)) {
      count++;
    }
    return count;
  }

  private static boolean counted(Kubectl kubectl, int count) {
    String patch = "{\"data\":{\"n\":\"" + count + "\"}}";
    return kubectl.tryRun("", "patch", "configmap", "counter", "-p", patch).code() == 0;
  }

  private void noDoubles(String where) throws IOException {
    assertThat(proof.resolve("second-on-a-node")).as(where).doesNotExist();
    assertThat(
            started().stream()
                .collect(Collectors.groupingBy(Started::pod, Collectors.counting()))
                .values())
        .as(where)
        .allMatch(starts -> starts == 1);
  }

  private List<Started> started() throws IOException {
    return Files.readAllLines(proof.resolve("started")).stream()
        .map(line -> line.split(" "))
        .map(parts -> new Started(parts[0], Long.parseLong(parts[1])))
        .toList();
  }

  private static List<String> pods(Garrison garrison) {
    return kubectl(garrison)
        .run(
            "get",
            "pods",
            "-l",
            "app=held",
            "--sort-by=.metadata.name",
            "-o",
            "jsonpath={.items[*].metadata.name}")
        .lines()
        .flatMap(line -> List.of(line.split(" ")).stream())
        .toList();
  }

  private static void rolledOut(Garrison garrison) {
    assertThat(kubectl(garrison).run("rollout", "status", "ds/held", "--timeout=60s"))
        .endsWith("successfully rolled out\n");
  }
}
