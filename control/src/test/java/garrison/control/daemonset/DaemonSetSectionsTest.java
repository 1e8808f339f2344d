package garrison.control.daemonset;

import static garrison.control.daemonset.LoopHarness.NAMESPACE;
import static garrison.control.daemonset.LoopHarness.PATIENCE;
import static garrison.control.daemonset.LoopHarness.ROLLING;
import static garrison.control.daemonset.LoopHarness.daemonSet;
import static garrison.control.daemonset.LoopHarness.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.client.DeleteOptions;
import garrison.model.ControllerRevision;
import garrison.model.DaemonSet;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** The loop by the sections of spec: daemonset, on a cluster in memory. */
class DaemonSetSectionsTest {
  private LoopHarness harness;
  private MemoryCluster memory;

  @BeforeEach
  void start() {
    memory = new MemoryCluster(Clock.systemUTC());
    harness = new LoopHarness(memory);
  }

  @AfterEach
  void stop() {
    harness.cluster.before = call -> {};
    harness.close();
  }

  private static boolean is(FaultyCluster.Call call, String verb, Kind kind) {
    return call.verb().equals(verb) && call.kind().equals(kind);
  }

  private DaemonSet created(Consumer<ObjectNode> change) {
    ObjectNode document = daemonSet(ROLLING);
    change.accept(document);
    return harness.create(document);
  }

  /** A pod that nobody made for a DaemonSet; it is for no node. */
  private Pod pod(String name, String label, Consumer<ObjectNode> change) {
    ObjectNode pod = Json.object();
    ObjectNode metadata = pod.putObject("metadata").put("name", name);
    metadata.putObject("labels").put("name", label);
    pod.putObject("spec");
    change.accept(pod);
    return Pod.of(memory.create(Kinds.POD, NAMESPACE, pod));
  }

  private static Consumer<ObjectNode> ownedBy(String uid) {
    return pod ->
        ((ObjectNode) pod.get("metadata"))
            .putArray("ownerReferences")
            .addObject()
            .put("apiVersion", "apps/v1")
            .put("kind", "DaemonSet")
            .put("name", "test")
            .put("uid", uid)
            .put("controller", true);
  }

  private String controllerOf(String pod) {
    var owner = Pod.of(memory.get(Kinds.POD, NAMESPACE, pod)).meta().controller();
    return owner == null ? "" : owner.uid();
  }

  private void awaitController(String pod, String uid) {
    await().atMost(PATIENCE).until(() -> controllerOf(pod).equals(uid));
  }

