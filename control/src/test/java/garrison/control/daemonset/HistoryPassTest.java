package garrison.control.daemonset;

import static garrison.control.daemonset.LoopHarness.NAMESPACE;
import static garrison.control.daemonset.LoopHarness.ROLLING;
import static garrison.control.daemonset.LoopHarness.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.client.ListOptions;
import garrison.daemonset.DaemonPod;
import garrison.daemonset.Revision;
import garrison.daemonset.RevisionHistory;
import garrison.model.DaemonSet;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** One pass over the revisions of a DaemonSet (spec: daemonset 5.3, 5.4). */
class HistoryPassTest {
  private final FaultyCluster cluster = new FaultyCluster(new MemoryCluster(Clock.systemUTC()));
  private DaemonSet daemonSet =
      DaemonSet.of(cluster.create(Kinds.DAEMON_SET, NAMESPACE, LoopHarness.daemonSet(ROLLING)));

  private List<Revision> revisions() {
    return cluster.list(Kinds.CONTROLLER_REVISION, NAMESPACE, ListOptions.ALL).items().stream()
        .map(Revision::of)
        .sorted(Comparator.comparingLong(Revision::number))
        .toList();
  }

  private HistoryPass.Result run(DaemonPod... pods) {
    return new HistoryPass(cluster, daemonSet).run(revisions(), List.of(pods));
  }

  private void change(Consumer<ObjectNode> change) {
    ObjectNode document = daemonSet.document().deepCopy();
    ((ObjectNode) document.get("metadata")).remove("resourceVersion");
    change.accept(document);
    daemonSet = DaemonSet.of(cluster.update(Kinds.DAEMON_SET, document));
  }

  private static Consumer<ObjectNode> number(long number) {
    return revision -> revision.put("revision", number);
  }

  /** A revision of the present template, altered. */
  private void store(String name, Consumer<ObjectNode> change) {
    ObjectNode revision = RevisionHistory.of(daemonSet, List.of()).newRevision(daemonSet, null);
    ((ObjectNode) revision.get("metadata")).put("name", name);
    ((ObjectNode) revision.at("/metadata/labels")).put(Pod.HASH_LABEL, name);
    change.accept(revision);
    cluster.create(Kinds.CONTROLLER_REVISION, NAMESPACE, revision);
  }

  @Nested
  @DisplayName("5.3 Construction, per sync")
  class Section5_3 {
    @Test
    void aTemplateWithoutARevisionGetsTheNextNumber() {
      run();
      change(image("bar:2"));
      HistoryPass.Result result = run();
      assertThat(revisions()).extracting(Revision::number).containsExactly(1L, 2L);
      assertThat(result.hash()).isEqualTo(revisions().getLast().hash());
      assertThat(result.history().old()).containsExactly(revisions().getFirst());
    }

    @Test
    void aRollbackBumpsTheRevisionThatIsThere() {
      run();
      Revision first = revisions().getFirst();
      change(image("bar:2"));
      run();
      change(image("bar:1"));
      assertThat(run().hash()).isEqualTo(first.hash());
      assertThat(revisions()).extracting(Revision::number).containsExactly(2L, 3L);
      assertThat(revisions().getLast().name()).isEqualTo(first.name());
    }

    @Test
    void aCurrentRevisionWithTheHighestNumberIsLeftAlone() {
      run();
      cluster.writes.clear();
      run();
      assertThat(cluster.writes).isEmpty();
    }

    @Test
    void aRevisionWithoutAHashGetsItsName() {
      store(
          "unlabelled", made -> ((ObjectNode) made.at("/metadata/labels")).remove(Pod.HASH_LABEL));
      assertThat(run().hash()).isEqualTo("unlabelled");
      assertThat(revisions()).singleElement().matches(made -> made.hash().equals("unlabelled"));
    }

