package garrison.control.daemonset;

import static garrison.control.daemonset.LoopHarness.NAMESPACE;
import static garrison.control.daemonset.LoopHarness.PATIENCE;
import static garrison.control.daemonset.LoopHarness.ROLLING;
import static garrison.control.daemonset.LoopHarness.daemonSet;
import static garrison.control.daemonset.LoopHarness.image;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.client.DeleteOptions;
import garrison.client.UnreachableException;
import garrison.model.ControllerRevision;
import garrison.model.DaemonSet;
import garrison.model.Meta;
import garrison.model.OwnerReference;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** The loop against a cluster in memory, its faults and its lag (spec: daemonset 4 to 8). */
class DaemonSetLoopTest {
  private LoopHarness harness;
  private MemoryCluster memory;

  @BeforeEach
  void start() {
    memory = new MemoryCluster(Clock.systemUTC());
    harness = new LoopHarness(memory);
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private static Set<String> names(List<Pod> pods) {
    return pods.stream().map(Pod::name).collect(toSet());
  }

  private static Set<String> uids(List<Pod> pods) {
    return pods.stream().map(pod -> pod.meta().uid()).collect(toSet());
  }

  private static Map<String, Long> perNode(List<Pod> pods) {
    return pods.stream()
        .collect(Collectors.groupingBy(pod -> "" + pod.targetNode(), Collectors.counting()));
  }

  @Test
  void everyNodeGetsAPodOwnedByTheDaemonSetAndTheStatusSaysSo() {
    harness.nodes(5);
    harness.startKubelets().startLoop();
    harness.create(daemonSet(ROLLING));
    harness.awaitRolledOut(5);
    assertThat(perNode(harness.pods()))
        .isEqualTo(Map.of("n0", 1L, "n1", 1L, "n2", 1L, "n3", 1L, "n4", 1L));
    DaemonSet daemonSet = harness.daemonSet();
    assertThat(harness.pods())
        .allSatisfy(
            pod ->
                assertThat(pod.meta().ownerReferences())
                    .containsExactly(
                        new OwnerReference(
                            "apps/v1", "DaemonSet", "test", daemonSet.meta().uid(), true, true)));
    assertThat(harness.revisions())
        .singleElement()
        .satisfies(
            revision -> {
              assertThat(revision.revision()).isEqualTo(1);
              assertThat(revision.name()).isEqualTo("test-" + revision.hash());
              assertThat(harness.pods()).allMatch(pod -> pod.hash().equals(revision.hash()));
            });
    await().atMost(PATIENCE).until(() -> harness.events("SuccessfulCreate").size() == 5);
    ObjectNode event = harness.events("SuccessfulCreate").getFirst();
    assertThat(event.path("message").asString()).startsWith("Created pod: test-");
    assertThat(event.at("/source/component").asString()).isEqualTo("daemonset-controller");
    assertThat(event.at("/involvedObject/uid").asString()).isEqualTo(daemonSet.meta().uid());
  }

  @Test
  void podsFollowNodesThatComeAndGo() {
    harness.nodes(2);
    harness.startLoop();
    harness.create(daemonSet(ROLLING));
    await().atMost(PATIENCE).until(() -> harness.pods().size() == 2);
    harness.node("late");
    await().atMost(PATIENCE).until(() -> harness.pods().size() == 3);
    harness.cluster.delete(Kinds.NODE, "", "n0", DeleteOptions.DEFAULT);
    await()
        .atMost(PATIENCE)
        .until(() -> perNode(harness.pods()).equals(Map.of("n1", 1L, "late", 1L)));
    harness.edit(
        Kinds.NODE,
        "",
        "late",
        document ->
            ((ObjectNode) document.get("spec"))
                .putArray("taints")
                .addObject()
                .put("key", "k")
                .put("effect", "NoExecute"));
    await().atMost(PATIENCE).until(() -> perNode(harness.pods()).equals(Map.of("n1", 1L)));
    await().atMost(PATIENCE).until(() -> harness.counters().equals(List.of(1, 1, 0, 1, 0, 0)));
    await().atMost(PATIENCE).until(() -> !harness.events("SuccessfulDelete").isEmpty());
  }

  @Test
  void deletedPodIsReplacedOnceItIsGone() {
    harness.nodes(1);
    harness.startKubelets().startLoop();
    harness.create(daemonSet(ROLLING));
    harness.awaitRolledOut(1);
    Pod first = harness.pods().getFirst();
    harness.cluster.delete(Kinds.POD, NAMESPACE, first.name(), DeleteOptions.DEFAULT);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                harness.pods().size() == 1
                    && !names(harness.pods()).contains(first.name())
                    && harness.pods().getFirst().ready());
  }