  private void awaitEvent(String reason, String message) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(harness.events(reason))
                    .extracting(event -> event.path("message").asString())
                    .contains(message));
  }

  @Nested
  @DisplayName("4.1 Order of a sync")
  class Section4_1 {
    @Test
    void anErrorInTheHistoryEndsTheSyncBeforePodsAndStatus() {
      harness.nodes(1);
      AtomicInteger tries = new AtomicInteger();
      harness.cluster.before =
          call -> {
            if (is(call, "create", Kinds.CONTROLLER_REVISION)) {
              tries.incrementAndGet();
              throw StatusException.internal("no space left");
            }
          };
      harness.startKubelets().startLoop();
      created(document -> {});
      await().atMost(PATIENCE).until(() -> tries.get() > 2);
      assertThat(harness.pods()).isEmpty();
      assertThat(harness.daemonSet().observedGeneration()).isZero();
      harness.cluster.before = call -> {};
      harness.awaitRolledOut(1);
    }

    @Test
    void aDaemonSetThatSelectsAllIsToldSoAndLeftAlone() {
      harness.nodes(1);
      harness.startLoop();
      created(document -> ((ObjectNode) document.get("spec")).putObject("selector"));
      awaitEvent(
          "SelectingAll",
          "This daemon set is selecting all pods. A non-empty selector is required.");
      assertThat(harness.events("SelectingAll").getFirst().path("type").asString())
          .isEqualTo("Warning");
      assertThat(harness.pods()).isEmpty();
      assertThat(harness.revisions()).isEmpty();
      assertThat(harness.daemonSet().observedGeneration()).isZero();
    }

    @Test
    void aDaemonSetThatIsBeingDeletedAdoptsNothingAndItsStatusStands() {
      harness.nodes(1);
      harness.startKubelets().startLoop();
      created(
          document ->
              ((ObjectNode) document.get("metadata"))
                  .putArray("finalizers")
                  .add("foregroundDeletion"));
      harness.awaitRolledOut(1);
      harness.cluster.delete(Kinds.DAEMON_SET, NAMESPACE, "test", DeleteOptions.DEFAULT);
      String version = harness.daemonSet().meta().resourceVersion();
      pod("orphan", "test", pod -> {});
      harness.node("late");
      // Another DaemonSet that is served shows that the loop has come past all this.
      ObjectNode other = daemonSet(ROLLING);
      ((ObjectNode) other.get("metadata")).put("name", "other");
      ((ObjectNode) other.at("/spec/selector/matchLabels")).put("name", "other");
      ((ObjectNode) other.at("/spec/template/metadata/labels")).put("name", "other");
      harness.create(other);
      await().atMost(PATIENCE).until(() -> harness.pods().size() == 4);
      assertThat(controllerOf("orphan")).isEmpty();
      assertThat(harness.daemonSet().meta().resourceVersion()).isEqualTo(version);
    }
  }

  @Nested
  @DisplayName("4.5 Executing creates and deletes")
  class Section4_5 {
    @Test
    void createsStartWithOneAndEachThatWorksMakesRoomForTwo() {
      harness.nodes(12);
      Semaphore gate = new Semaphore(0);
      AtomicInteger begun = new AtomicInteger();
      harness.cluster.before =
          call -> {
            if (is(call, "create", Kinds.POD)) {
              begun.incrementAndGet();
              gate.acquireUninterruptibly();
            }
          };
      harness.startLoop();
      created(document -> {});
      for (int expected : List.of(1, 3, 7)) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(begun).hasValue(expected));
        gate.release(expected - harness.pods().size());
      }
      gate.release(12);
      await().atMost(PATIENCE).until(() -> harness.pods().size() == 12);
      assertThat(begun).hasValue(12);
    }

    @Test
    void refusalsOfAllCreatesCostOneRequestAtATime() {
      harness.nodes(30);
      AtomicInteger underWay = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      AtomicInteger tries = new AtomicInteger();
      harness.cluster.before =
          call -> {
            if (is(call, "create", Kinds.POD)) {
              most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
              tries.incrementAndGet();
              underWay.decrementAndGet();
              throw StatusException.forbidden(Kinds.POD, "", "exceeded quota: q");
            }
          };
      harness.startLoop();
      created(document -> {});
      await().atMost(PATIENCE).until(() -> tries.get() > 4);
      assertThat(most).hasValue(1);
      awaitEvent("FailedCreate", "Error creating: pods is forbidden: exceeded quota: q");
    }

    @Test
    void aNamespaceThatEndsIsNoReasonForAnEvent() {
      harness.nodes(1);
      AtomicInteger tries = new AtomicInteger();
      ObjectNode details = Json.object();
      details.putArray("causes").addObject().put("reason", "NamespaceTerminating");
      harness.cluster.before =
          call -> {
            if (is(call, "create", Kinds.POD)) {
              tries.incrementAndGet();
              throw StatusException.of(StatusReason.FORBIDDEN, "it is being terminated", details);
            }
          };
      harness.startLoop();
      created(document -> {});
      await().atMost(PATIENCE).until(() -> tries.get() > 2);
      harness.cluster.before = call -> {};
      await().atMost(PATIENCE).until(() -> !harness.events("SuccessfulCreate").isEmpty());
      assertThat(harness.events("FailedCreate")).isEmpty();
    }

    @Test
    void aDeletionThatIsRefusedIsToldAndTriedAgain() {
      harness.nodes(1);
      harness.startKubelets().startLoop();
      created(document -> {});
      harness.awaitRolledOut(1);
      Pod pod = harness.pods().getFirst();
      AtomicInteger tries = new AtomicInteger();
      harness.cluster.before =
          call -> {
            if (is(call, "delete", Kinds.POD) && tries.incrementAndGet() < 3) {
              throw StatusException.internal("try later");
            }
          };
      harness.taint("n0", "k=v:NoExecute");
      await().atMost(PATIENCE).until(() -> harness.pods().isEmpty());
      assertThat(harness.events("FailedDelete"))
          .isNotEmpty()
          .allMatch(event -> event.path("message").asString().startsWith("Error deleting: "))
          .allMatch(event -> event.path("type").asString().equals("Warning"));
      awaitEvent("SuccessfulDelete", "Deleted pod: " + pod.name());
    }

    @Test
    void aPodThatIsGoneWhenItIsToBeDeletedIsNoFailure() {
      harness.nodes(1);
      harness.startKubelets().startLoop();
      created(document -> {});
      harness.awaitRolledOut(1);
      AtomicInteger tries = new AtomicInteger();
      harness.cluster.before =
          call -> {
            if (is(call, "delete", Kinds.POD)) {
              tries.incrementAndGet();
              memory.delete(Kinds.POD, NAMESPACE, call.name(), DeleteOptions.now(""));
            }
          };
      harness.editDaemonSet(image("bar:2"));
      harness.awaitRolledOut(1);
      assertThat(tries).hasValue(1);
      assertThat(harness.events("FailedDelete")).isEmpty();
    }
  }

  @Nested
  @DisplayName("4.6 Claiming: adoption and release")
  class Section4_6 {
    @ParameterizedTest
    @CsvSource({
      "other, test,  -,           other",
      "other, else,  -,           other",
      "this,  test,  -,           this",
      "this,  else,  -,           none",
      "none,  test,  -,           this",
      "none,  test,  terminating, none",
      "none,  else,  -,           none",
    })
    void byControllerAndSelector(String owner, String label, String state, String after) {
      harness.startLoop();
      String uid = created(document -> {}).meta().uid();
      pod(
          "p",
          label,
          pod -> {
            if (!owner.equals("none")) {
              ownedBy(owner.equals("this") ? uid : "other").accept(pod);
            }
            if (state.equals("terminating")) {
              ((ObjectNode) pod.get("metadata"))
                  .put("deletionTimestamp", "2026-01-01T00:00:00Z")
                  .put("deletionGracePeriodSeconds", 30);
            }
          });
      // One that is adopted shows that the loop has come past the other one.
      pod("later", "test", pod -> {});
      awaitController("later", uid);
      String expected = after.equals("this") ? uid : after.equals("none") ? "" : after;
      awaitController("p", expected);
    }

    @Test
    void anAdoptedPodKeepsItsOtherOwners() {
      harness.startLoop();
      String uid = created(document -> {}).meta().uid();
      pod(
          "p",
          "test",
          pod ->
              ((ObjectNode) pod.get("metadata"))
                  .putArray("ownerReferences")
                  .addObject()
                  .put("kind", "Node")
                  .put("name", "n")
                  .put("uid", "node"));
      awaitController("p", uid);
      assertThat(Pod.of(memory.get(Kinds.POD, NAMESPACE, "p")).meta().ownerReferences())
          .extracting(reference -> reference.uid())
          .containsExactlyInAnyOrder("node", uid);
    }
  }

  @Nested
  @DisplayName("4.7 Deleting the DaemonSet")
  class Section4_7 {
    @Test
    void orphansOfAnotherTemplateCountAsUpdatedByTheirGeneration() {
      harness.nodes(2);
      harness.startKubelets().startLoop();
      created(document -> {});
      harness.awaitRolledOut(2);
      List<String> before = harness.pods().stream().map(pod -> pod.meta().uid()).toList();
      harness.cluster.delete(Kinds.DAEMON_SET, NAMESPACE, "test", DeleteOptions.DEFAULT);
      for (Pod pod : harness.pods()) {
        harness.edit(
            Kinds.POD,
            NAMESPACE,
            pod.name(),
            document -> ((ObjectNode) document.get("metadata")).remove("ownerReferences"));
      }
      harness.awaitOrphansSeen();
      String first = harness.revisions().getFirst().hash();
      created(image("bar:2"));
      harness.awaitRolledOut(2);
      assertThat(harness.pods()).extracting(pod -> pod.meta().uid()).hasSameElementsAs(before);
      assertThat(harness.pods()).allMatch(pod -> pod.hash().equals(first));
      harness.editDaemonSet(image("bar:3"));
      harness.awaitRolledOut(2);
      assertThat(harness.pods())
          .extracting(pod -> pod.meta().uid())
          .doesNotContainAnyElementsOf(before);
    }
  }

  @Nested
  @DisplayName("5.5 Truncation")
  class Section5_5 {
    @Test
    void aRevisionThatAPodIsOfIsKeptBeyondTheLimit() {
      harness.nodes(1);
      harness.startKubelets().startLoop();
      ObjectNode document = daemonSet("{'type':'OnDelete'}");
      ((ObjectNode) document.get("spec")).put("revisionHistoryLimit", 0);
      harness.create(document);
      harness.awaitRolledOut(1);
      harness.editDaemonSet(image("bar:2"));
      harness.editDaemonSet(image("bar:3"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(harness.daemonSet().observedGeneration()).isEqualTo(3);
                assertThat(harness.revisions())
                    .extracting(ControllerRevision::revision)
                    .startsWith(1L)
                    .hasSize(2);
              });
      Pod pod = harness.pods().getFirst();
      harness.cluster.delete(Kinds.POD, NAMESPACE, pod.name(), DeleteOptions.now(""));
      await().atMost(PATIENCE).until(() -> harness.revisions().size() == 1);
    }
  }

  @Nested
  @DisplayName("8.1 Events")
  class Section8_1 {
    @Test
    void eventsAreAboutTheDaemonSetAndFromItsController() {
      harness.nodes(1);
      harness.startKubelets().startLoop();
      DaemonSet daemonSet = created(document -> {});
      harness.awaitRolledOut(1);
      String pod = harness.pods().getFirst().name();
      awaitEvent("SuccessfulCreate", "Created pod: " + pod);
      harness.taint("n0", "k=v:NoExecute");
      awaitEvent("SuccessfulDelete", "Deleted pod: " + pod);
      for (String reason : List.of("SuccessfulCreate", "SuccessfulDelete")) {
        ObjectNode event = harness.events(reason).getFirst();
        assertThat(event.path("type").asString()).isEqualTo("Normal");
        assertThat(event.at("/source/component").asString()).isEqualTo("daemonset-controller");
        assertThat(event.path("reportingComponent").asString()).isEqualTo("daemonset-controller");
        assertThat(event.at("/involvedObject/kind").asString()).isEqualTo("DaemonSet");
        assertThat(event.at("/involvedObject/apiVersion").asString()).isEqualTo("apps/v1");
        assertThat(event.at("/involvedObject/uid").asString()).isEqualTo(daemonSet.meta().uid());
      }
    }

    @Test
    void podsThatEndedAreToldWithTheirNodes() {
      harness.nodes(2);
      harness.startKubelets().startLoop();
      created(document -> {});
      harness.awaitRolledOut(2);
      List<Pod> pods = harness.pods();
      harness.setStatus(pods.get(0).document(), "Failed", false);
      harness.setStatus(pods.get(1).document(), "Succeeded", false);
      awaitEvent(
          "FailedDaemonPod",
          "Found failed daemon pod default/%s on node %s, will try to kill it"
              .formatted(pods.get(0).name(), pods.get(0).nodeName()));
      awaitEvent(
          "SucceededDaemonPod",
          "Found succeeded daemon pod default/%s on node %s, will try to delete it"
              .formatted(pods.get(1).name(), pods.get(1).nodeName()));
      assertThat(harness.events("FailedDaemonPod").getFirst().path("type").asString())
          .isEqualTo("Warning");
      assertThat(harness.events("SucceededDaemonPod").getFirst().path("type").asString())
          .isEqualTo("Normal");
    }
  }

  @Nested
  @DisplayName("8.2 What enqueues")
  class Section8_2 {
    @Test
    void aRevisionThatIsDeletedIsMadeAgain() {
      harness.nodes(1);
      harness.startKubelets().startLoop();
      created(document -> {});
      harness.awaitRolledOut(1);
      ControllerRevision first = harness.revisions().getFirst();
      String pod = harness.pods().getFirst().meta().uid();
      memory.delete(Kinds.CONTROLLER_REVISION, NAMESPACE, first.name(), DeleteOptions.DEFAULT);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(harness.revisions())
                      .singleElement()
                      .matches(made -> made.name().equals(first.name()))
                      .matches(made -> !made.meta().uid().equals(first.meta().uid())));
      assertThat(harness.pods()).extracting(each -> each.meta().uid()).containsExactly(pod);
    }

    @Test
    void aRevisionThatNobodyOwnsIsTakenUpAtOnce() {
      harness.nodes(1);
      harness.startKubelets().startLoop();
      String uid = created(document -> {}).meta().uid();
      harness.awaitRolledOut(1);
      ObjectNode orphan = harness.revisions().getFirst().document().deepCopy();
      ((ObjectNode) orphan.get("metadata"))
          .put("name", "found")
          .remove(List.of("resourceVersion", "ownerReferences"));
      ((ObjectNode) orphan.at("/metadata/labels")).remove(Pod.HASH_LABEL);
      orphan.putObject("data").putObject("spec").put("other", "template");
      orphan.put("revision", 7);
      memory.create(Kinds.CONTROLLER_REVISION, NAMESPACE, orphan);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(harness.revisions())
                    .extracting(ControllerRevision::revision)
                    .containsExactly(7L, 8L);
                ControllerRevision found = harness.revisions().getFirst();
                assertThat(found.hash()).as("its name").isEqualTo("found");
                assertThat(Objects.requireNonNull(found.meta().controller()).uid()).isEqualTo(uid);
              });
    }

    @Test
    void theHeartbeatOfANodeWritesNothing() {
      harness.nodes(1);
      harness.startKubelets().startLoop();
      created(document -> {});
      harness.awaitRolledOut(1);
      int writes = harness.cluster.writes.size();
      harness.edit(
          Kinds.NODE,
          "",
          "n0",
          node -> node.withObject("/metadata/annotations").put("heartbeat", "1"));
      harness.node("late");
      harness.awaitRolledOut(2);
      assertThat(harness.cluster.writes.subList(writes, harness.cluster.writes.size()))
          .filteredOn(call -> call.kind().equals(Kinds.POD))
          .hasSize(1);
    }
  }
}
