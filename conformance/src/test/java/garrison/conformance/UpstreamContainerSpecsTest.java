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
 * A server and two agents whose pods are containers, under Kubernetes' own specs of DaemonSets, and
 * a client in a pod with a network of its own.
 */
class UpstreamContainerSpecsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ADDRESS = "10.99.0.1";
  private static final String AGNHOST = "registry.k8s.io/e2e-test-images/agnhost:";

  @TempDir static Path folder;
  private static Machine machine;
  private static Containerd containerd;
  private static Garrison server;
  private static Garrison first;
  private static Garrison second;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    RealPart.peers("e2e.test", "kubectl");
    machine = Machine.start(folder);
    machine.link(ADDRESS);
    containerd = Containerd.start(machine, folder.resolve("c"));
    containerd.connect();
    RealPart.upstreamImages();
    containerd.load("upstream-agnhost", AGNHOST + "2.66.1");
    containerd.load("upstream-agnhost", AGNHOST + "2.55");
    server = Garrison.on(machine, folder, "server", "--bind", ADDRESS);
    kubectl = Kubectl.against(server);
    first = agent("node-1");
    second = agent("node-2");
  }

  private static Garrison agent(String node) throws IOException, InterruptedException {
    return server.agent(
        folder,
        node,
        "--runtime-endpoint",
        containerd.endpoint(),
        "--manifests",
        folder.resolve("manifests-" + node).toString());
  }

  @AfterAll
  static void stop() {
    try (Machine fifth = machine;
        Containerd fourth = containerd;
        Garrison third = server;
        Garrison two = second;
        Garrison one = first) {
      if (second != null) {
        kubectl.run("delete", "ds", "--all", "--cascade=foreground");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(containerd.containers()).isEmpty());
      }
    }
  }

  @Test
  void kubernetesOwnSpecsOfDaemonSetsPassInContainersOfTwoNodes()
      throws IOException, InterruptedException {
    UpstreamDaemonSetSpecs.pass(server, folder);
  }

  @Test
  void clientInAPodOfThePodNetworkFindsTheServerByItsService() {
    kubectl.runWith(
        """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: client}
        spec:
          selector: {matchLabels: {app: client}}
          template:
            metadata: {labels: {app: client}}
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: c, image: IMAGE}]
        """
            .replace("IMAGE", AGNHOST + "2.66.1"),
        "apply",
        "-f",
        "-");
    kubectl.run("rollout", "status", "ds/client", "--timeout=60s");
    assertThat(
            kubectl.run(
                "exec",
                "ds/client",
                "--",
                "/bin/sh",
                "-c",
                """
                a=/var/run/secrets/kubernetes.io/serviceaccount
                curl -sS --cacert $a/ca.crt -H "Authorization: Bearer $(cat $a/token)" \
                  "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT_HTTPS/api/v1"
                """))
        .contains("\"APIResourceList\"", "\"pods\"");
  }
}
