package garrison.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.apiserver.LocalCluster;
import garrison.apiserver.auth.User;
import garrison.apiserver.resource.Resources;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.control.nodelifecycle.Limits;
import garrison.model.Condition;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.Taint;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.store.MemoryStore;
import garrison.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** All loops together, over the real server in process; the test is the nodes. */
class ControllersTest {
  private static final Limits FAST =
      new Limits(
          Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(4), 10, 1, 50, 0.55);

  private final Store store = MemoryStore.open();
  private final Resources resources =
      Resources.open(store, InstantSource.system(), new Random(1), List.of());
  private final LocalCluster cluster = new LocalCluster(resources);
  private final Controllers controllers =
      new Controllers(
          loop -> cluster.as(User.loop(loop)),
          "-----BEGIN CERTIFICATE-----\n",
          Clock.systemUTC(),
          FAST,
          new SimpleMeterRegistry());

  @BeforeEach
  void start() {
    controllers.start();
    await().until(() -> has(Kinds.SERVICE_ACCOUNT, "default", "default"));
  }

  @AfterEach
  void stop() {
    controllers.close();
    resources.close();
    store.close();
  }

  @Test
  void daemonPodsAreBoundToEveryReadyNode() {
    nodes("n1", "n2", "n3");
    create(Kinds.DAEMON_SET, "default", daemonSet("logs"));
    eventually()
        .untilAsserted(
            () ->
                assertThat(pods("default"))
                    .extracting(Pod::nodeName)
                    .containsExactlyInAnyOrder("n1", "n2", "n3"));
    eventually()
        .untilAsserted(
            () ->
                assertThat(events("Scheduled"))
                    .allMatch(message -> message.startsWith("Successfully assigned default/logs-"))
                    .hasSize(3));
  }

  @Test
  void podThatFitsNowhereIsToldWhyAndBoundOnceItFits() {
    nodes("n1", "n2");
    ObjectNode pod = pod("big");
    container(pod).putObject("resources").putObject("requests").put("cpu", "9");
    create(Kinds.POD, "default", pod);
    eventually()
        .untilAsserted(
            () ->
                assertThat(condition(Pod.of(get(Kinds.POD, "default", "big")), "PodScheduled"))
                    .isEqualTo(
                        "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are"
                            + " available: 2 Preemption is not helpful for scheduling."));
    cluster.patch(
        Kinds.NODE,
        "",
        "n2",
        PatchType.MERGE,
        json("{'status':{'allocatable':{'cpu':'16'}}}"),
        "status");
    eventually().until(() -> Pod.of(get(Kinds.POD, "default", "big")).nodeName().equals("n2"));
  }

  @Test
  void dependentsOfADeletedOwnerGoInTheBackground() {
    nodes("n1");
    create(Kinds.CONFIG_MAP, "default", named("owner"));
    create(Kinds.SECRET, "default", owned("child", "owner", false));
    cluster.delete(Kinds.CONFIG_MAP, "default", "owner", DeleteOptions.DEFAULT);
    eventually().until(() -> !has(Kinds.SECRET, "default", "child"));
  }

  @Test
  void ownerDeletedInTheForegroundGoesAfterItsDependents() {
    create(Kinds.CONFIG_MAP, "default", named("owner"));
    ObjectNode child = owned("child", "owner", true);
    ((ObjectNode) child.path("metadata")).putArray("finalizers").add("test.example/hold");
    create(Kinds.SECRET, "default", child);
    cluster.delete(
        Kinds.CONFIG_MAP,
        "default",
        "owner",
        new DeleteOptions(DeleteOptions.DEFAULT_GRACE, "Foreground", "", ""));
    eventually()
        .until(
            () -> get(Kinds.SECRET, "default", "child").path("metadata").has("deletionTimestamp"));
    assertThat(has(Kinds.CONFIG_MAP, "default", "owner")).isTrue();
    cluster.patch(
        Kinds.SECRET,
        "default",
        "child",
        PatchType.MERGE,
        json("{'metadata':{'finalizers':null}}"),
        "");
    eventually().until(() -> !has(Kinds.CONFIG_MAP, "default", "owner"));
    assertThat(has(Kinds.SECRET, "default", "child")).isFalse();
  }

  @Test
  void dependentsOutliveAnOwnerThatIsDeletedAsOrphanMaker() {
    create(Kinds.CONFIG_MAP, "default", named("owner"));
    create(Kinds.SECRET, "default", owned("child", "owner", false));
    // The graph must know the dependent; that it lags is upstream's weakness, too.
    eventually().until(() -> has(Kinds.SECRET, "default", "child"));
    cluster.delete(
        Kinds.CONFIG_MAP,
        "default",
        "owner",
        new DeleteOptions(DeleteOptions.DEFAULT_GRACE, "Orphan", "", ""));
    eventually().until(() -> !has(Kinds.CONFIG_MAP, "default", "owner"));
    assertThat(get(Kinds.SECRET, "default", "child").path("metadata").has("ownerReferences"))
        .isFalse();
  }

  @Test
  void deletedNamespaceIsEmptiedAndGoes() {
    create(Kinds.NAMESPACE, "", named("team"));
    eventually().until(() -> has(Kinds.CONFIG_MAP, "team", "kube-root-ca.crt"));
    create(Kinds.SECRET, "team", named("one"));
    cluster.delete(Kinds.NAMESPACE, "", "team", DeleteOptions.DEFAULT);
    eventually().until(() -> !has(Kinds.NAMESPACE, "", "team"));
    assertThat(cluster.list(Kinds.SECRET, "team", ListOptions.ALL).items()).isEmpty();
  }

