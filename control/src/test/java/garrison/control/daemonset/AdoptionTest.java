package garrison.control.daemonset;

import static garrison.control.daemonset.LoopHarness.NAMESPACE;
import static garrison.control.daemonset.LoopHarness.ROLLING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.client.DeleteOptions;
import garrison.model.DaemonSet;
import garrison.model.Meta;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Spec: daemonset 4.6, one dependent at a time. */
class AdoptionTest {
  private final FaultyCluster cluster =
      new FaultyCluster(
          new MemoryCluster(Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC)));
  private final DaemonSet daemonSet = make();

  private DaemonSet make() {
    ObjectNode document = LoopHarness.daemonSet(ROLLING);
    ((ObjectNode) document.get("metadata")).putArray("finalizers").add("x/y");
    return DaemonSet.of(cluster.create(Kinds.DAEMON_SET, NAMESPACE, document));
  }

  private Meta orphan(String name) {
    ObjectNode pod = Json.object();
    pod.putObject("metadata").put("name", name);
    return Meta.of(cluster.create(Kinds.POD, NAMESPACE, pod));
  }

  private Meta stored(String name) {
    return Meta.of(cluster.get(Kinds.POD, NAMESPACE, name));
  }

  @Test
  void section4_6_anOwnerReferenceIsAddedAndTakenAway() {
    Adoption adoption = new Adoption(cluster, daemonSet);
    assertThat(adoption.adopt(Kinds.POD, orphan("p"))).isNotNull();
    assertThat(stored("p").controller())
        .isNotNull()
        .satisfies(owner -> assertThat(owner.uid()).isEqualTo(daemonSet.meta().uid()))
        .matches(owner -> owner.blockOwnerDeletion());
    adoption.release(Kinds.POD, stored("p"));
    assertThat(stored("p").ownerReferences()).isEmpty();
  }

  @Test
  void section4_6_whatIsGoneIsSkipped() {
    Meta orphan = orphan("p");
    cluster.delete(Kinds.POD, NAMESPACE, "p", DeleteOptions.now(""));
    Adoption adoption = new Adoption(cluster, daemonSet);
    assertThat(adoption.adopt(Kinds.POD, orphan)).isNull();
    adoption.release(Kinds.POD, orphan);
  }

  @Test
  void section4_6_theDaemonSetIsReadOncePerPass() {
    Adoption adoption = new Adoption(cluster, daemonSet);
    adoption.adopt(Kinds.POD, orphan("p"));
    cluster.before =
        call -> assertThat(call.verb()).as("no more than the patch").isNotEqualTo("get");
    adoption.adopt(Kinds.POD, orphan("q"));
  }

  @Test
  void section4_6_nothingIsAdoptedForADaemonSetThatIsBeingDeleted() {
    Meta orphan = orphan("p");
    cluster.delete(Kinds.DAEMON_SET, NAMESPACE, "test", DeleteOptions.DEFAULT);
    assertThatThrownBy(() -> new Adoption(cluster, daemonSet).adopt(Kinds.POD, orphan))
        .hasMessage(
            "can't adopt Pod default/p ("
                + orphan.uid()
                + "): default/test has just been deleted at 2026-01-01T00:00:00Z");
    assertThat(stored("p").controller()).isNull();
  }

  @Test
  void section4_6_nothingIsAdoptedForADaemonSetThatWasReplaced() {
    Meta orphan = orphan("p");
    ObjectNode document = cluster.get(Kinds.DAEMON_SET, NAMESPACE, "test").deepCopy();
    ((ObjectNode) document.get("metadata")).remove("finalizers");
    cluster.update(Kinds.DAEMON_SET, document);
    cluster.delete(Kinds.DAEMON_SET, NAMESPACE, "test", DeleteOptions.DEFAULT);
    DaemonSet next = make();
    assertThatThrownBy(() -> new Adoption(cluster, daemonSet).adopt(Kinds.POD, orphan))
        .hasMessage(
            "can't adopt Pod default/p (%s): can't recheck DeletionTimestamp: original DaemonSet"
                    .formatted(orphan.uid())
                + " default/test is gone: got uid %s, wanted %s"
                    .formatted(next.meta().uid(), daemonSet.meta().uid()));
  }
}
