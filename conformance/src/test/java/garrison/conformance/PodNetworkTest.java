package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node without a pod network: daemons of the node's network run, others wait and say why, until a
 * CNI daemon brings the network.
 */
class PodNetworkTest {
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
    garrison = containerd.up(folder);
    kubectl = Kubectl.against(garrison);
  }

  @AfterAll
  static void stop() {
    try (Machine last = machine;
        Containerd third = containerd;
        Garrison second = garrison) {
      if (kubectl != null) {
        kubectl.run("delete", "ds", "--all", "--all-namespaces", "--cascade=foreground");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(containerd.containers()).isEmpty());
      }
    }
  }

  @Test
  void podsWaitForTheNetworkThatAPrivilegedDaemonBrings() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(kubectl.run("get", "nodes", "-o", "jsonpath={.items[0].status}"))
                    .contains(
                        "container runtime network not ready: NetworkReady=false"
                            + " reason:NetworkPluginNotReady"));
    kubectl.runWith(
        daemonSet(
            "waiting",
            "",
            "name: c\n          image: localhost/busybox:1\n          command: [sleep, \"86400\"]"),
        "apply",
        "-f",
        "-");
    kubectl.runWith(
        daemonSet(
            "security",
            "hostPID: true\n      hostNetwork: true",
            """
            name: c
                      image: localhost/busybox:1
                      securityContext: {privileged: true}
                      command: [sh, -c, "for p in /proc/[0-9]*; do echo ${p#/proc/}; done; echo all; ls /dev | grep -c .; exec sleep 86400"]\
            """),
        "apply",
        "-f",
        "-");
    running("security");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(kubectl.run("logs", "ds/security").lines())
                    .contains("1", "all", String.valueOf(ProcessHandle.current().pid())));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(kubectl.run("get", "events", "-o", "jsonpath={.items[*].message}"))
                    .contains(
                        "network is not ready: container runtime network not ready:"
                            + " NetworkReady=false reason:NetworkPluginNotReady"));
    assertThat(kubectl.run("get", "pods", "-l", "app=waiting")).contains(" ContainerCreating ");

    kubectl.runWith(
        daemonSet(
                "network",
                "hostNetwork: true\n      hostPID: true",
                """
                name: c
                          image: localhost/network:1
                          securityContext: {privileged: true}
                          command: [sh, -c, "echo up; exec sleep 86400"]\
                """)
            .replace(
                "      containers:",
                """
                      volumes:
                        - {name: plugins, hostPath: {path: PLUGINS, type: DirectoryOrCreate}}
                        - {name: networks, hostPath: {path: NETWORKS, type: Directory}}
                      initContainers:
                        - name: plugins
                          image: localhost/network:1
                          command: [sh, -c, "cp /plugins/* /host/plugins/"]
                          volumeMounts: [{name: plugins, mountPath: /host/plugins}]
                        - name: network
                          image: localhost/network:1
                          command: [sh, -c, "cat > /host/networks/.new; mv /host/networks/.new /host/networks/10-pods.conflist"]
                          env: [{name: NETWORK, value: 'NETWORK'}]
                          volumeMounts: [{name: networks, mountPath: /host/networks}]
                      containers:\
                """)
            .replace("cat > /host/networks/.new", "echo \\\"$NETWORK\\\" > /host/networks/.new")
            .replace("PLUGINS", containerd.plugins().toString())
            .replace("NETWORKS", containerd.networks().toString())
            .replace("'NETWORK'", "'" + containerd.network().replace("\n", " ").strip() + "'"),
        "apply",
        "-f",
        "-");
    running("network");
    running("waiting");
    assertThat(
            kubectl.run(
                "get", "pods", "-l", "app=waiting", "-o", "jsonpath={.items[0].status.podIP}"))
        .startsWith("10.88.77.");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(kubectl.run("get", "nodes")).contains(" Ready "));
  }

  private static String daemonSet(String name, String podLines, String container) {
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
              terminationGracePeriodSeconds: 1
              tolerations: [{operator: Exists}]
              POD
              containers:
                - CONTAINER
        """
        .replace("NAME", name)
        .replace("POD", podLines)
        .replace("CONTAINER", container);
  }

  private static void running(String name) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        kubectl.run("get", "ds", name, "-o", "jsonpath={.status.numberAvailable}"))
                    .isEqualTo("1"));
  }
}
