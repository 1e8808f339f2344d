package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.agent.hollow.HollowFleet;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.client.http.HttpCluster;
import garrison.model.DaemonSet;
import garrison.model.json.Json;
import garrison.model.json.Yaml;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A real Kubernetes is taken over from its own DaemonSet controller, and given back, in the middle
 * of roll-outs: by a program that has the rights of {@code examples/controller.yaml} and no others.
 */
class TakeOverTest {
  private static final int NODES = 12;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String ACCOUNT = "garrison-controller";

  @TempDir static Path folder;
  private static ControlPlane plane;
  private static HttpCluster cluster;
  private static HollowFleet nodes;
  private static Path credentials;

  @BeforeAll
  static void start() throws IOException, GeneralSecurityException, InterruptedException {
    plane = ControlPlane.start(folder);
    cluster = plane.connect();
    plane.apply(Path.of("..", "examples", "controller.yaml"));
    JsonNode token =
        cluster.post(
            Kinds.SERVICE_ACCOUNT,
            "kube-system",
            ACCOUNT,
            "token",
            (ObjectNode) Json.parse("{\"spec\":{\"expirationSeconds\":3600}}"));
    credentials = plane.kubeconfigOf(ACCOUNT, token.path("status").path("token").asString());
    nodes = HollowFleet.start(name -> cluster, "node", NODES);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster.list(Kinds.NODE, "", ListOptions.ALL).items().stream()
                        .filter(node -> node.path("spec").path("taints").isEmpty())
                        .count()
                    == NODES);
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

  private static void everyNodeWasUpdatedOnce(PodHistory history, int revisions) {
    assertThat(history.live()).hasSize(NODES).allMatch(PodHistory.Seen::ready);
    Map<String, List<String>> perNode =
        history.all().stream()
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
