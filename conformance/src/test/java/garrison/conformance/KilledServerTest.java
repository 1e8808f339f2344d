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
                    SCRIPT
                env:
                  - {name: ROUND, value: "0"}
                  - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
                  - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                  - {name: POD_UID, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
                volumeMounts: [{name: proof, mountPath: /proof}]
            volumes:
              - {name: proof, hostPath: {path: PROOF}}
      """;

  @TempDir Path folder;
  private Daemons daemons;

  @Test
  void nothingIsLostStartedTwiceOrDoubledOnANode() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path proof = Files.createDirectory(folder.resolve("proof"));
    daemons = new Daemons(proof);
    Garrison garrison = start();
    try (ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor()) {
      String manifest =
          DAEMON_SET
              .replace("PROOF", proof.toString())
              // A lock for each node: all of them are on this machine.
              .replace("SCRIPT", Daemons.script("$NODE").strip().indent(14).strip());
      kubectl(garrison).runWith(manifest, "apply", "-f", "-");
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
        assertThat(daemons.running()).as(where).hasSizeGreaterThanOrEqualTo(NODES - 1);

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
      assertThat(daemons.running().stream().map(Daemons.Daemon::pod).sorted().toList())
          .containsExactlyElementsOf(pods(garrison));
      kubectl(garrison).run("delete", "ds", "held", "--cascade=foreground");
      await().atMost(PATIENCE).until(() -> daemons.running().isEmpty());
    } finally {
      garrison.close();
      for (Daemons.Daemon daemon : daemons.started()) {
        daemon.end();
      }
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
    assertThat(daemons.secondOnTheNode()).as(where).isEmpty();
    assertThat(
            daemons.started().stream()
                .collect(Collectors.groupingBy(Daemons.Daemon::pod, Collectors.counting()))
                .values())
        .as(where)
        .allMatch(starts -> starts == 1);
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
