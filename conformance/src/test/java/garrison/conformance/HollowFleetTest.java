package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A DaemonSet on twenty simulated nodes, driven by kubectl as on Kubernetes. */
class HollowFleetTest {
  private static final int NODES = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static Garrison garrison;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() {
    garrison = Garrison.start(folder, "up", "--no-agent", "--hollow", String.valueOf(NODES));
    kubectl = Kubectl.against(garrison);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                kubectl.run("get", "nodes").lines().filter(line -> line.contains(" Ready ")).count()
                    == NODES);
  }

  @AfterAll
  static void stop() {
    garrison.close();
  }

  private static void create(String name, String more) {
    kubectl.runWith(
        """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: NAME, namespace: default}
        spec:
          selector: {matchLabels: {app: NAME}}
          template:
            metadata: {labels: {app: NAME}}
            spec: {MOREcontainers: [{name: c, image: nginx}]}
        """
            .replace("NAME", name)
            .replace("MORE", more),
        "apply",
        "-f",
        "-");
  }

  private static long pods(String name) {
    return kubectl.run("get", "pods", "-l", "app=" + name, "-o", "name").lines().count();
  }

  private static void rolledOut(String name) {
    assertThat(kubectl.run("rollout", "status", "ds/" + name, "--timeout=60s"))
        .contains("successfully rolled out");
  }

  @Test
  void aDaemonSetRunsOnEveryNodeAndIsRolledOutAndBack() {
    create("everywhere", "");
    rolledOut("everywhere");
    assertThat(pods("everywhere")).isEqualTo(NODES);
    kubectl.run(
        "patch",
        "ds",
        "everywhere",
        "-p",
        "{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"maxUnavailable\":\"25%\"}}}}");
    kubectl.run("set", "env", "ds/everywhere", "A=b");
    rolledOut("everywhere");
    assertThat(kubectl.run("rollout", "history", "ds/everywhere"))
        .contains("1         <none>", "2         <none>");
    kubectl.run("rollout", "undo", "ds/everywhere");
    rolledOut("everywhere");
    assertThat(
            kubectl.run(
                "get",
                "ds",
                "everywhere",
                "-o",
                "jsonpath={.spec.template.spec.containers[0].env}"))
        .isEmpty();
    kubectl.run("rollout", "restart", "ds/everywhere");
    rolledOut("everywhere");
    kubectl.run("delete", "ds", "everywhere", "--timeout=30s");
    await().atMost(PATIENCE).until(() -> pods("everywhere") == 0);
  }

  @Test
  void orphanedPodsAreTakenUpAgain() {
    create("orphans", "");
    rolledOut("orphans");
    String before = kubectl.run("get", "pods", "-l", "app=orphans", "-o", "name");
    kubectl.run("delete", "ds", "orphans", "--cascade=orphan", "--timeout=30s");
    assertThat(kubectl.run("get", "pods", "-l", "app=orphans", "-o", "name")).isEqualTo(before);
    create("orphans", "");
    rolledOut("orphans");
    assertThat(kubectl.run("get", "pods", "-l", "app=orphans", "-o", "name")).isEqualTo(before);
    assertThat(
            kubectl.run(
                "get",
                "pods",
                "-l",
                "app=orphans",
                "-o",
                "jsonpath={.items[*].metadata.ownerReferences[0].kind}"))
        .contains("DaemonSet");
  }

  @Test
  void labelsTaintsAndCordonsDecideWhereItRuns() {
    create("chosen", "nodeSelector: {disk: ssd}, ");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                kubectl
                    .run("get", "ds", "chosen", "-o", "jsonpath={.status.observedGeneration}")
                    .equals("1"));
    assertThat(pods("chosen")).isZero();
    kubectl.run("label", "node", "hollow-0001", "disk=ssd");
    await().atMost(PATIENCE).until(() -> pods("chosen") == 1);
    kubectl.run("cordon", "hollow-0002");
    kubectl.run("label", "node", "hollow-0002", "disk=ssd");
    await().atMost(PATIENCE).until(() -> pods("chosen") == 2);
    kubectl.run("uncordon", "hollow-0002");
    kubectl.run("taint", "node", "hollow-0003", "gpu=true:NoSchedule");
    kubectl.run("label", "node", "hollow-0003", "hollow-0004", "disk=ssd");
    await().atMost(PATIENCE).until(() -> pods("chosen") == 3);
    kubectl.run("taint", "node", "hollow-0001", "gpu=true:NoExecute");
    await().atMost(PATIENCE).until(() -> pods("chosen") == 2);
    kubectl.run("label", "node", "hollow-0002", "disk-");
    await().atMost(PATIENCE).until(() -> pods("chosen") == 1);
    kubectl.run("taint", "node", "hollow-0001", "gpu-");
    kubectl.run("taint", "node", "hollow-0003", "gpu-");
    await().atMost(PATIENCE).until(() -> pods("chosen") == 3);
  }

  @Test
  void anImageThatDoesNotExistIsToldAsOnARealNode() {
    create("absent", "nodeName: hollow-0005, ");
    kubectl.run("set", "image", "ds/absent", "c=nginx:non-existent");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                kubectl.run("get", "pods", "-l", "app=absent").contains("ErrImagePull")
                    || kubectl.run("get", "pods", "-l", "app=absent").contains("ImagePullBackOff"));
  }

  @Test
  void describeNodeAndEventsReadAsOnKubernetes() {
    create("described", "");
    rolledOut("described");
    assertThat(kubectl.run("describe", "node", "hollow-0000"))
        .contains("Conditions:", "Allocatable:", "described-", "Ready ");
    assertThat(kubectl.run("describe", "ds", "described"))
        .contains("Pods Status:  20 Running / 0 Waiting / 0 Succeeded / 0 Failed")
        .contains("SuccessfulCreate")
        .contains("daemonset-controller");
    assertThat(kubectl.run("get", "events", "--field-selector", "involvedObject.name=described"))
        .contains("Created pod: described-");
  }

  @Test
  void controllerOfAKubernetesIsNotForAServerThatHasOne() throws InterruptedException {
    assertThat(Garrison.run(folder, "controller", "--kubeconfig", garrison.kubeconfig().toString()))
        .contains("is a Garrison server, which keeps its DaemonSets itself")
        .endsWith("exit 1\n");
  }
}
