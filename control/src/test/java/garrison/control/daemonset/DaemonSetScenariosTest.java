package garrison.control.daemonset;

import static garrison.control.daemonset.LoopHarness.NAMESPACE;
import static garrison.control.daemonset.LoopHarness.PATIENCE;
import static garrison.control.daemonset.LoopHarness.ROLLING;
import static garrison.control.daemonset.LoopHarness.daemonSet;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import garrison.apiserver.LocalCluster;
import garrison.apiserver.resource.Resources;
import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.daemonset.RevisionHistory;
import garrison.model.DaemonSet;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import garrison.store.MemoryStore;
import garrison.store.Store;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Upstream's integration scenarios (spec: daemonset 11.1) against the real server in process, with
 * the real binding loop; the test is the kubelet.
 */
class DaemonSetScenariosTest {
  private static final String ON_DELETE = "{'type':'OnDelete'}";

  private final Store store = MemoryStore.open();
  private final Resources resources =
      Resources.open(store, InstantSource.system(), new Random(1), List.of());
  private final LocalCluster cluster = new LocalCluster(resources);
  private final LoopHarness harness = new LoopHarness(cluster);

  @BeforeEach
  void start() {
    ObjectNode account = Json.object();
    account.putObject("metadata").put("name", "default");
    cluster.create(Kinds.SERVICE_ACCOUNT, NAMESPACE, account);
    harness.startScheduler().startKubelets().startLoop();
  }

  @AfterEach
  void stop() {
    harness.close();
    resources.close();
    store.close();
  }

  private DaemonSet create(String strategy, Consumer<ObjectNode> change) {
    ObjectNode document = daemonSet(strategy);
    podSpec(document).put("terminationGracePeriodSeconds", 0);
    change.accept(document);
    return harness.create(document);
  }

  private static ObjectNode podSpec(ObjectNode daemonSet) {
    return (ObjectNode) daemonSet.at("/spec/template/spec");
  }

  private static ObjectNode json(String text) {
    return (ObjectNode) Json.parse(text.replace('\'', '"'));
  }

