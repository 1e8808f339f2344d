package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the agent, of containerd and of the API server, each and together, at random
 * moments of a roll-out of real containers. They tell on it: each notes its own start, and holds a
 * lock of the node as long as it runs. {@code GARRISON_ROUNDS} says how often (7).
 */
class KilledNodeTest {
  private static final int AGENT = 1;
  private static final int RUNTIME = 2;
  private static final int SERVER = 4;
  private static final int EACH_AND_TOGETHER = 7;
  private static final long LATEST_MILLIS = 2_000;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

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
            hostNetwork: true
            automountServiceAccountToken: false
            terminationGracePeriodSeconds: 2
            tolerations: [{operator: Exists}]
            containers:
              - name: c
                image: localhost/busybox:1
                imagePullPolicy: IfNotPresent
                command: [sh, -c]
                args:
                  - |
                    exec 9>>/proof/lock
                    flock -n 9 || { echo "$POD_UID" >> /proof/second-on-a-node; exit 1; }
                    echo "$POD_UID" >> /proof/started
                    exec sleep 86400
                env:
                  - {name: ROUND, value: "0"}
                  - {name: POD_UID, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
                volumeMounts:
                  - {name: proof, mountPath: /proof}
                  - {name: memory, mountPath: /memory}
            volumes:
              - {name: proof, hostPath: {path: PROOF}}
              - {name: memory, emptyDir: {medium: Memory}}
      """;

  @TempDir Path folder;
  private Path proof;
  private Machine machine;
  private Containerd containerd;
  private Garrison server;
  private Garrison agent;

  @Test
  void containersGoOnNothingIsStartedTwiceAndNothingIsLeftBehind() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    proof = Files.createDirectory(folder.resolve("proof"));
    machine = Machine.start(folder);
    try (Machine last = machine;
        Containerd runtime = Containerd.start(machine, folder.resolve("c"))) {
      containerd = runtime;
      try {
        startServer();
        startAgent();
        kubectl().runWith(DAEMON_SET.replace("PROOF", proof.toString()), "apply", "-f", "-");
        settled("0");
        for (int round = 1; round <= rounds(); round++) {
          String where = "round " + round + " of seed " + seed;
          kubectl().run("set", "env", "ds/held", "ROUND=" + round);
          Thread.sleep(random.nextLong(LATEST_MILLIS)); // when it hits is what is tried out
          killAndStart(1 + (round - 1) % EACH_AND_TOGETHER);
          noDoubles(where);
          if (random.nextBoolean()) { // else the next roll-out meets this one
            settled(String.valueOf(round));
          }
        }
        settled(String.valueOf(rounds()));
        noDoubles("at the end of seed " + seed);
        nothingIsLeftBehind();
      } finally {
        for (Garrison part : new Garrison[] {agent, server}) {
          if (part != null) {
            part.close();
          }
        }
      }
    }
  }

  private static int rounds() {
    String told = System.getenv("GARRISON_ROUNDS");
    return told == null ? EACH_AND_TOGETHER : Integer.parseInt(told);
  }

  private void startServer() {
    server = Garrison.on(machine, folder, "server", "--port", "16443");
  }

  private void startAgent() throws Exception {
    agent = server.agent(folder, "node-1", "--runtime-endpoint", containerd.endpoint());
  }

  private Kubectl kubectl() {
    return Kubectl.against(server);
  }

  private void killAndStart(int which) throws Exception {
    if ((which & AGENT) != 0) {
      agent.kill();
    }
    if ((which & RUNTIME) != 0) {
      containerd.kill();
    }
    if ((which & SERVER) != 0) {
      server.kill();
    }
    if ((which & SERVER) != 0) {
      startServer();
    }
    if ((which & RUNTIME) != 0) {
      containerd.start();
    }
    if ((which & AGENT) != 0) {
      startAgent();
    }
  }

  /** The pod of that round runs, alone, and its container is the first that it has had. */
  private void settled(String round) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        kubectl()
                            .run(
                                "get",
                                "pods",
                                "-l",
                                "app=held",
                                "-o",
                                "jsonpath={range .items[*]}{.spec.containers[0].env[0].value}"
                                    + " {.status.phase}"
                                    + " {.status.containerStatuses[0].restartCount}"
                                    + " {.status.containerStatuses[0].ready};{end}"))
                    .isEqualTo(round + " Running 0 true;"));
  }

  private void noDoubles(String where) throws IOException {
    Path second = proof.resolve("second-on-a-node");
    assertThat(Files.exists(second) ? Files.readString(second) : "")
        .as("%s, after %s", where, Files.readAllLines(proof.resolve("started")))
        .isEmpty();
    assertThat(
            Files.readAllLines(proof.resolve("started")).stream()
                .collect(Collectors.groupingBy(pod -> pod, Collectors.counting()))
                .values())
        .as(where)
        .allMatch(starts -> starts == 1);
  }

  private void nothingIsLeftBehind() {
    String uid =
        kubectl().run("get", "pods", "-l", "app=held", "-o", "jsonpath={.items[0].metadata.uid}");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(containerd.containers()).hasSize(2); // the pod's frame, and its container
              assertThat(mounts()).allMatch(mount -> mount.contains(uid)).hasSize(1);
              assertThat(podCgroups()).allMatch(name -> name.contains(uid));
            });
    kubectl().run("delete", "ds", "held", "--cascade=foreground");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(containerd.containers()).isEmpty();
              assertThat(mounts()).isEmpty();
              assertThat(podCgroups()).isEmpty();
              assertThat(folder.resolve("node-1/pods")).isEmptyDirectory();
            });
  }

  /** Mounts of pods' volumes, as the machine sees them. */
  private List<String> mounts() {
    return machine
        .run("cat", "/proc/self/mounts")
        .lines()
        .filter(line -> line.contains("node-1/pods/"))
        .toList();
  }

  /** Cgroups of the pods of this machine: those of others have other runtimes' containers. */
  private List<String> podCgroups() throws IOException {
    Path root = Path.of("/sys/fs/cgroup");
    Path tree = Files.exists(root.resolve("cgroup.controllers")) ? root : root.resolve("memory");
    Path classOfPod = tree.resolve("kubepods/besteffort");
    if (!Files.exists(classOfPod)) {
      return List.of();
    }
    List<String> uids = Files.readAllLines(proof.resolve("started")).stream().distinct().toList();
    try (Stream<Path> pods = Files.list(classOfPod)) {
      return pods.filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .filter(name -> uids.contains(name.replaceFirst("^pod", "")))
          .toList();
    }
  }
}