  @Test
  void rollingUpdateTakesOneNodeAtATime() {
    harness.nodes(4);
    harness.startKubelets().startLoop();
    harness.create(daemonSet(ROLLING));
    harness.awaitRolledOut(4);
    AtomicInteger worst = new AtomicInteger();
    harness.cluster.before =
        call -> {
          if (call.verb().equals("delete") && call.kind().equals(Kinds.POD)) {
            int serving =
                (int) harness.pods().stream().filter(p -> p.ready() && !p.terminating()).count();
            worst.accumulateAndGet(4 - serving + 1, Math::max);
          }
        };
    harness.editDaemonSet(image("bar:2"));
    harness.awaitRolledOut(4);
    assertThat(worst).hasValue(1);
    assertThat(harness.revisions())
        .extracting(ControllerRevision::revision)
        .containsExactly(1L, 2L);
    String hash = harness.revisions().getLast().hash();
    assertThat(harness.pods()).allMatch(pod -> pod.hash().equals(hash));
    assertThat(harness.cluster.count("create", Kinds.POD)).isEqualTo(8);
    assertThat(harness.cluster.count("delete", Kinds.POD)).isEqualTo(4);
  }

  @Test
  void surgeNeverGoesBelowFullService() {
    harness.nodes(4);
    harness.startKubelets().startLoop();
    harness.create(
        daemonSet("{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':0,'maxSurge':1}}"));
    harness.awaitRolledOut(4);
    harness.cluster.before =
        call -> {
          if (call.verb().equals("delete") && call.kind().equals(Kinds.POD)) {
            Pod deleted = Pod.of(memory.get(Kinds.POD, NAMESPACE, call.name()));
            assertThat(harness.pods())
                .as("a ready pod beside the one that is deleted")
                .anyMatch(
                    pod ->
                        !pod.name().equals(deleted.name())
                            && pod.nodeName().equals(deleted.nodeName())
                            && pod.ready());
          }
        };
    harness.editDaemonSet(image("bar:2"));
    harness.awaitRolledOut(4);
  }

  @Test
  void onDeleteOnlyMakesARevision() {
    harness.nodes(2);
    harness.startKubelets().startLoop();
    harness.create(daemonSet("{'type':'OnDelete'}"));
    harness.awaitRolledOut(2);
    Set<String> before = uids(harness.pods());
    harness.editDaemonSet(image("bar:2"));
    await().atMost(PATIENCE).until(() -> harness.counters().equals(List.of(2, 2, 2, 0, 2, 0)));
    assertThat(harness.revisions()).hasSize(2);
    assertThat(uids(harness.pods())).isEqualTo(before);
  }

  @Test
  void rollbackBumpsTheOldRevisionAndRestartsNothingThatIsOfIt() {
    harness.nodes(3);
    harness.startKubelets().startLoop();
    harness.create(daemonSet(ROLLING));
    harness.awaitRolledOut(3);
    Set<String> before = uids(harness.pods());
    String hash = harness.revisions().getFirst().hash();
    harness.runs = pod -> pod.hash().equals(hash);
    harness.editDaemonSet(image("bar:nonexistent"));
    await()
        .atMost(PATIENCE)
        .until(() -> harness.pods().stream().anyMatch(pod -> !pod.hash().equals(hash)));
    harness.editDaemonSet(image("bar:1"));
    harness.awaitRolledOut(3);
    Set<String> kept = new HashSet<>(uids(harness.pods()));
    kept.retainAll(before);
    assertThat(kept).hasSize(2);
    assertThat(harness.revisions())
        .extracting(ControllerRevision::revision)
        .containsExactly(2L, 3L);
    assertThat(harness.revisions().getLast().hash()).isEqualTo(hash);
  }