  private void awaitPods(int pods, int ready) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(harness.pods()).hasSize(pods);
              assertThat(harness.counters().get(2)).isEqualTo(ready);
            });
    assertThat(harness.pods())
        .allSatisfy(
            pod ->
                assertThat(pod.meta().ownerReferences())
                    .singleElement()
                    .matches(owner -> owner.kind().equals("DaemonSet") && owner.controller()));
  }

  @ParameterizedTest
  @ValueSource(strings = {ON_DELETE, ROLLING})
  void oneNodeDaemonLaunchesPod(String strategy) {
    create(strategy, document -> {});
    harness.node("n0");
    awaitPods(1, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {ON_DELETE, ROLLING})
  void simpleDaemonSetLaunchesPods(String strategy) {
    create(strategy, document -> {});
    harness.nodes(5);
    awaitPods(5, 5);
  }

  @ParameterizedTest
  @CsvSource({
    "OnDelete,      Succeeded, ''",
    "OnDelete,      Failed,    ''",
    "OnDelete,      Succeeded, test/finalizer",
    "RollingUpdate, Succeeded, ''",
    "RollingUpdate, Failed,    ''",
    "RollingUpdate, Succeeded, test/finalizer",
  })
  void simpleDaemonSetRestartsPodsOnTerminalPhase(String type, String phase, String finalizer) {
    harness.nodes(3);
    create(
        type.equals("OnDelete") ? ON_DELETE : ROLLING,
        document -> {
          if (!finalizer.isEmpty()) {
            ((ObjectNode) document.at("/spec/template/metadata"))
                .putArray("finalizers")
                .add(finalizer);
          }
        });
    awaitPods(3, 3);
    Pod ended = harness.pods().getFirst();
    harness.setStatus(ended.document(), phase, false);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(harness.pods())
                  .filteredOn(pod -> !pod.terminal())
                  .hasSize(3)
                  .noneMatch(pod -> pod.name().equals(ended.name()));
              assertThat(harness.counters().get(2)).isEqualTo(3);
            });
    assertThat(harness.pods()).hasSize(finalizer.isEmpty() ? 3 : 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {ON_DELETE, ROLLING})
  void daemonSetWithNodeSelectorLaunchesPods(String strategy) {
    harness.nodes(6);
    for (String name : List.of("n4", "n5")) {
      harness.edit(
          Kinds.NODE,
          "",
          name,
          document ->
              ((ObjectNode) document.get("metadata")).putObject("labels").put("zone", "test"));
    }
    create(
        strategy,
        document ->
            podSpec(document)
                .setAll(
                    json(
                        """
                        {'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':
                          {'nodeSelectorTerms':[
                            {'matchExpressions':[{'key':'zone','operator':'In','values':['test']}]},
                            {'matchFields':[{'key':'metadata.name','operator':'In','values':['n1']}]}]}}}}
                        """)));
    awaitPods(3, 3);
    assertThat(harness.pods().stream().map(Pod::nodeName).collect(toSet()))
        .isEqualTo(Set.of("n1", "n4", "n5"));
  }

  @ParameterizedTest
  @ValueSource(strings = {ON_DELETE, ROLLING})
  void notReadyNodeDaemonDoesLaunchPod(String strategy) {
    create(strategy, document -> {});
    harness.node("n0");
    ObjectNode node = cluster.get(Kinds.NODE, "", "n0").deepCopy();
    ((ObjectNode) node.get("metadata")).remove("resourceVersion");
    ((ObjectNode) node.get("status"))
        .set("conditions", json("{'x':[{'type':'Ready','status':'False'}]}").get("x"));
    cluster.update(Kinds.NODE, node, "status");
    awaitPods(1, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {ON_DELETE, ROLLING})
  void insufficientCapacityNode(String strategy) {
    assumeThat(servesStrategicPatches()).as("conditions are patched strategically").isTrue();
    harness.node("n0");
    ObjectNode node = cluster.get(Kinds.NODE, "", "n0").deepCopy();
    ((ObjectNode) node.get("metadata")).remove("resourceVersion");
    ((ObjectNode) node.at("/status/allocatable")).put("memory", "100M");
    cluster.update(Kinds.NODE, node, "status");
    create(
        strategy,
        document ->
            ((ObjectNode) document.at("/spec/template/spec/containers/0"))
                .setAll(json("{'resources':{'requests':{'memory':'120M'}}}")));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                harness.pods().size() == 1
                    && harness.pods().getFirst().conditions().stream()
                        .anyMatch(
                            condition ->
                                condition.type().equals("PodScheduled")
                                    && condition.status().equals("False")
                                    && condition.reason().equals("Unschedulable")));
    harness.node("n1");
    awaitPods(2, 1);
    assertThat(harness.pods()).filteredOn(pod -> !pod.nodeName().isEmpty()).hasSize(1);
  }

  private boolean servesStrategicPatches() {
    try {
      cluster.patch(
          Kinds.NAMESPACE, "", NAMESPACE, PatchType.STRATEGIC, json("{'metadata':{}}"), "");
      return true;
    } catch (StatusException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ON_DELETE, ROLLING})
  void taintedNode(String strategy) {
    harness.node("n0", "key1=val1:NoSchedule");
    harness.node("n1");
    create(strategy, document -> {});
    awaitPods(1, 1);
    harness.taint("n0");
    awaitPods(2, 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {ON_DELETE, ROLLING})
  void unschedulableNodeDaemonDoesLaunchPod(String strategy) {
    harness.node("n0", "node.kubernetes.io/unschedulable=:NoSchedule");
    harness.edit(
        Kinds.NODE,
        "",
        "n0",
        document -> ((ObjectNode) document.get("spec")).put("unschedulable", true));
    harness.node("n1", "node.kubernetes.io/network-unavailable=:NoSchedule");
    create(strategy, document -> podSpec(document).put("hostNetwork", true));
    awaitPods(2, 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {ON_DELETE, ROLLING})
  void updateStatusDespitePodCreationFailure(String strategy) {
    AtomicInteger creates = new AtomicInteger();
    harness.cluster.before =
        call -> {
          if (call.verb().equals("create")
              && call.kind().equals(Kinds.POD)
              && creates.incrementAndGet() > 2) {
            throw StatusException.forbidden(Kinds.POD, "", "fakeRejection");
          }
        };
    create(strategy, document -> {});
    harness.nodes(5);
    awaitPods(2, 2);
  }

  @Test
  void launchWithHashCollision() {
    harness.node("n0");
    create(ROLLING, document -> {});
    harness.awaitRolledOut(1);
    ObjectNode next = harness.daemonSet().document().deepCopy();
    podSpec(next).put("terminationGracePeriodSeconds", 1);
    String hash = RevisionHistory.hash(DaemonSet.of(next), null);
    addRevision(hash);
    harness.editDaemonSet(document -> podSpec(document).put("terminationGracePeriodSeconds", 1));
    harness.awaitRolledOut(1);
    assertThat(harness.daemonSet().collisionCount()).isEqualTo(1);
    assertThat(harness.pods())
        .allMatch(pod -> pod.spec().path("terminationGracePeriodSeconds").asInt() == 1);
  }

  @Test
  void updatesPodLabelAfterDedupOfCurrentRevisions() {
    harness.node("n0");
    create(ROLLING, document -> {});
    harness.awaitRolledOut(1);
    String first = harness.revisions().getFirst().name();
    addRevision("5f9cd");
    harness.node("n1");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(harness.pods()).hasSize(2).allMatch(pod -> pod.hash().equals("5f9cd"));
              assertThat(harness.revisions())
                  .singleElement()
                  .matches(revision -> !revision.name().equals(first));
            });
  }

  @Test
  void newDaemonSetAdoptsOrphanedPodsAndRevisionsAndRestartsNothing() {
    assumeThat(servesStrategicPatches()).as("owners are patched strategically").isTrue();
    harness.nodes(3);
    create(ROLLING, document -> {});
    harness.awaitRolledOut(3);
    Set<String> before = harness.pods().stream().map(pod -> pod.meta().uid()).collect(toSet());
    // What the owner garbage collector does for kubectl delete --cascade=orphan.
    harness.stopLoop();
    cluster.delete(Kinds.DAEMON_SET, NAMESPACE, "test", DeleteOptions.DEFAULT);
    for (Pod pod : harness.pods()) {
      harness.edit(Kinds.POD, NAMESPACE, pod.name(), DaemonSetScenariosTest::dropOwners);
    }
    String revision = harness.revisions().getFirst().name();
    harness.edit(
        Kinds.CONTROLLER_REVISION, NAMESPACE, revision, DaemonSetScenariosTest::dropOwners);
    harness.startLoop();
    DaemonSet again = create(ROLLING, document -> {});
    harness.awaitRolledOut(3);
    assertThat(harness.pods().stream().map(pod -> pod.meta().uid()).collect(toSet()))
        .isEqualTo(before);
    assertThat(harness.pods())
        .allSatisfy(
            pod ->
                assertThat(pod.meta().ownerReferences())
                    .singleElement()
                    .matches(owner -> owner.uid().equals(again.meta().uid())));
    assertThat(harness.revisions()).singleElement().matches(r -> r.name().equals(revision));
  }

  private static void dropOwners(ObjectNode document) {
    ((ObjectNode) document.get("metadata")).remove("ownerReferences");
  }

  /** A revision with the first one's data under another hash, and the next number. */
  private void addRevision(String hash) {
    ObjectNode foreign = harness.revisions().getFirst().document().deepCopy();
    ObjectNode metadata = (ObjectNode) foreign.get("metadata");
    metadata.remove(List.of("resourceVersion", "uid", "creationTimestamp"));
    metadata.put("name", "test-" + hash);
    ((ObjectNode) metadata.get("labels")).put(Pod.HASH_LABEL, hash);
    foreign.put("revision", 2);
    cluster.create(Kinds.CONTROLLER_REVISION, NAMESPACE, foreign);
  }

  @Test
  void rollingUpdateWithTolerations() {
    for (String zone : List.of("y", "z", "common")) {
      harness.node("node-" + zone + "-0", "zone-" + zone + "=:NoSchedule");
      harness.node("node-" + zone + "-1", "zone-" + zone + "=:NoSchedule");
    }
    create(
        "{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':0,'maxSurge':1}}",
        document -> tolerate(document, "y", "common"));
    awaitPods(4, 4);
    assertThat(harness.counters().get(3)).isEqualTo(4);

    String before = harness.revisions().getLast().hash();
    harness.runs = pod -> pod.hash().equals(before);
    harness.editDaemonSet(document -> tolerate(document, "z", "common"));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(harness.pods()).hasSize(7));
    assertThat(harness.pods()).filteredOn(pod -> pod.hash().equals(before)).hasSize(4);
    assertThat(tolerated("node-z-0")).containsExactly("zone-z", "zone-common");
    runAll();
    awaitPods(4, 4);
    await().atMost(PATIENCE).until(() -> harness.counters().get(3) == 4);

    String second = harness.revisions().getLast().hash();
    harness.runs = pod -> pod.hash().equals(second);
    harness.editDaemonSet(document -> tolerate(document, "y", "z", "common"));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(harness.pods()).hasSize(7));
    runAll();
    awaitPods(6, 6);
    await().atMost(PATIENCE).until(() -> harness.counters().get(3) == 6);

    harness.editDaemonSet(document -> podSpec(document).remove("tolerations"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(harness.pods()).isEmpty();
              assertThat(harness.counters()).isEqualTo(List.of(0, 0, 0, 0, 0, 0));
            });
  }

  private void runAll() {
    harness.runs = pod -> true;
    harness.pods().stream()
        .filter(pod -> !pod.ready() && !pod.nodeName().isEmpty())
        .forEach(harness::run);
  }

  private static void tolerate(ObjectNode document, String... zones) {
    ArrayNode tolerations = podSpec(document).putArray("tolerations");
    for (String zone : zones) {
      tolerations.addObject().put("key", "zone-" + zone).put("operator", "Exists");
    }
  }

  private List<String> tolerated(String node) {
    return harness.pods().stream()
        .filter(pod -> node.equals(pod.targetNode()))
        .findFirst()
        .orElseThrow()
        .tolerations()
        .stream()
        .map(toleration -> toleration.key())
        .filter(key -> key.startsWith("zone-"))
        .toList();
  }
}
