package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cordon, drain, disruption budgets and preemption as people see them with kubectl (spec: daemonset
 * 9.2, 9.5, 9.7), on three simulated nodes.
 */
class KubectlDrainTest {
  private static final Duration PATIENCE = SmallFleet.PATIENCE;

  @TempDir static Path folder;
  private static SmallFleet fleet;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() {
    fleet = SmallFleet.start(folder);
    kubectl = fleet.kubectl();
  }

  @AfterAll
  static void stop() {
    fleet.close();
  }

  private static void pod(String namespace, String name, String app, String more) {
    kubectl.runWith(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: NAME, namespace: NAMESPACE, labels: {app: APP}}
        spec: {MORE, terminationGracePeriodSeconds: 1, containers: [{name: c, image: nginx}]}
        """
            .replace("NAMESPACE", namespace)
            .replace("NAME", name)
            .replace("APP", app)
            .replace("MORE", more),
        "apply",
        "-f",
        "-");
  }

  private static void ready(String namespace, String pod) {
    kubectl.run("wait", "--for=condition=Ready", "pod/" + pod, "-n", namespace, "--timeout=30s");
  }

  private static String budget(String namespace) {
    return kubectl.run(
        "get",
        "pdb",
        "pdb",
        "-n",
        namespace,
        "-o",
        "jsonpath={.status.currentHealthy}/{.status.desiredHealthy} of {.status.expectedPods},"
            + " {.status.disruptionsAllowed}");
  }

  @Test
  void drainLeavesDaemonPodsAloneAndWaitsForTheBudget() throws InterruptedException {
    String node = "hollow-0000";
    fleet.namespace("drained");
    fleet.daemonSet("drained", "logs", "", "0");
    fleet.rolledOut("drained", "logs");
    pod("drained", "web-1", "web", "nodeName: " + node);
    ready("drained", "web-1");
    kubectl.run("create", "pdb", "pdb", "-n", "drained", "--selector=app=web", "--min-available=1");
    await().atMost(PATIENCE).until(() -> budget("drained").equals("1/1 of 1, 0"));

    Kubectl.Result refused = kubectl.tryRun("", "drain", node, "--force", "--timeout=20s");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .contains("cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)")
        .contains("drained/logs-");
    assertThat(kubectl.run("get", "node", node)).contains("Ready,SchedulingDisabled");

    try (Kubectl.Background drain =
        kubectl.start("drain", node, "--force", "--ignore-daemonsets", "--timeout=120s")) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  drain
                      .errors()
                      .contains(
                          "error when evicting pods/\"web-1\" -n \"drained\" (will retry after 5s):"
                              + " Cannot evict pod as it would violate the pod's disruption"
                              + " budget."));
      assertThat(drain.errors())
          .containsPattern("ignoring DaemonSet-managed Pods: .*drained/logs-");
      pod("drained", "web-2", "web", "nodeName: hollow-0001");
      ready("drained", "web-2");
      assertThat(drain.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(drain.process().exitValue()).as(drain.errors()).isZero();
      assertThat(drain.output())
          .contains("evicting pod drained/web-1")
          .contains("node/" + node + " drained");
    }
    assertThat(kubectl.tryRun("", "get", "pod", "web-1", "-n", "drained").code()).isEqualTo(1);
    assertThat(
            kubectl
                .run("get", "pods", "-n", "drained", "-l", "app=logs", "-o", "wide")
                .lines()
                .filter(line -> line.contains(node) && line.contains("Running"))
                .count())
        .isEqualTo(1);
    kubectl.run("uncordon", node);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                kubectl
                    .run("get", "node", node, "-o", "jsonpath={.spec.taints}{.spec.unschedulable}")
                    .isEmpty());
  }

  @Test
  void budgetIsShownAndFollowsItsPods() {
    fleet.namespace("guarded");
    pod("guarded", "web-1", "web", "nodeName: hollow-0001");
    pod("guarded", "web-2", "web", "nodeName: hollow-0002");
    ready("guarded", "web-1");
    ready("guarded", "web-2");
    kubectl.run("create", "pdb", "pdb", "-n", "guarded", "--selector=app=web", "--min-available=1");
    await().atMost(PATIENCE).until(() -> budget("guarded").equals("2/1 of 2, 1"));
    assertThat(kubectl.run("get", "pdb", "-n", "guarded").lines().toList().get(1))
        .matches("pdb +1 +N/A +1 +\\d+s");
    assertThat(kubectl.run("describe", "pdb", "pdb", "-n", "guarded"))
        .contains(
            "Min available:  1",
            "Selector:       app=web",
            "    Allowed disruptions:  1",
            "    Current:              2",
            "    Desired:              1",
            "    Total:                2");
    kubectl.run("delete", "pod", "web-1", "-n", "guarded");
    await().atMost(PATIENCE).until(() -> budget("guarded").equals("1/1 of 1, 0"));
    kubectl.run("patch", "pdb", "pdb", "-n", "guarded", "-p", "{\"spec\":{\"minAvailable\":0}}");
    await().atMost(PATIENCE).until(() -> budget("guarded").equals("1/0 of 1, 1"));
  }

  @Test
  void budgetOverDaemonPodsSaysWhyItCannotBeWorkedOut() {
    fleet.namespace("daemons");
    fleet.daemonSet("daemons", "logs", "", "0");
    fleet.rolledOut("daemons", "logs");
    kubectl.run(
        "create", "pdb", "pdb", "-n", "daemons", "--selector=app=logs", "--max-unavailable=1");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                kubectl
                    .run("describe", "pdb", "pdb", "-n", "daemons")
                    .contains(
                        "Failed to calculate the number of expected pods: daemonsets.apps does not"
                            + " implement the scale subresource"));
    assertThat(
            kubectl.run(
                "get",
                "pdb",
                "pdb",
                "-n",
                "daemons",
                "-o",
                "jsonpath={.status.conditions[0].reason}: {.status.conditions[0].message}"))
        .isEqualTo("SyncFailed: daemonsets.apps does not implement the scale subresource");
    // A budget keeps evictions away, and no roll-out.
    kubectl.run("rollout", "restart", "ds/logs", "-n", "daemons");
    fleet.rolledOut("daemons", "logs");
  }

  @Test
  void daemonPodOfAHigherPriorityTakesThePlaceOfAnother() {
    fleet.namespace("crowded");
    String cpu =
        kubectl.run("get", "node", "hollow-0002", "-o", "jsonpath={.status.allocatable.cpu}");
    kubectl.run("create", "priorityclass", "urgent", "--value=1000000");
    String all = "resources: {requests: {cpu: \"" + cpu + "\"}}";
    kubectl.runWith(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: filler, namespace: crowded}
        spec:
          nodeSelector: {kubernetes.io/hostname: hollow-0002}
          terminationGracePeriodSeconds: 1
          containers: [{name: c, image: nginx, ALL}]
        """
            .replace("ALL", all),
        "apply",
        "-f",
        "-");
    ready("crowded", "filler");
    fleet.daemonSet(
        "crowded",
        "urgent",
        "priorityClassName: urgent, nodeSelector: {kubernetes.io/hostname: hollow-0002}, ",
        "1");
    fleet.rolledOut("crowded", "urgent");
    assertThat(kubectl.run("get", "events", "-n", "crowded"))
        .contains("Preempted by pod ")
        .contains("preempting 1 victims");
    await()
        .atMost(PATIENCE)
        .until(() -> kubectl.tryRun("", "get", "pod", "filler", "-n", "crowded").code() == 1);
  }

  @Test
  void pendingPodSaysWhy() {
    fleet.namespace("pending");
    fleet.daemonSet(
        "pending", "large", "nodeSelector: {kubernetes.io/hostname: hollow-0001}, ", "1000");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                kubectl
                    .run("describe", "pods", "-n", "pending")
                    .contains(
                        "default-scheduler  0/3 nodes are available: 1 Insufficient cpu, 2 node(s)"
                            + " didn't satisfy plugin(s) [NodeAffinity]. preemption: 0/3 nodes are"
                            + " available: 3 Preemption is not helpful for scheduling."));
  }
}
