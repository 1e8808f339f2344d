package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine on which the agent is up before the container runtime, as after a boot. */
class RuntimeArrivesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: contained}
      spec:
        nodeName: NODE
        hostNetwork: true
        terminationGracePeriodSeconds: 1
        containers:
          - {name: c, image: "localhost/busybox:1", command: [sleep, "86400"]}
      """;

  private static final String PROCESS =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: process}
      spec:
        nodeName: NODE
        hostNetwork: true
        runtimeClassName: process
        terminationGracePeriodSeconds: 1
        containers:
          - {name: c, image: host/sh, command: [/bin/sh, -c, "echo before; exec sleep 86400"]}
      """;

  @TempDir static Path folder;

  @Test
  void aPodWaitsForItAndRunsOnceItIsThereAndIsNotForgottenWhileItIsAway() throws Exception {
    Garrison garrison = null;
    try (Machine machine = Machine.start(folder)) {
      garrison = Garrison.on(machine, folder, "up", "--nodes", "1");
      Kubectl kubectl = Kubectl.against(garrison);
      String node = kubectl.run("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}").strip();
      kubectl.runWith(POD.replace("NODE", node), "apply", "-f", "-");
      kubectl.runWith(PROCESS.replace("NODE", node), "apply", "-f", "-");
      kubectl.run("wait", "--for=condition=Ready", "pod/process", "--timeout=60s");
      await().atMost(PATIENCE).until(() -> waiting(kubectl).equals("NoContainerRuntime"));

      try (Containerd containerd = Containerd.start(machine, folder.resolve("c"))) {
        containerd.connect();
        machine.run("mkdir", "-p", "/run/containerd");
        machine.run("ln", "-s", containerd.socket().toString(), "/run/containerd/containerd.sock");

        kubectl.run("wait", "--for=condition=Ready", "pod/contained", "--timeout=60s");
        assertThat(runtime(kubectl)).startsWith("containerd://");
        await().atMost(PATIENCE).until(() -> ready(kubectl).startsWith("True"));
        assertThat(kubectl.run("get", "pod", "process", "-o", "jsonpath={..restartCount}"))
            .isEqualTo("0");
        assertThat(kubectl.run("logs", "process")).isEqualTo("before\n");

        machine.run("rm", "/run/containerd/containerd.sock");
        containerd.kill();
        garrison.kill();
        garrison = garrison.again();
        garrison.awaitReady();
        await().atMost(PATIENCE).until(() -> ready(kubectl).startsWith("False"));
        assertThat(ready(kubectl)).contains("container runtime");
        assertThat(waiting(kubectl)).isEmpty();

        containerd.start();
        machine.run("ln", "-s", containerd.socket().toString(), "/run/containerd/containerd.sock");
        await().atMost(PATIENCE).until(() -> ready(kubectl).startsWith("True"));
        assertThat(kubectl.run("get", "pod", "contained", "-o", "jsonpath={..restartCount}"))
            .isEqualTo("0");
        kubectl.run("delete", "pod", "contained", "process", "--timeout=60s");
      }
    } finally {
      if (garrison != null) {
        garrison.close();
      }
    }
  }

  private static String waiting(Kubectl kubectl) {
    return kubectl.run("get", "pod", "contained", "-o", "jsonpath={..waiting.reason}");
  }

  private static String runtime(Kubectl kubectl) {
    return kubectl.run(
        "get", "nodes", "-o", "jsonpath={.items[0].status.nodeInfo.containerRuntimeVersion}");
  }

  private static String ready(Kubectl kubectl) {
    return kubectl.run(
        "get",
        "nodes",
        "-o",
        "jsonpath={range .items[0].status.conditions[?(@.type=='Ready')]}{.status} {.message}{end}");
  }
}
