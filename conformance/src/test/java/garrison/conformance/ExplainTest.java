package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One thing broken at a time on six simulated nodes: explain names it, and its fix, given to a
 * shell as it is printed, cures it.
 */
class ExplainTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String ALL_RUN = "6 run";

  @TempDir static Path folder;
  private static Garrison garrison;
  private static Kubectl kubectl;
  private static Explained explained;

  @BeforeAll
  static void start() {
    garrison = Garrison.start(folder, "up", "--no-agent", "--hollow", "6");
    kubectl = Kubectl.against(garrison);
    explained = new Explained(garrison.kubeconfig());
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                kubectl.run("get", "nodes").lines().filter(l -> l.contains(" Ready ")).count()
                    == 6);
  }

  @AfterAll
  static void stop() {
    garrison.close();
  }

  @AfterEach
  void clean() {
    kubectl.run("delete", "ds", "--all", "--cascade=foreground", "--timeout=60s");
    kubectl.tryRun("", "taint", "node", "--all", "gpu-");
    kubectl.tryRun("", "taint", "node", "--all", "node-role.kubernetes.io/control-plane-");
    kubectl.run("label", "node", "--all", "disk-");
    kubectl.run("uncordon", "--selector=kubernetes.io/hostname");
    ready("hollow-0003", "True", "");
  }

  private static String manifest(String name, String spec, String container) {
    return """
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: NAME, namespace: default}
    spec:
      selector: {matchLabels: {app: NAME}}
      template:
        metadata: {labels: {app: NAME}}
        spec: {SPECcontainers: [{name: c, image: nginxCONTAINER}]}
    """
        .replace("NAME", name)
        .replace("SPEC", spec)
        .replace("CONTAINER", container);
  }

  private static void create(String name, String spec, String container) {
    kubectl.runWith(manifest(name, spec, container), "apply", "-f", "-");
  }

  /** Waits until the fleet's line is this one; the whole explanation. */
  private static String saysOf(String name, String line) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> explained.tried("explain", "ds/" + name),
            output -> output.lines().skip(1).findFirst().orElse("").equals(line));
  }

  private static void fixes(String explanation, int fix, String name) {
    explained.does(Explained.fixes(explanation).get(fix));
    saysOf(name, ALL_RUN);
  }

  @Test
  void aTaint() {
    kubectl.run("taint", "node", "hollow-0001", "gpu=true:NoSchedule");
    create("taint", "", "");
    String said = saysOf("taint", "5 run · 1 excluded: untolerated taint gpu=true:NoSchedule");
    assertThat(said).contains("\n1 excluded: hollow-0001\n");
    fixes(said, 0, "taint");
  }

  @Test
  void aControlPlaneNode() {
    kubectl.run("taint", "node", "hollow-0002", "node-role.kubernetes.io/control-plane:NoSchedule");
    create("plane", "", "");
    String said =
        saysOf(
            "plane",
            "5 run · 1 excluded: untolerated taint"
                + " node-role.kubernetes.io/control-plane:NoSchedule, by which a control-plane node"
                + " keeps ordinary pods away");
    fixes(said, 1, "plane");
  }

  @Test
  void aLabel() {
    kubectl.run(
        "label", "node", "hollow-0000", "hollow-0001", "hollow-0002", "hollow-0003", "disk=ssd");
    kubectl.run("label", "node", "hollow-0004", "disk=hdd");
    create("label", "nodeSelector: {disk: ssd}, ", "");
    saysOf(
        "label",
        "4 run · 1 excluded: nodeSelector wants disk=ssd, the node has disk=hdd · 1 excluded:"
            + " nodeSelector wants disk=ssd, the node has no such label");
    for (String node : new String[] {"hollow-0004", "hollow-0005"}) {
      String one = explained.said("explain", "ds/label", "node/" + node);
      assertThat(one).startsWith("daemonset default/label on " + node + ": excluded\n");
      explained.does(Explained.fixes(one).getFirst());
    }
    saysOf("label", ALL_RUN);
  }

  @Test
  void aNodeThatIsNotReady() {
    ready("hollow-0003", "False", "container runtime is down");
    create("unready", "", "");
    String said =
        saysOf(
            "unready",
            "5 run · 1 excluded: the node has not been ready for 60 min: container runtime is down");
    assertThat(said).contains("kubectl describe node hollow-0003");
    ready("hollow-0003", "True", "");
    saysOf("unready", ALL_RUN);
  }

  private static void ready(String node, String status, String message) {
    String since = Instant.now().minusSeconds(3630).truncatedTo(ChronoUnit.SECONDS).toString();
    kubectl.run(
        "patch",
        "node",
        node,
        "--subresource=status",
        "-p",
        "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"%s\",\"reason\":\"Told\",\"message\":\"%s\",\"lastTransitionTime\":\"%s\"}]}}"
            .formatted(status, message, since));
  }

  @Test
  void tooFewResources() {
    create("hog", "", ", resources: {requests: {memory: 16000Mi}}");
    saysOf("hog", ALL_RUN);
    create("tight", "", ", resources: {requests: {memory: 1Gi}}");
    String said = saysOf("tight", "6 waiting: insufficient memory, needs 1Gi, 284Mi free");
    assertThat(said).contains("most is requested there by default/hog-");
    String less =
        Explained.fixes(said).stream()
            .filter(fix -> fix.contains("set resources"))
            .findFirst()
            .orElseThrow();
    assertThat(less).endsWith("--requests=memory=284Mi");
    explained.does(less);
    saysOf("tight", ALL_RUN);
  }

  @Test
  void aHostPortThatIsTaken() {
    create("first", "", ", ports: [{containerPort: 80, hostPort: 8080}]");
    saysOf("first", ALL_RUN);
    create("second", "", ", ports: [{containerPort: 80, hostPort: 8080}]");
    saysOf("second", "6 waiting: host port 8080/TCP is taken on the node");
    assertThat(explained.said("explain", "ds/second", "node/hollow-0000"))
        .contains("host port 8080/TCP is taken on the node by pod default/first-");
  }

  @Test
  void aRollOutThatWaitsForWhatIsBroken() {
    create("rollout", "", "");
    saysOf("rollout", ALL_RUN);
    kubectl.run("set", "image", "ds/rollout", "c=nginx:non-existent");
    String said =
        await()
            .atMost(PATIENCE)
            .until(
                () -> explained.tried("explain", "ds/rollout"),
                output ->
                    output.contains("waits for its turn: ") && output.contains("1 not ready: "));
    assertThat(said)
        .contains(
            "5 run an older revision: waits for its turn: maxUnavailable allows 1 node without an"
                + " available pod, and so many there are",
            "container c has no image nginx:non-existent: there is no such image");
    String back =
        Explained.fixes(said).stream()
            .filter(fix -> fix.contains("rollout undo"))
            .findFirst()
            .orElseThrow();
    explained.does(back);
    saysOf("rollout", ALL_RUN);
  }

  @Test
  void aRollOutPausedByOnDelete() {
    create("paused", "", "");
    saysOf("paused", ALL_RUN);
    kubectl.run(
        "patch",
        "ds",
        "paused",
        "-p",
        "{\"spec\":{\"updateStrategy\":{\"type\":\"OnDelete\",\"rollingUpdate\":null}}}");
    kubectl.run("set", "env", "ds/paused", "A=b");
    String said =
        saysOf(
            "paused",
            "6 run an older revision: paused by OnDelete: a pod is replaced only once somebody"
                + " deletes it");
    fixes(said, 0, "paused");
  }

  @Test
  void aPodThatItsFinalizersKeep() {
    create("kept", "", "");
    saysOf("kept", ALL_RUN);
    String pod =
        kubectl.run(
            "get",
            "pods",
            "-l",
            "app=kept",
            "-o",
            "jsonpath={.items[?(@.spec.nodeName=='hollow-0004')].metadata.name}");
    kubectl.run(
        "patch", "pod", pod, "-p", "{\"metadata\":{\"finalizers\":[\"example.com/backup\"]}}");
    kubectl.run("delete", "pod", pod, "--wait=false");
    String said =
        await()
            .atMost(PATIENCE)
            .until(
                () -> explained.tried("explain", "ds/kept", "node/hollow-0004"),
                output ->
                    output.contains(
                        "the pod was deleted and is kept by its finalizers example.com/backup"));
    String patch =
        Explained.fixes(said).stream()
            .filter(fix -> fix.contains("finalizers"))
            .findFirst()
            .orElseThrow();
    explained.does(patch);
    saysOf("kept", ALL_RUN);
  }

  @Test
  void podsThatTheServerRefuses() {
    create("refused", "priorityClassName: high, ", "");
    String said = saysOf("refused", "6 waiting: priority class high does not exist");
    fixes(said, 0, "refused");
    kubectl.run("delete", "priorityclass", "high");
  }

  @Test
  void aCordonIsNoCause() {
    kubectl.run("cordon", "hollow-0005");
    create("cordon", "", "");
    saysOf("cordon", ALL_RUN);
    assertThat(explained.said("explain", "daemonset", "cordon", "node", "hollow-0005"))
        .contains(": runs (pod cordon-", "(the node is cordoned, which keeps no daemon pod away)");
  }

  @Test
  void whatIsNotThere() {
    create("log-collector", "", "");
    saysOf("log-collector", ALL_RUN);
    assertThat(explained.tried("explain", "ds/log-colector"))
        .contains(
            "garrison: daemonset default/log-colector does not exist: did you mean log-collector?\n")
        .endsWith("exit 1\n");
    assertThat(explained.tried("explain", "ds/log-collector", "-n", "kube-system"))
        .contains("there is one in default, write -n default");
    assertThat(explained.tried("explain", "ds/log-collector", "node/hollow-004"))
        .contains("node hollow-004 does not exist: did you mean hollow-0004")
        .endsWith("exit 1\n");
  }

  @Test
  void explanationsAreThereForPrograms() {
    create("json", "", "");
    saysOf("json", ALL_RUN);
    assertThat(explained.said("explain", "ds/json", "-o", "json"))
        .startsWith("{\"namespace\":\"default\",\"daemonSet\":\"json\",\"summary\":\"6 run\",")
        .contains("\"groups\":[{\"state\":\"Runs\",\"count\":6,");
  }

  @Test
  void aPlanSaysWhatAnApplyThenDoes() throws IOException {
    Path file = folder.resolve("plan.yaml");
    Files.writeString(file, manifest("plan", "", ""));
    assertThat(explained.said("plan", "-f", file.toString()))
        .contains(
            "daemonset.apps/plan in default would be created\n",
            "gained     6 nodes: hollow-0000, hollow-0001",
            "no estimate: there is no pod that has become ready to judge by");
    assertThat(kubectl.run("get", "ds", "-o", "name")).isEmpty();

    kubectl.run("apply", "-f", file.toString());
    saysOf("plan", ALL_RUN);
    assertThat(explained.said("plan", "-f", file.toString()))
        .isEqualTo(
            """
            daemonset.apps/plan in default unchanged
              untouched  6 nodes keep their pod
            """);

    Files.writeString(
        file,
        manifest("plan", "terminationGracePeriodSeconds: 7, ", "")
            .replace(
                "spec:\n  selector",
                "spec:\n  updateStrategy: {rollingUpdate: {maxUnavailable: 4}}\n  selector"));
    assertThat(explained.said("plan", "-f", file.toString()))
        .contains(
            "daemonset.apps/plan in default would be configured, with another pod template\n",
            "restarted  6 nodes in 2 waves (maxUnavailable 4)\n",
            "(median of 6), and may take up to 7 s to end\n");
    assertThat(kubectl.run("get", "ds", "plan", "-o", "jsonpath={.metadata.generation}"))
        .isEqualTo("1");

    Files.writeString(
        file, manifest("plan", "", "").replace("matchLabels: {app", "matchLabels: {x"));
    assertThat(explained.tried("plan", "-f", file.toString()))
        .contains("would be rejected: DaemonSet.apps \"plan\" is invalid: ", "field is immutable")
        .endsWith("exit 1\n");

    Files.writeString(file, manifest("plan", "priorityClassName: none, ", ""));
    assertThat(explained.tried("plan", "-f", file.toString()))
        .contains("rejected   its pods would be: ", "no PriorityClass with name none was found")
        .endsWith("exit 1\n");

    Files.writeString(file, manifest("plan", "", ", resources: {requests: {memory: 20Gi}}"));
    assertThat(explained.said("plan", "-f", file.toString()))
        .contains(
            "restarted  1 node in 1 wave (maxUnavailable 1)\n",
            "behind     5 nodes stay with their old pod (as long as hollow-000",
            "insufficient memory, needs 20Gi, and the node has 16284Mi for pods in all");
  }
}