  @Test
  void historyIsCutToItsLimit() {
    harness.nodes(1);
    harness.startKubelets().startLoop();
    harness.create(daemonSet(ROLLING));
    harness.awaitRolledOut(1);
    for (int i = 2; i < 7; i++) {
      harness.editDaemonSet(image("bar:" + i));
      harness.awaitRolledOut(1);
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(harness.revisions())
                    .extracting(ControllerRevision::revision)
                    .containsExactly(4L, 5L, 6L));
  }

  @Test
  void failedPodIsReplacedWithAnEvent() {
    harness.nodes(2);
    harness.startKubelets().startLoop();
    harness.create(daemonSet(ROLLING));
    harness.awaitRolledOut(2);
    Pod victim = harness.pods().getFirst();
    harness.setStatus(victim.document(), "Failed", false);
    await().atMost(PATIENCE).until(() -> !names(harness.pods()).contains(victim.name()));
    harness.awaitRolledOut(2);
    await().atMost(PATIENCE).until(() -> harness.events("FailedDaemonPod").size() == 1);
    assertThat(harness.events("FailedDaemonPod").getFirst().path("message").asString())
        .isEqualTo(
            "Found failed daemon pod default/"
                + victim.name()
                + " on node "
                + victim.nodeName()
                + ", will try to kill it");
  }

  @Test
  void endedPodWithAFinalizerDoesNotBlockItsNode() {
    harness.nodes(2);
    harness.startKubelets().startLoop();
    ObjectNode daemonSet = daemonSet(ROLLING);
    ((ObjectNode) daemonSet.at("/spec/template/metadata")).putArray("finalizers").add("x/y");
    harness.create(daemonSet);
    harness.awaitRolledOut(2);
    Pod ended = harness.pods().getFirst();
    harness.setStatus(ended.document(), "Succeeded", false);
    await().atMost(PATIENCE).until(() -> harness.pods().size() == 3);
    await().atMost(PATIENCE).until(() -> harness.counters().equals(List.of(2, 2, 2, 2, 2, 0)));
    assertThat(names(harness.pods())).contains(ended.name());
    await().atMost(PATIENCE).until(() -> harness.events("SucceededDaemonPod").size() == 1);
  }

  @Test
  void statusIsWrittenAlthoughCreatesFail() {
    harness.nodes(5);
    AtomicInteger creates = new AtomicInteger();
    harness.cluster.before =
        call -> {
          if (call.verb().equals("create")
              && call.kind().equals(Kinds.POD)
              && creates.incrementAndGet() > 2) {
            throw StatusException.forbidden(Kinds.POD, "", "exceeded quota: q");
          }
        };
    harness.startKubelets().startLoop();
    harness.create(daemonSet(ROLLING));
    await().atMost(PATIENCE).until(() -> harness.counters().equals(List.of(5, 2, 2, 2, 2, 0)));
    assertThat(harness.daemonSet().observedGeneration()).isEqualTo(1);
    await().atMost(PATIENCE).until(() -> !harness.events("FailedCreate").isEmpty());
    assertThat(harness.events("FailedCreate").getFirst().path("message").asString())
        .isEqualTo("Error creating: pods is forbidden: exceeded quota: q");
    harness.cluster.before = call -> {};
    harness.awaitRolledOut(5);
  }

  @Test
  void createsThatGotNoAnswerAreNotRepeated() {
    harness.nodes(6);
    AtomicInteger creates = new AtomicInteger();
    harness.cluster.after =
        call -> {
          if (call.verb().equals("create")
              && call.kind().equals(Kinds.POD)
              && creates.incrementAndGet() % 2 == 1) {
            throw new UnreachableException("connection reset", new IOException("reset"));
          }
        };
    harness.startLoop();
    // The cache does not help: only asking the server tells how the creates ended.
    await().atMost(PATIENCE).until(() -> memory.watchCount(Kinds.POD) > 0);
    memory.hold(Kinds.POD, true);
    harness.create(daemonSet(ROLLING));
    await().atMost(PATIENCE).until(() -> harness.counters().get(1) == 6);
    assertThat(harness.pods()).hasSize(6);
    assertThat(harness.cluster.count("create", Kinds.POD)).isEqualTo(6);
  }

