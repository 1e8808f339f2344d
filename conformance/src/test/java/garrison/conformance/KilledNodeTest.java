package garrison.conformance;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.conformance.Daemons.Daemon;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the agent, of containerd and of the API server, each alone and all together,
 * at random moments of a roll-out that does not end, of containers and of processes. Beside them
 * run others that are not rolled out: nothing may happen to those.
 */
class KilledNodeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long LATEST_MILLIS = 4_000;
  private static final String NODE = "node-1";

  /** Every choice of victims is a number of three bits; none of them is no choice. */
  private static final int CHOICES = 7;

  /**
   * What containerd makes of a start that it was asked for by an agent that was killed meanwhile,
   * as it would with the kubelet: a container that never ran, which counts as one.
   */
  private static final Pattern CUT_OFF = Pattern.compile(" 1 StartError$");

  private static final List<String> ROLLED = List.of("rolled", "rolled-process");
  private static final List<String> KEPT = List.of("kept", "kept-process");

  private static final Pattern ROLLED_OUT = Pattern.compile("((\\d+) \\2 1 1;){2}");

  private static final String DAEMON_SET =
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: NAME, namespace: default, labels: {suite: killed}}
      spec:
        selector: {matchLabels: {app: NAME}}
        template:
          metadata: {labels: {app: NAME, suite: killed}}
          spec:
            RUNTIME
            terminationGracePeriodSeconds: 5
            containers:
              - name: c
                image: IMAGE
                imagePullPolicy: IfNotPresent
                command: [/bin/sh, -c]
                args:
                  - |
                    SCRIPT
                env:
                  - {name: STEP, value: "0"}
                  - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                  - {name: POD_UID, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
                volumeMounts:
                  - {name: proof, mountPath: /proof}
                  - {name: memory, mountPath: /memory}
            volumes:
              - {name: proof, hostPath: {path: PROOF}}
              - {name: memory, emptyDir: {medium: Memory}}
      """;

  @TempDir Path folder;

  private final Set<String> uids = new TreeSet<>();
  private final Map<String, Integer> startsWhenToldToRun = new HashMap<>();
  private final ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor();
  private Machine machine;
  private Containerd containerd;
  private Garrison server;
  private Garrison agent;
  private Kubectl kubectl;
  private Daemons daemons;

  /** What is killed, and started again. */
  private enum Part {
    AGENT,
    RUNTIME,
    SERVER
  }

  @Test
  void daemonsGoOnNothingIsDoubledAndNothingIsLeftInTenRounds() throws Exception {
    killedNode(10);
  }

  @Test
  @Tag("whole")
  void daemonsGoOnNothingIsDoubledAndNothingIsLeftInThirtyRounds() throws Exception {
    killedNode(30);
  }

  private void killedNode(int rounds) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path proof = Files.createDirectory(folder.resolve("proof"));
    daemons = new Daemons(proof);
    try (ScheduledExecutorService last = killer;
        Machine fourth = machine = Machine.start(folder);
        Containerd third = containerd = Containerd.start(machine, folder.resolve("c"))) {
      containerd.connect();
      try {
        startNode();
        for (String set : KEPT) {
          apply(set, proof);
        }
        for (String set : ROLLED) {
          apply(set, proof);
        }
        consistent("before the first round");
        List<Daemon> kept = runningOf(KEPT);
        for (int round = 1; round <= rounds; round++) {
          List<Part> victims = victims(round, random);
          String where = "round " + round + " of seed " + seed + ", which killed " + victims;
          killWhileRollingOut(round, victims, random.nextLong(LATEST_MILLIS));
          assertThat(runningOf(KEPT)).as(where).isEqualTo(kept);
          Collections.shuffle(victims, random);
          startAgain(victims);
          consistent(where);
          assertThat(runningOf(KEPT)).as(where).isEqualTo(kept);
        }
        kubectl.run("delete", "ds", "-l", "suite=killed", "--cascade=foreground");
        nothingIsLeft("at the end of seed " + seed);
      } finally {
        endWhatRuns();
      }
    }
  }

  private void startNode() throws Exception {
    server = Garrison.on(machine, folder, "server");
    kubectl = Kubectl.against(server);
    agent = server.agent(folder, NODE, "--runtime-endpoint", containerd.endpoint());
  }

  private void apply(String set, Path proof) {
    boolean process = set.endsWith("process");
    kubectl.runWith(
        DAEMON_SET
            .replace("NAME", set)
            .replace("RUNTIME", process ? "runtimeClassName: process" : "hostPID: true")
            .replace("IMAGE", process ? "host/sh" : "localhost/busybox:1")
            .replace("SCRIPT", Daemons.script(set).strip().indent(14).strip())
            .replace("PROOF", proof.toString()),
        "apply",
        "-f",
        "-");
  }

  /** In random order; any seven rounds have every choice. */
  private static List<Part> victims(int round, Random random) {
    int choice = 1 + round % CHOICES;
    List<Part> victims =
        new ArrayList<>(
            IntStream.range(0, Part.values().length)
                .filter(part -> (choice >> part & 1) != 0)
                .mapToObj(part -> Part.values()[part])
                .toList());
    Collections.shuffle(victims, random);
    return victims;
  }

  /** Each step of the roll-out begins when the last one is done, until they are dead. */
  private void killWhileRollingOut(int round, List<Part> victims, long millis) throws Exception {
    Future<?> killed =
        killer.schedule(
            () -> {
              for (Part victim : victims) {
                kill(victim);
              }
              return null;
            },
            millis,
            TimeUnit.MILLISECONDS);
    for (int step = 0; !killed.isDone(); step++) {
      List<String> line = new ArrayList<>(List.of("set", "env"));
      ROLLED.forEach(set -> line.add("ds/" + set));
      line.add("STEP=" + round + "." + step);
      kubectl.tryRun("", line.toArray(String[]::new));
      await().atMost(PATIENCE).until(() -> killed.isDone() || isRolledOut());
    }
    killed.get();
    noteUids();
  }

  /** Asks once, where "rollout status" would ask a server that is gone until it is back. */
  private boolean isRolledOut() {
    List<String> line = new ArrayList<>(List.of("get", "ds"));
    line.addAll(ROLLED);
    line.add("-o");
    line.add(
        "jsonpath={range .items[*]}{.metadata.generation} {.status.observedGeneration}"
            + " {.status.updatedNumberScheduled} {.status.numberAvailable};{end}");
    String told = kubectl.tryRun("", line.toArray(String[]::new)).out();
    return ROLLED_OUT.matcher(told).matches();
  }

  private void kill(Part part) throws InterruptedException {
    switch (part) {
      case AGENT -> agent.kill();
      case RUNTIME -> containerd.kill();
      case SERVER -> server.kill();
    }
  }

  private void startAgain(List<Part> parts) throws IOException {
    for (Part part : parts) {
      switch (part) {
        case AGENT -> agent = agent.again();
        case RUNTIME -> containerd.start();
        case SERVER -> server = server.again();
      }
    }
    if (parts.contains(Part.SERVER)) {
      server.awaitReady();
    }
  }

  /** Of each pod that ever had a directory here, whether it came to run or not. */
  private void noteUids() throws IOException {
    try (DirectoryStream<Path> pods = Files.newDirectoryStream(folder.resolve(NODE + "/pods"))) {
      pods.forEach(pod -> uids.add(pod.getFileName().toString()));
    }
    daemons.started().forEach(daemon -> uids.add(daemon.uid()));
  }

  /** Roll-outs end; what the API tells is what runs; nothing was started twice or met another. */
  private void consistent(String where) throws IOException {
    for (String set : Stream.concat(KEPT.stream(), ROLLED.stream()).toList()) {
      Kubectl.Result status = kubectl.tryRun("", "rollout", "status", "ds/" + set, "--timeout=55s");
      if (!status.out().endsWith("successfully rolled out\n")) {
        throw new AssertionError(where + ": " + status + "\n" + said());
      }
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(told())
                    .as(where)
                    .isEqualTo(
                        daemons.running().stream()
                            .map(daemon -> daemon.pod() + " " + daemon.uid() + " Running 0")
                            .collect(toSet()))
                    .hasSize(KEPT.size() + ROLLED.size()));
    noteUids();
    assertThat(daemons.secondOnTheNode()).as(where).isEmpty();
    noteThoseThatAreToldToRun();
    startsOfPods()
        .forEach(
            (pod, starts) ->
                assertThat(starts)
                    .as("starts of %s, %s", pod, where)
                    .isLessThanOrEqualTo(mayBeCutOff(pod) ? 2 : 1)
                    .isEqualTo(startsWhenToldToRun.getOrDefault(pod, starts)));
  }

  /**
   * A container whose start was under way: a containerd that was killed ends it when it is back,
   * and the agent starts one that runs on. Never two at once, and never after the API told of it.
   */
  private static boolean mayBeCutOff(String pod) {
    return pod.startsWith("rolled") && !pod.startsWith("rolled-process");
  }

  private Map<String, Integer> startsOfPods() throws IOException {
    return daemons.started().stream().collect(toMap(Daemon::pod, daemon -> 1, Integer::sum));
  }

  /** When all is rolled out: from then on nothing starts in these pods. */
  private void noteThoseThatAreToldToRun() throws IOException {
    Map<String, Integer> starts = startsOfPods();
    for (Daemon daemon : daemons.running()) {
      startsWhenToldToRun.putIfAbsent(daemon.pod(), starts.getOrDefault(daemon.pod(), 0));
    }
  }

  private String said() {
    return kubectl.tryRun("", "get", "pods,ds,events", "-o", "wide").out() + agent.output();
  }

  /** Each pod as the API tells it, with restarts of whatever ran in it. */
  private Set<String> told() {
    return kubectl
        .run(
            "get",
            "pods",
            "-l",
            "suite=killed",
            "-o",
            "jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {.status.phase}"
                + " {.status.containerStatuses[0].restartCount}"
                + " {.status.containerStatuses[0].lastState.terminated.reason}{\"\\n\"}{end}")
        .lines()
        .map(line -> CUT_OFF.matcher(line).replaceFirst(" 0 "))
        .map(String::strip)
        .collect(toSet());
  }

  private List<Daemon> runningOf(List<String> sets) throws IOException {
    return daemons.running().stream().filter(daemon -> sets.contains(daemon.set())).toList();
  }

  private void nothingIsLeft(String where) {
    Leftovers leftovers = new Leftovers(folder, machine, containerd, folder.resolve(NODE));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(leftovers.of(uids)).as(where).isEmpty();
              assertThat(daemons.running()).as(where).isEmpty();
            });
  }

  private void endWhatRuns() throws IOException {
    for (Garrison part : new Garrison[] {agent, server}) {
      if (part != null) {
        part.close();
      }
    }
    daemons.running().forEach(Daemon::end);
  }
}
