package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import garrison.agent.hollow.HollowFleet;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.client.http.HttpCluster;
import garrison.model.DaemonSet;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.json.Yaml;
import garrison.model.kind.Kinds;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code garrison controller} at a real Kubernetes, which is taken over from its own DaemonSet
 * controller, and given back, in the middle of roll-outs: by a program that has the rights of
 * {@code examples/controller.yaml} and no others.
 */
class TakeOverTest {
  private static final int NODES = 12;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir static Path folder;
  private static ControlPlane plane;
  private static HttpCluster cluster;
  private static HollowFleet nodes;
  private static Path credentials;

  @BeforeAll
  static void start() throws IOException, GeneralSecurityException, InterruptedException {
    plane = ControlPlane.start(folder);
    cluster = plane.connect();
    credentials = plane.account();
    nodes = ControlPlane.hollowNodes(cluster, NODES);
  }

  @AfterAll
  static void stop() {
    try (ControlPlane third = plane;
        HttpCluster second = cluster;
        HollowFleet first = nodes) {
      assertThat(third).isNotNull();
    }
  }

  @Test
  void clusterIsTakenOverAndGivenBackInMidRollOut() throws Exception {
    plane.startBuiltIn();
    create("logs", "a < b && c > 'd' \u2028 \u001f \u00e9");
    rolledOut("logs", 1);
    try (PodHistory history = new PodHistory(cluster, "default")) {
      setImage("logs", "nginx:2");
      await().atMost(PATIENCE).until(() -> updated("logs") >= 2);
      plane.stopBuiltIn();
      Map<String, Integer> before = revisions();
      int half = updated("logs");
      assertThat(half).isLessThan(NODES);
      try (Garrison controller = Garrison.controllerOf(folder, credentials)) {
        rolledOut("logs", 2);
        assertThat(revisions()).isEqualTo(before);
        everyNodeWasUpdatedOnce(history, 2);
        setImage("logs", "nginx:3");
        await().atMost(PATIENCE).until(() -> updated("logs") >= 2 && updated("logs") < NODES);
      }
      assertThat(updated("logs")).isLessThan(NODES);
      Map<String, Integer> ours = revisions();
      assertThat(ours).hasSize(3).containsAllEntriesOf(before);
      assertThat(holder()).isEmpty();
      plane.startBuiltIn();
      rolledOut("logs", 3);
      everyNodeWasUpdatedOnce(history, 3);
      cluster.patch(
          Kinds.DAEMON_SET,
          "default",
          "logs",
          PatchType.MERGE,
          Json.parse("{\"metadata\":{\"annotations\":{\"touched\":\"yes\"}}}"),
          "");
      assertThat(revisions()).isEqualTo(ours);
      plane.stopBuiltIn();
    }
  }

  @Test
  void whereTheLeaderIsKilledTheNextOneFollowsAndReadsOn() throws Exception {
    try (Garrison first = contender();
        Garrison second = contender()) {
      Garrison leader = leaderOf(first, second);
      Garrison other = leader == first ? second : first;
      create("survivor", "x");
      rolledOut("survivor", 1);
      assertThat(metrics(leader)).contains("garrison_leader 1.0").contains("verb=\"create\"");
      assertThat(metrics(other)).contains("garrison_leader 0.0");
      assertThat(text(other, "/readyz", null)).isEqualTo("ok");
      leader.kill();
      await().atMost(PATIENCE).until(() -> leads(other));
      setImage("survivor", "nginx:2");
      rolledOut("survivor", 2);
    }
    cluster.delete(Kinds.DAEMON_SET, "default", "survivor", DeleteOptions.DEFAULT);
  }