  @Test
  void laggingCacheCausesNoSecondPod() {
    harness.nodes(6);
    harness.startLoop();
    await().atMost(PATIENCE).until(() -> memory.watchCount(Kinds.POD) > 0);
    memory.hold(Kinds.POD, true);
    harness.create(daemonSet(ROLLING));
    await().atMost(PATIENCE).until(() -> harness.counters().equals(List.of(6, 6, 0, 6, 0, 0)));
    harness.editDaemonSet(
        document -> ((ObjectNode) document.at("/spec")).put("minReadySeconds", 1));
    await().atMost(PATIENCE).until(() -> harness.daemonSet().observedGeneration() == 2);
    assertThat(harness.pods()).hasSize(6);
    memory.hold(Kinds.POD, false);
    harness.node("late");
    await().atMost(PATIENCE).until(() -> harness.counters().get(1) == 7);
    assertThat(harness.cluster.count("create", Kinds.POD)).isEqualTo(7);
    assertThat(harness.cluster.count("delete", Kinds.POD)).isZero();
  }

  @Test
  void restartsInMidRollOutCreateNothingTwice() {
    harness.nodes(8);
    harness.startKubelets().startLoop();
    harness.create(
        daemonSet("{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':2,'maxSurge':0}}"));
    harness.awaitRolledOut(8);
    String hash = harness.revisions().getFirst().hash();
    harness.runs = pod -> pod.hash().equals(hash);
    harness.editDaemonSet(image("bar:2"));
    for (int i = 0; i < 6; i++) {
      // The roll-out stands still here: two new pods are not ready.
      int replaced = i + 2;
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  harness.pods().stream().filter(pod -> !pod.hash().equals(hash)).count()
                      == replaced);
      harness.stopLoop();
      assertThat(perNode(harness.pods()).values()).allMatch(count -> count == 1);
      if (i % 2 == 0) {
        harness.startLoop();
      }
      Pod waiting =
          harness.pods().stream()
              .filter(pod -> !pod.hash().equals(hash) && !pod.ready())
              .findFirst()
              .orElseThrow();
      harness.run(waiting);
      if (i % 2 == 1) {
        harness.startLoop();
      }
    }
    harness.runs = pod -> true;
    harness.pods().stream().filter(pod -> !pod.ready()).forEach(harness::run);
    harness.awaitRolledOut(8);
    assertThat(harness.cluster.count("create", Kinds.POD)).isEqualTo(16);
    assertThat(harness.cluster.count("delete", Kinds.POD)).isEqualTo(8);
    Set<String> settled = uids(harness.pods());
    harness.stopLoop();
    harness.startLoop();
    harness.node("late");
    harness.awaitRolledOut(9);
    assertThat(uids(harness.pods())).containsAll(settled);
  }

  @Test
  void orphansAreAdoptedAndNothingIsRestarted() {
    harness.nodes(3);
    harness.startKubelets().startLoop();
    harness.create(daemonSet(ROLLING));
    harness.awaitRolledOut(3);
    Set<String> before = uids(harness.pods());
    String revision = harness.revisions().getFirst().meta().uid();
    harness.cluster.delete(Kinds.DAEMON_SET, NAMESPACE, "test", DeleteOptions.DEFAULT);
    for (Pod pod : harness.pods()) {
      harness.edit(Kinds.POD, NAMESPACE, pod.name(), DaemonSetLoopTest::dropOwners);
    }
    for (ControllerRevision each : harness.revisions()) {
      harness.edit(
          Kinds.CONTROLLER_REVISION, NAMESPACE, each.name(), DaemonSetLoopTest::dropOwners);
    }
    harness.awaitOrphansSeen();
    harness.create(daemonSet(ROLLING));
    harness.awaitRolledOut(3);
    assertThat(uids(harness.pods())).isEqualTo(before);
    String owner = harness.daemonSet().meta().uid();
    assertThat(harness.pods()).allMatch(pod -> owner.equals(controller(pod.meta())));
    assertThat(harness.revisions())
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.meta().uid()).isEqualTo(revision);
              assertThat(controller(each.meta())).isEqualTo(owner);
            });
  }

  @Test
  void noPodIsCreatedWhileOrphansWaitForTheirAdoption() throws InterruptedException {
    harness.nodes(2);
    harness.startKubelets().startLoop();
    harness.create(daemonSet(ROLLING));
    harness.awaitRolledOut(2);
    Set<String> before = uids(harness.pods());
    harness.cluster.delete(Kinds.DAEMON_SET, NAMESPACE, "test", DeleteOptions.DEFAULT);
    for (Pod pod : harness.pods()) {
      harness.edit(Kinds.POD, NAMESPACE, pod.name(), DaemonSetLoopTest::dropOwners);
    }
    harness.awaitOrphansSeen();
    CountDownLatch gate = new CountDownLatch(1);
    harness.cluster.before =
        call -> {
          if (call.verb().equals("patch") && call.kind().equals(Kinds.POD)) {
            try {
              gate.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    harness.create(daemonSet(ROLLING));
    // Another DaemonSet that is served shows how far the loop has come.
    harness.create(other());
    await().atMost(PATIENCE).until(() -> harness.pods().size() >= 4);
    assertThat(harness.pods()).hasSize(4);
    gate.countDown();
    harness.cluster.before = call -> {};
    await().atMost(PATIENCE).until(() -> harness.counters().equals(List.of(2, 2, 2, 2, 2, 0)));
    assertThat(uids(harness.pods())).containsAll(before).hasSize(4);
  }

  @Test
  void orphansThatTheWatchOfPodsDoesNotShowYetAreFoundByAsking() {
    harness.nodes(2);
    harness.startKubelets().startLoop();
    harness.create(daemonSet(ROLLING));
    harness.awaitRolledOut(2);
    Set<String> before = uids(harness.pods());
    memory.hold(Kinds.POD, true);
    harness.cluster.delete(Kinds.DAEMON_SET, NAMESPACE, "test", DeleteOptions.DEFAULT);
    for (Pod pod : harness.pods()) {
      harness.edit(Kinds.POD, NAMESPACE, pod.name(), DaemonSetLoopTest::dropOwners);
    }
    DaemonSet again = harness.create(daemonSet(ROLLING));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                harness.pods().stream()
                    .allMatch(pod -> controller(pod.meta()).equals(again.meta().uid())));
    await().atMost(PATIENCE).until(() -> harness.counters().equals(List.of(2, 2, 2, 2, 2, 0)));
    memory.hold(Kinds.POD, false);
    harness.node("late");
    harness.awaitRolledOut(3);
    assertThat(uids(harness.pods())).containsAll(before);
    assertThat(harness.cluster.count("create", Kinds.POD)).isEqualTo(3);
    assertThat(harness.cluster.count("delete", Kinds.POD)).isZero();
  }

  private static ObjectNode other() {
    ObjectNode other = daemonSet(ROLLING);
    ((ObjectNode) other.get("metadata")).put("name", "other");
    ((ObjectNode) other.at("/spec/selector/matchLabels")).put("name", "other");
    ((ObjectNode) other.at("/spec/template/metadata/labels")).put("name", "other");
    return other;
  }

  private static void dropOwners(ObjectNode document) {
    ((ObjectNode) document.get("metadata")).remove("ownerReferences");
  }

  private static String controller(Meta meta) {
    OwnerReference controller = meta.controller();
    return controller == null ? "" : controller.uid();
  }

  @Test
  void podWhoseLabelsChangeIsReleasedReplacedAndAdoptedAgain() {
    harness.nodes(1);
    harness.startKubelets().startLoop();
    harness.create(daemonSet(ROLLING));
    harness.awaitRolledOut(1);
    Pod first = harness.pods().getFirst();
    harness.edit(
        Kinds.POD,
        NAMESPACE,
        first.name(),
        document -> ((ObjectNode) document.at("/metadata/labels")).put("name", "other"));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                harness.pods().size() == 2
                    && harness.pods().stream()
                        .filter(pod -> pod.name().equals(first.name()))
                        .allMatch(pod -> controller(pod.meta()).isEmpty()));
    await().atMost(PATIENCE).until(() -> harness.counters().equals(List.of(1, 1, 1, 1, 1, 0)));
    harness.edit(
        Kinds.POD,
        NAMESPACE,
        first.name(),
        document -> ((ObjectNode) document.at("/metadata/labels")).put("name", "test"));
    await().atMost(PATIENCE).until(() -> names(harness.pods()).equals(Set.of(first.name())));
  }

  @Test
  void nameThatIsTakenByAnotherTemplateIsACollision() {
    harness.nodes(1);
    harness.startKubelets().startLoop();
    harness.create(daemonSet(ROLLING));
    harness.awaitRolledOut(1);
    // The revision that the next template will need, taken by the present one's data.
    ObjectNode next = harness.daemonSet().document().deepCopy();
    image("bar:2").accept(next);
    String hash = garrison.daemonset.RevisionHistory.hash(DaemonSet.of(next), null);
    ObjectNode foreign = harness.revisions().getFirst().document().deepCopy();
    ((ObjectNode) foreign.get("metadata")).put("name", "test-" + hash).remove("resourceVersion");
    ((ObjectNode) foreign.at("/metadata/labels")).put(Pod.HASH_LABEL, hash);
    foreign.put("revision", 2);
    memory.create(Kinds.CONTROLLER_REVISION, NAMESPACE, foreign);
    harness.editDaemonSet(image("bar:2"));
    harness.awaitRolledOut(1);
    assertThat(harness.daemonSet().collisionCount()).isEqualTo(1);
    assertThat(harness.pods()).allMatch(pod -> !pod.hash().equals(hash));
  }

  @Test
  void twoRevisionsOfOneTemplateBecomeOneAtTheNextSync() {
    harness.nodes(1);
    harness.startKubelets().startLoop();
    harness.create(daemonSet(ROLLING));
    harness.awaitRolledOut(1);
    Set<String> before = uids(harness.pods());
    ObjectNode second = harness.revisions().getFirst().document().deepCopy();
    ((ObjectNode) second.get("metadata")).put("name", "test-second").remove("resourceVersion");
    ((ObjectNode) second.at("/metadata/labels")).put(Pod.HASH_LABEL, "second");
    second.put("revision", 2);
    memory.create(Kinds.CONTROLLER_REVISION, NAMESPACE, second);
    harness.node("late");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                harness.pods().size() == 2
                    && harness.pods().stream().allMatch(pod -> pod.hash().equals("second")));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(harness.revisions())
                    .extracting(ControllerRevision::name)
                    .containsExactly("test-second"));
    assertThat(uids(harness.pods())).containsAll(before);
  }

  @Test
  void nothingIsDoneForADaemonSetThatIsBeingDeleted() {
    harness.nodes(2);
    harness.startKubelets().startLoop();
    ObjectNode daemonSet = daemonSet(ROLLING);
    ((ObjectNode) daemonSet.get("metadata")).putArray("finalizers").add("foregroundDeletion");
    harness.create(daemonSet);
    harness.awaitRolledOut(2);
    harness.cluster.delete(Kinds.DAEMON_SET, NAMESPACE, "test", DeleteOptions.DEFAULT);
    Pod first = harness.pods().getFirst();
    // Another DaemonSet that is served shows that the loop has come past the deletion.
    harness.create(other());
    await().atMost(PATIENCE).until(() -> harness.pods().size() == 4);
    harness.cluster.delete(Kinds.POD, NAMESPACE, first.name(), DeleteOptions.DEFAULT);
    await().atMost(PATIENCE).until(() -> harness.pods().size() == 3);
  }
}