    @Test
    void aRevisionWithoutAnyLabelOfAPurelyNegativeSelectorIsNoTrouble() {
      ObjectNode selector = Json.object();
      selector
          .putArray("matchExpressions")
          .addObject()
          .put("key", "x")
          .put("operator", "DoesNotExist");
      change(document -> ((ObjectNode) document.get("spec")).set("selector", selector));
      store("bare", made -> ((ObjectNode) made.get("metadata")).remove("labels"));
      assertThat(run().hash()).isEqualTo("bare");
    }

    @Test
    void aNameThatIsTakenBySameDataIsUsed() {
      run();
      Revision taken = revisions().getFirst();
      // As where the cache does not show it yet.
      HistoryPass.Result result = new HistoryPass(cluster, daemonSet).run(List.of(), List.of());
      assertThat(result.hash()).isEqualTo(taken.hash());
      assertThat(revisions()).hasSize(1);
      assertThat(daemonSet.collisionCount()).isNull();
    }

    @Test
    void aNameThatIsTakenByOtherDataIsACollision() {
      String hash = RevisionHistory.hash(daemonSet, null);
      store("test-" + hash, made -> made.putObject("data").put("other", "data"));
      assertThatThrownBy(HistoryPassTest.this::run)
          .isInstanceOfSatisfying(StatusException.class, e -> assertThat(e.code()).isEqualTo(409));
      daemonSet = DaemonSet.of(cluster.get(Kinds.DAEMON_SET, NAMESPACE, "test"));
      assertThat(daemonSet.collisionCount()).isEqualTo(1);
      assertThat(run().hash()).isNotEqualTo(hash);
    }

    @Test
    void aStaleCollisionCountIsNotCountedUp() {
      String hash = RevisionHistory.hash(daemonSet, null);
      store("test-" + hash, made -> made.putObject("data").put("other", "data"));
      ObjectNode counted = daemonSet.document().deepCopy();
      counted.putObject("status").put("collisionCount", 4);
      cluster.update(Kinds.DAEMON_SET, counted, "status");
      assertThatThrownBy(HistoryPassTest.this::run)
          .hasMessageStartingWith("found a stale collision count (")
          .hasMessageEndingWith(
              ") of DaemonSet \"test\" while processing; will retry until it is updated");
      assertThat(DaemonSet.of(cluster.get(Kinds.DAEMON_SET, NAMESPACE, "test")).collisionCount())
          .isEqualTo(4);
    }
  }

  @Nested
  @DisplayName("5.4 De-duplication")
  class Section5_4 {
    private DaemonPod pod(String name, String hash) {
      ObjectNode pod = Json.object();
      ObjectNode metadata = pod.putObject("metadata").put("name", name);
      metadata.putObject("labels").put(Pod.HASH_LABEL, hash);
      return DaemonPod.of(Pod.of(cluster.create(Kinds.POD, NAMESPACE, pod)));
    }

    private String hashOf(String pod) {
      return Pod.of(cluster.get(Kinds.POD, NAMESPACE, pod)).hash();
    }

    @Test
    void allPodsGetTheKeptHashAndTheOthersAreDeleted() {
      store("one", number(1));
      store("two", number(2));
      store("three", number(2)); // the last of those with the highest number
      DaemonPod kept = pod("a", "two");
      HistoryPass.Result result = run(kept, pod("b", "one"), pod("c", "ancient"));
      assertThat(result.hash()).isEqualTo("two");
      assertThat(revisions()).extracting(Revision::name).containsExactly("two");
      assertThat(List.of(hashOf("a"), hashOf("b"), hashOf("c"))).containsOnly("two");
      assertThat(cluster.count("patch", Kinds.POD)).isEqualTo(2);
    }

    @Test
    void whereAPodCannotBeChangedNoRevisionIsDeleted() {
      store("one", number(1));
      store("two", number(2));
      DaemonPod pod = pod("b", "one");
      cluster.before =
          call -> {
            if (call.verb().equals("patch")) {
              throw StatusException.internal("try later");
            }
          };
      assertThatThrownBy(() -> run(pod)).isInstanceOf(StatusException.class);
      assertThat(revisions()).hasSize(2);
    }
  }
}
