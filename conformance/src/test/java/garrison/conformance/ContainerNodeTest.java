package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with a real containerd: what real DaemonSets ask for, in real containers. */
class ContainerNodeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Until a node says that its runtime is down, and then some. */
  private static final Duration DOWN = Duration.ofSeconds(90);

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
    Files.writeString(machine.varLog().resolve("node.log"), "a line of the node's log\n");
    garrison = startGarrison();
    kubectl = Kubectl.against(garrison);
    kubectl.run("create", "namespace", "logging");
    awaitReady();
  }

  private static void awaitReady() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(kubectl.run("get", "nodes")).contains(" Ready "));
  }

  private static Garrison startGarrison() {
    return containerd.up(folder);
  }

  @AfterAll
  static void stop() {
    try (Machine last = machine;
        Containerd third = containerd;
        Garrison second = garrison) {
      if (kubectl != null) {
        kubectl.run("delete", "ds", "--all", "--all-namespaces", "--cascade=foreground");
        kubectl.run("delete", "pods", "--all", "--all-namespaces");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(containerd.containers()).isEmpty());
      }
    }
  }

  @Test
  void fluentdOfTheMissionReadsTheNodesLogsWithinItsLimitsAndIsRolledOut() throws IOException {
    Path manifest = SharedFiles.path("examples/fluentd.yaml");
    assumeTrue(Files.exists(manifest), "the examples are not beside the checkout");
    kubectl.run("apply", "-f", manifest.toString());
    rolledOut("logging", "fluentd");

    String pod = podOf("logging", "app=fluentd");
    awaitLog("logging", pod, "/var/log/node.log: a line of the node's log");
    String container = containerOf("logging", pod);
    Machine.Result write = containerd.exec(container, "sh", "-c", "echo x > /var/log/node.log");
    assertThat(write.code()).isNotZero();
    assertThat(write.output()).contains("Read-only file system");
    assertThat(Files.readString(machine.varLog().resolve("node.log")))
        .isEqualTo("a line of the node's log\n");

    assertThat(machine.varLog().resolve("containers"))
        .isDirectoryContaining(
            link ->
                link.getFileName()
                    .toString()
                    .equals(pod + "_logging_fluentd-" + container + ".log"));

    String group = "kubepods/burstable/pod" + uidOf("logging", pod) + "/" + container;
    assertThat(limit(group, "memory", "memory.limit_in_bytes", "memory.max"))
        .isEqualTo(String.valueOf(200L << 20));
    assertThat(limit(group, "cpu", "cpu.cfs_quota_us", "cpu.max")).startsWith("10000");
    assertThat(kubectl.run("-n", "logging", "get", "pod", pod, "-o", "jsonpath={.status.qosClass}"))
        .isEqualTo("Burstable");

    kubectl.run("-n", "logging", "set", "env", "ds/fluentd", "ROLL=1");
    rolledOut("logging", "fluentd");
    assertThat(podOf("logging", "app=fluentd")).isNotEqualTo(pod);
    await().atMost(PATIENCE).until(() -> !containerd.containers().contains(container));
    assertThat(cgroup("memory").resolve(group).getParent()).doesNotExist();
    try (Stream<Path> links = Files.list(machine.varLog().resolve("containers"))) {
      assertThat(links).noneMatch(link -> link.toString().contains(container));
    }
  }

  @Test
  void aRollingUpdateWaitsForTheEndOfThePodThatMakesUseOfItsGrace() throws IOException {
    Path steps = Files.createDirectory(folder.resolve("steps"));
    kubectl.runWith(
        daemonSet(
            "slow",
            "terminationGracePeriodSeconds: 20",
            "trap 'sleep 3; echo ended $RUN >> /steps/log; exit 0' TERM;"
                + " echo began $RUN >> /steps/log; while :; do sleep 0.1; done",
            "env: [{name: RUN, value: \"1\"}]",
            "volumeMounts: [{name: s, mountPath: /steps}]",
            "volumes: [{name: s, hostPath: {path: " + steps + "}}]"),
        "apply",
        "-f",
        "-");
    rolledOut("default", "slow");
    kubectl.run("set", "env", "ds/slow", "RUN=2");
    rolledOut("default", "slow");

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(Files.readAllLines(steps.resolve("log")))
                    .containsExactly("began 1", "ended 1", "began 2"));
  }

  @Test
  void aPodOfItsOwnNetworkHasItsNameItsAddressAndTheNodesResolver() {
    kubectl.runWith(
        pod(
            "net",
            "hostAliases: [{ip: 10.1.2.3, hostnames: [far.example]}]\n  hostname: harbour",
            "cat /etc/hosts /etc/hostname; echo uid $(id -u); echo resolver $(grep -c . /etc/resolv.conf);"
                + " echo ip $IP; sleep 86400",
            "env: [{name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]"),
        "apply",
        "-f",
        "-");
    running("net");

    String ip = kubectl.run("get", "pod", "net", "-o", "jsonpath={.status.podIP}");
    assertThat(ip).startsWith("10.88.77.");
    awaitLog("default", "net", "ip " + ip);
    assertThat(kubectl.run("logs", "net"))
        .contains("# Kubernetes-managed hosts file.", ip + "\tharbour", "10.1.2.3\tfar.example");
    assertThat(
            machine
                .tryRun(RealPart.of("busybox").toString(), "ping", "-c", "1", "-W", "2", ip)
                .code())
        .isZero();
  }

  @Test
  void aContainerThatFloodsItsLogIsHeldToAFewFilesOfTenMebibytes() {
    kubectl.runWith(
        pod("flood", "", "yes a line of a flood | head -c 15000000; sleep 86400"),
        "apply",
        "-f",
        "-");
    running("flood");

    Path logs =
        machine.varLog().resolve("pods/default_flood_" + uidOf("default", "flood")).resolve("c");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              try (Stream<Path> files = Files.list(logs)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                    .anyMatch(name -> name.matches("0\\.log\\.\\d{8}-\\d{6}"));
              }
              assertThat(Files.size(logs.resolve("0.log"))).isLessThan(10L << 20);
            });
    assertThat(
            containerd
                .exec(containerOf("default", "flood"), "sh", "-c", "echo on > /proc/1/fd/1")
                .code())
        .isZero();
    awaitLog("default", "flood", "on\n");
  }

  @Test
  void theNodeTellsItsRuntime() {
    assertThat(
            kubectl.run(
                "get",
                "nodes",
                "-o",
                "jsonpath={.items[0].status.nodeInfo.containerRuntimeVersion}"))
        .startsWith("containerd://");
  }

  @Test
  void aContainerThatMayNotRunAsRootIsHeldToTheUserOfItsImage() {
    for (String image : List.of("busybox", "nonroot", "named")) {
      kubectl.runWith(
          pod(image, "securityContext: {runAsNonRoot: true}", "sleep 86400")
              .replace("localhost/busybox:1", "localhost/" + image + ":1"),
          "apply",
          "-f",
          "-");
    }
    running("nonroot");
    awaitWaiting(
        "busybox",
        "CreateContainerConfigError",
        "container has runAsNonRoot and image will run as root (pod: \"busybox_default(");
    awaitWaiting(
        "named",
        "CreateContainerConfigError",
        "container has runAsNonRoot and image has non-numeric user (nobody), cannot verify user is"
            + " non-root");
  }

  @Test
  void anImageThatCannotBePulledIsWaitedForAndRunsOnceItIsThere() {
    kubectl.runWith(
        pod("late", "", "sleep 86400").replace("localhost/busybox:1", "127.0.0.1:1/late:1"),
        "apply",
        "-f",
        "-");
    awaitWaiting("late", "ImagePullBackOff", "Back-off pulling image \"127.0.0.1:1/late:1\"");
    assertThat(events("late"))
        .contains(
            "Pulling image \"127.0.0.1:1/late:1\"",
            "Failed to pull image \"127.0.0.1:1/late:1\": failed to pull and unpack image",
            "Error: ErrImagePull",
            "Error: ImagePullBackOff");
    containerd.load("busybox", "127.0.0.1:1/late:1");
    running("late");
    assertThat(events("late"))
        .contains("Container image \"127.0.0.1:1/late:1\" already present on machine");

    kubectl.runWith(
        pod("never", "", "sleep 1")
            .replace("localhost/busybox:1", "localhost/never:1")
            .replace("imagePullPolicy: IfNotPresent", "imagePullPolicy: Never"),
        "apply",
        "-f",
        "-");
    awaitWaiting(
        "never",
        "ErrImageNeverPull",
        "Container image \"localhost/never:1\" is not present with pull policy of Never");
  }

  @Test
  void howAContainerEndedIsTold() {
    kubectl.runWith(
        pod(
            "eater",
            "restartPolicy: Never",
            "x=x; while :; do x=$x$x; done",
            "resources: {limits: {memory: 16Mi}}"),
        "apply",
        "-f",
        "-");
    kubectl.runWith(
        pod("words", "restartPolicy: Never", "echo last words > /dev/termination-log; exit 7"),
        "apply",
        "-f",
        "-");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(terminated("eater")).isEqualTo("Failed 137 OOMKilled "));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(terminated("words")).isEqualTo("Failed 7 Error last words\n"));
  }

  @Test
  void containersOutliveTheAgentAndTheRuntimeAndNothingIsStartedTwice() throws Exception {
    kubectl.runWith(pod("steady", "", "echo began; sleep 86400"), "apply", "-f", "-");
    running("steady");
    String container = containerOf("default", "steady");

    containerd.kill();
    await()
        .atMost(DOWN)
        .untilAsserted(
            () ->
                assertThat(kubectl.run("get", "nodes", "-o", "jsonpath={.items[0].status}"))
                    .contains("container runtime is down"));
    garrison.kill();
    garrison = startGarrison();
    kubectl = Kubectl.against(garrison);
    containerd.start();

    awaitReady();
    running("steady");
    assertThat(containerOf("default", "steady")).isEqualTo(container);
    assertThat(
            kubectl.run(
                "get",
                "pod",
                "steady",
                "-o",
                "jsonpath={.status.containerStatuses[0].restartCount}"))
        .isEqualTo("0");
    assertThat(kubectl.run("logs", "steady")).isEqualTo("began\n");
  }

  private static String daemonSet(
      String name, String podLine, String script, String one, String two, String last) {
    return """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: NAME, namespace: default}
        spec:
          selector: {matchLabels: {app: NAME}}
          template:
            metadata: {labels: {app: NAME}}
            spec:
              automountServiceAccountToken: false
              POD
              LAST
              containers:
                - name: c
                  image: localhost/busybox:1
                  imagePullPolicy: IfNotPresent
                  command: [sh, -c, "SCRIPT"]
                  ONE
                  TWO
        """
        .replace("NAME", name)
        .replace("POD", podLine)
        .replace("LAST", last)
        .replace("SCRIPT", script)
        .replace("ONE", one)
        .replace("TWO", two);
  }

  private static String pod(String name, String podLine, String script, String... container) {
    return """
        apiVersion: v1
        kind: Pod
        metadata: {name: NAME, namespace: default}
        spec:
          automountServiceAccountToken: false
          terminationGracePeriodSeconds: 1
          nodeName: NODE
          POD
          containers:
            - name: c
              image: localhost/busybox:1
              imagePullPolicy: IfNotPresent
              command: [sh, -c, "SCRIPT"]
              CONTAINER
        """
        .replace("NAME", name)
        .replace("NODE", kubectl.run("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}"))
        .replace("POD", podLine)
        .replace("SCRIPT", script.replace("\"", "\\\""))
        .replace("CONTAINER", String.join("\n      ", container));
  }

  private static void rolledOut(String namespace, String name) {
    assertThat(kubectl.run("-n", namespace, "rollout", "status", "ds/" + name, "--timeout=55s"))
        .endsWith("successfully rolled out\n");
  }

  private static void running(String pod) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(kubectl.run("get", "pod", pod)).contains(" 1/1 ", " Running "));
  }

  private static void awaitLog(String namespace, String pod, String line) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(kubectl.run("-n", namespace, "logs", pod)).contains(line));
  }

  private static void awaitWaiting(String pod, String reason, String message) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        kubectl.run(
                            "get",
                            "pod",
                            pod,
                            "-o",
                            "jsonpath={.status.containerStatuses[0].state.waiting}"))
                    .contains("\"" + reason + "\"", message.replace("\"", "\\\"")));
  }

  private static String events(String pod) {
    return kubectl.run(
        "get",
        "events",
        "--field-selector=involvedObject.name=" + pod,
        "-o",
        "jsonpath={range .items[*]}{.message}{\"\\n\"}{end}");
  }

  private static String terminated(String pod) {
    String state = ".status.containerStatuses[0].state.terminated";
    return kubectl.run(
        "get",
        "pod",
        pod,
        "-o",
        "jsonpath={.status.phase} {"
            + state
            + ".exitCode} {"
            + state
            + ".reason} {"
            + state
            + ".message}");
  }

  private static String podOf(String namespace, String labels) {
    return kubectl.run(
        "-n", namespace, "get", "pods", "-l", labels, "-o", "jsonpath={.items[*].metadata.name}");
  }

  private static String uidOf(String namespace, String pod) {
    return kubectl.run("-n", namespace, "get", "pod", pod, "-o", "jsonpath={.metadata.uid}");
  }

  private static String containerOf(String namespace, String pod) {
    String id =
        kubectl.run(
            "-n",
            namespace,
            "get",
            "pod",
            pod,
            "-o",
            "jsonpath={.status.containerStatuses[0].containerID}");
    assertThat(id).startsWith("containerd://");
    return id.substring("containerd://".length());
  }

  private static Path cgroup(String controller) {
    Path root = Path.of("/sys/fs/cgroup");
    return Files.exists(root.resolve("cgroup.controllers")) ? root : root.resolve(controller);
  }

  private static String limit(String group, String controller, String legacy, String unified)
      throws IOException {
    Path directory = cgroup(controller).resolve(group);
    Path file = directory.resolve(legacy);
    return Files.readString(Files.exists(file) ? file : directory.resolve(unified)).strip();
  }
}