  /** Its creations wait for their turn when it is stopped; all turns have come when it goes on. */
  @Test
  void leaderThatWasStoppedForAWhileWritesNothingAfterItsTime() throws Exception {
    try (Garrison leader = contender("--kube-api-qps=3", "--kube-api-burst=1");
        PodHistory history = new PodHistory(cluster, "default")) {
      await().atMost(PATIENCE).until(() -> leads(leader));
      try (Garrison other = contender()) {
        create("slow", "x");
        await().atMost(PATIENCE).until(() -> history.all("slow").size() >= 3);
        signal(leader, "STOP");
        assertThat(history.all("slow")).hasSizeLessThan(NODES);
        await().atMost(PATIENCE).until(() -> leads(other));
        rolledOut("slow", 1);
        signal(leader, "CONT");
        await().atMost(PATIENCE).until(() -> leader.output().contains("lost the lease"));
        await().atMost(PATIENCE).until(() -> leader.output().contains("standing by"));
        setImage("slow", "nginx:2");
        rolledOut("slow", 2);
        assertThat(history.all("slow")).hasSize(2 * NODES);
      }
    }
    cluster.delete(Kinds.DAEMON_SET, "default", "slow", DeleteOptions.DEFAULT);
  }

  @Test
  void builtInControllerThatStillRunsIsNoticedAndLeftAlone() throws Exception {
    try (Garrison controller = Garrison.controllerOf(folder, credentials)) {
      await().atMost(PATIENCE).until(() -> leads(controller));
      plane.startBuiltIn();
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(2))
          .until(
              () -> {
                create("contested" + System.nanoTime(), "x");
                return !controller.process().isAlive();
              });
      assertThat(controller.process().exitValue()).isEqualTo(1);
      assertThat(controller.output())
          .contains("kube-controller-manager has ")
          .contains("--controllers=*,-daemonset-controller");
      assertThat(holder()).isEmpty();
    }
    for (ObjectNode contested :
        cluster.list(Kinds.DAEMON_SET, "default", ListOptions.ALL).items()) {
      String name = contested.path("metadata").path("name").asString();
      if (name.startsWith("contested")) {
        rolledOut(name, 1);
        cluster.delete(Kinds.DAEMON_SET, "default", name, DeleteOptions.DEFAULT);
      }
    }
    plane.stopBuiltIn();
  }

  @Test
  void metricsOffLoopbackAreForThoseWhomTheClusterLetsReadThem() throws Exception {
    try (Garrison controller =
        Garrison.controllerOf(
            folder, credentials, "--bind-address=0.0.0.0", "--leader-elect=false")) {
      assertThat(text(controller, "/healthz", null)).isEqualTo("ok");
      assertThatThrownBy(() -> text(controller, "/metrics", null))
          .isInstanceOfSatisfying(
              StatusException.class, refusal -> assertThat(refusal.code()).isEqualTo(401));
      assertThatThrownBy(() -> text(controller, "/metrics", credentials))
          .isInstanceOfSatisfying(
              StatusException.class, refusal -> assertThat(refusal.code()).isEqualTo(403));
      assertThat(text(controller, "/metrics", plane.kubeconfig()))
          .contains("garrison_leader 1.0", "garrison_client_requests_seconds", "jvm_memory");
    }
  }

  private static Garrison contender(String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--leader-elect-lease-duration=3s",
                "--leader-elect-renew-deadline=2s",
                "--leader-elect-retry-period=500ms"));
    options.addAll(List.of(more));
    return Garrison.controllerOf(folder, credentials, options.toArray(String[]::new));
  }

  private static boolean leads(Garrison controller) {
    return controller.output().contains("leading: ");
  }

  private static Garrison leaderOf(Garrison first, Garrison second) {
    await().atMost(PATIENCE).until(() -> leads(first) || leads(second));
    return leads(first) ? first : second;
  }

  private static void signal(Garrison controller, String signal) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + signal, String.valueOf(controller.process().pid()))
                .start()
                .waitFor())
        .isZero();
  }

  private static String metrics(Garrison controller) throws IOException {
    return text(controller, "/metrics", null);
  }

  /** With the token of a kubeconfig, or none where it is null. */
  private static String text(Garrison controller, String path, @Nullable Path whose)
      throws IOException {
    String token =
        whose == null
            ? null
            : Yaml.first(Files.readString(whose), key -> {}).at("/users/0/user/token").asString();
    try (HttpCluster port =
        HttpCluster.open(
            new ConfigBuilder(Config.empty())
                .withMasterUrl(controller.url().replace("0.0.0.0", "127.0.0.1"))
                .withTrustCerts(true)
                .withDisableHostnameVerification(true)
                .withOauthToken(token)
                .build())) {
      return new String(port.raw(path), StandardCharsets.UTF_8);
    }
  }

  private static void everyNodeWasUpdatedOnce(PodHistory history, int revisions) {
    assertThat(history.live("logs")).hasSize(NODES).allMatch(PodHistory.Seen::ready);
    Map<String, List<String>> perNode =
        history.all("logs").stream()
            .collect(
                Collectors.groupingBy(
                    PodHistory.Seen::node,
                    TreeMap::new,
                    Collectors.mapping(PodHistory.Seen::hash, Collectors.toList())));
    assertThat(perNode).hasSize(NODES);
    perNode.forEach(
        (node, hashes) -> assertThat(hashes).as(node).hasSize(revisions).doesNotHaveDuplicates());
  }

  private static void create(String name, String text) throws IOException {
    ObjectNode daemonSet =
        (ObjectNode)
            Yaml.first(
                """
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: NAME, namespace: default}
                spec:
                  selector: {matchLabels: {app: NAME}}
                  template:
                    metadata: {labels: {app: NAME}}
                    spec: {containers: [{name: c, image: "nginx:1"}]}
                """
                    .replace("NAME", name),
                key -> {});
    ((ObjectNode) daemonSet.at("/spec/template/spec/containers/0"))
        .putArray("args")
        .add(text)
        .add("1.50");
    cluster.create(Kinds.DAEMON_SET, "default", daemonSet);
  }

  private static void setImage(String name, String image) {
    ObjectNode patch = Json.object();
    patch
        .putObject("spec")
        .putObject("template")
        .putObject("spec")
        .putArray("containers")
        .addObject()
        .put("name", "c")
        .put("image", image);
    cluster.patch(Kinds.DAEMON_SET, "default", name, PatchType.STRATEGIC, patch, "");
  }

  private static DaemonSet daemonSet(String name) {
    return DaemonSet.of(cluster.get(Kinds.DAEMON_SET, "default", name));
  }

  private static int updated(String name) {
    DaemonSet now = daemonSet(name);
    return now.observedGeneration() < now.meta().generation()
        ? 0
        : now.document().path("status").path("updatedNumberScheduled").asInt(0);
  }

  private static void rolledOut(String name, long generation) {
    await("roll-out of generation " + generation)
        .atMost(PATIENCE)
        .until(
            () -> {
              JsonNode status = daemonSet(name).document().path("status");
              return status.path("observedGeneration").asLong() == generation
                  && status.path("updatedNumberScheduled").asInt() == NODES
                  && status.path("numberAvailable").asInt() == NODES;
            });
  }

  /** Their numbers, by name and uid. */
  private static Map<String, Integer> revisions() {
    Map<String, Integer> numbers = new TreeMap<>();
    for (ObjectNode revision :
        cluster.list(Kinds.CONTROLLER_REVISION, "default", ListOptions.ALL).items()) {
      JsonNode metadata = revision.path("metadata");
      numbers.put(
          metadata.path("name").asString() + " " + metadata.path("uid").asString(),
          revision.path("revision").asInt());
    }
    return numbers;
  }

  private static String holder() {
    return cluster
        .get(Kinds.LEASE, "kube-system", "garrison-daemonset-controller")
        .path("spec")
        .path("holderIdentity")
        .asString("");
  }
}