  @Test
  void deletedDefaultsOfANamespaceComeBack() {
    cluster.delete(Kinds.SERVICE_ACCOUNT, "default", "default", DeleteOptions.DEFAULT);
    cluster.delete(Kinds.CONFIG_MAP, "default", "kube-root-ca.crt", DeleteOptions.DEFAULT);
    eventually().until(() -> has(Kinds.SERVICE_ACCOUNT, "default", "default"));
    eventually().until(() -> has(Kinds.CONFIG_MAP, "default", "kube-root-ca.crt"));
  }

  @Test
  void silentNodeBecomesUnknownAndItsPodsNotReady() {
    nodes("silent");
    create(Kinds.POD, "default", pod("p"));
    eventually().until(() -> !Pod.of(get(Kinds.POD, "default", "p")).nodeName().isEmpty());
    cluster.patch(
        Kinds.POD,
        "default",
        "p",
        PatchType.STRATEGIC,
        json("{'status':{'conditions':[{'type':'Ready','status':'True'}]}}"),
        "status");
    eventually()
        .untilAsserted(
            () -> {
              Node node = Node.of(get(Kinds.NODE, "", "silent"));
              Condition ready = node.condition("Ready");
              assertThat(ready).isNotNull();
              assertThat(ready.status()).isEqualTo("Unknown");
              assertThat(ready.reason()).isEqualTo("NodeStatusUnknown");
              assertThat(node.hasTaint("node.kubernetes.io/unreachable", Taint.NO_SCHEDULE))
                  .isTrue();
              assertThat(Pod.of(get(Kinds.POD, "default", "p")).ready()).isFalse();
            });
    assertThat(events("NodeNotReady")).isNotEmpty();
    beat("silent");
    eventually().until(() -> Node.of(get(Kinds.NODE, "", "silent")).taints().isEmpty());
  }

  @Test
  void podThatDoesNotTolerateANoExecuteTaintIsEvicted() {
    nodes("n1");
    create(Kinds.POD, "default", pod("p"));
    eventually().until(() -> !Pod.of(get(Kinds.POD, "default", "p")).nodeName().isEmpty());
    cluster.patch(
        Kinds.NODE,
        "",
        "n1",
        PatchType.MERGE,
        json("{'spec':{'taints':[{'key':'k','effect':'NoExecute'}]}}"),
        "");
    eventually()
        .untilAsserted(
            () -> {
              Pod pod = Pod.of(get(Kinds.POD, "default", "p"));
              assertThat(pod.terminating()).isTrue();
              assertThat(condition(pod, "DisruptionTarget"))
                  .isEqualTo("Taint manager: deleting due to NoExecute taint");
            });
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(20)).ignoreExceptionsInstanceOf(StatusException.class);
  }

  private void nodes(String... names) {
    for (String name : names) {
      ObjectNode node = named(name);
      ObjectNode allocatable = node.putObject("status").putObject("allocatable");
      allocatable.put("cpu", "4").put("memory", "8Gi").put("pods", "110");
      create(Kinds.NODE, "", node);
      beat(name);
    }
    for (String name : names) {
      eventually().until(() -> Node.of(get(Kinds.NODE, "", name)).taints().isEmpty());
    }
  }

  /** What a node's agent reports; the time differs each time. */
  private void beat(String name) {
    cluster.patch(
        Kinds.NODE,
        "",
        name,
        PatchType.STRATEGIC,
        json(
            "{'status':{'conditions':[{'type':'Ready','status':'True','reason':'KubeletReady',"
                + "'lastHeartbeatTime':'"
                + garrison.model.Timestamps.seconds(java.time.Instant.now())
                + "'}]}}"),
        "status");
  }

  private ObjectNode daemonSet(String name) {
    return json(
        "{'metadata':{'name':'"
            + name
            + "'},'spec':{'selector':{'matchLabels':{'app':'a'}},'template':{'metadata':"
            + "{'labels':{'app':'a'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}}");
  }

  private static ObjectNode pod(String name) {
    return json(
        "{'metadata':{'name':'" + name + "'},'spec':{'containers':[{'name':'c','image':'i'}]}}");
  }

  private static ObjectNode container(ObjectNode pod) {
    return (ObjectNode) pod.at("/spec/containers/0");
  }

  private static ObjectNode named(String name) {
    return json("{'metadata':{'name':'" + name + "'}}");
  }

  private ObjectNode owned(String name, String owner, boolean blocks) {
    String uid = get(Kinds.CONFIG_MAP, "default", owner).at("/metadata/uid").asString("");
    return json(
        "{'metadata':{'name':'"
            + name
            + "','ownerReferences':[{'apiVersion':'v1','kind':'ConfigMap','name':'"
            + owner
            + "','uid':'"
            + uid
            + "','blockOwnerDeletion':"
            + blocks
            + "}]}}");
  }

  private static ObjectNode json(String text) {
    return (ObjectNode) Json.parse(text.replace('\'', '"'));
  }

  private void create(Kind kind, String namespace, ObjectNode document) {
    cluster.create(kind, namespace, document);
  }

  private ObjectNode get(Kind kind, String namespace, String name) {
    return cluster.get(kind, namespace, name);
  }

  private boolean has(Kind kind, String namespace, String name) {
    try {
      cluster.get(kind, namespace, name);
      return true;
    } catch (StatusException e) {
      return false;
    }
  }

  private List<Pod> pods(String namespace) {
    return cluster.list(Kinds.POD, namespace, ListOptions.ALL).items().stream()
        .map(Pod::of)
        .toList();
  }

  private List<String> events(String reason) {
    return cluster.list(Kinds.EVENT, "", ListOptions.fields("reason=" + reason)).items().stream()
        .map(event -> event.path("message").asString(""))
        .toList();
  }

  private static String condition(Pod pod, String type) {
    Condition condition = Condition.find(pod.conditions(), type);
    return condition == null ? "" : condition.message();
  }
}
