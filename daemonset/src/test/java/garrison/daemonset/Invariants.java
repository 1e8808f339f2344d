package garrison.daemonset;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.Node;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of actions, whatever happened before: each has a reason that is true, no node gets
 * a second pod but by surge, and no more nodes go out of service than allowed.
 */
final class Invariants {
  private final ReferenceFleet.World before;
  private final ReferenceFleet.World after;
  private final boolean surge;

  Invariants(ReferenceFleet.World before, ReferenceFleet.World after) {
    this.before = before;
    this.after = after;
    this.surge =
        !before.daemonSet().onDelete()
            && before.daemonSet().maxSurge() != null
            && before.daemonSet().maxSurge().scaledUp(1) > 0;
  }

  void check(Action action) {
    assertThat(action.why().sentence()).isNotBlank();
    assertThat(action.why().label()).isNotBlank();
    switch (action) {
      case Action.CreatePod create -> checkCreate(create);
      case Action.DeletePod delete -> checkDelete(delete.pod(), (Why.Delete) delete.why());
    }
  }

  private void checkCreate(Action.CreatePod create) {
    String node = create.node();
    assertThat(before.creating()).as("one create at a time").doesNotContain(node);
    assertThat(runs(node)).as("only eligible nodes get pods").isTrue();
    List<DaemonPod> there =
        ReferenceFleet.group(before).getOrDefault(node, List.of()).stream()
            .filter(before::live)
            .toList();
    switch ((Why.Create) create.why()) {
      case Why.NodeLacksPod() ->
          assertThat(ReferenceFleet.group(before)).as("no second pod").doesNotContainKey(node);
      case Why.NodeLacksRunningPod() -> {
        assertThat(surge).isTrue();
        assertThat(there).as("no pod that goes on").allMatch(DaemonPod::terminal);
      }
      case Why.Surge(String oldPod) -> checkSurge(there, oldPod, true);
      case Why.SurgeForUnavailable(String oldPod) -> checkSurge(there, oldPod, false);
    }
  }

  private void checkSurge(List<DaemonPod> there, String oldPod, boolean available) {
    assertThat(surge).isTrue();
    DaemonPod old = find(there, oldPod);
    assertThat(ReferenceFleet.updated(before, old)).isFalse();
    assertThat(available(old)).isEqualTo(available);
    assertThat(there).as("nothing else goes on there").filteredOn(after::live).containsExactly(old);
  }

  private void checkDelete(DaemonPod pod, Why.Delete why) {
    assertThat(before.live(pod)).as("nothing is deleted twice").isTrue();
    Node node = before.nodes().get(pod.node());
    @Nullable Verdict verdict = node == null ? null : Eligibility.of(before.daemonSet(), node);
    List<DaemonPod> there = ReferenceFleet.group(before).getOrDefault(pod.node(), List.of());
    boolean updated = ReferenceFleet.updated(before, pod);
    switch (why) {
      case Why.PodFailed() -> assertThat(pod.phase()).isEqualTo(DaemonPod.Phase.FAILED);
      case Why.PodSucceeded() -> assertThat(pod.phase()).isEqualTo(DaemonPod.Phase.SUCCEEDED);
      case Why.NodeGone() -> {
        assertThat(node).isNull();
        assertThat(pod.bound()).isFalse();
      }
      case Why.NodeExcluded(Verdict said) -> {
        assertThat(said).isEqualTo(verdict).isInstanceOf(Verdict.Excluded.class);
        assertThat(said.reasons()).isNotEmpty();
      }
      case Why.Duplicate(String kept) ->
          assertThat(DaemonPod.SENIORITY.compare(find(there, kept), pod)).isNegative();
      case Why.OldRevision() -> {
        assertThat(updated).isFalse();
        assertThat(available(pod)).isTrue();
        assertThat(surge).isFalse();
      }
      case Why.OldRevisionUnavailable() -> {
        assertThat(pod.hash()).isNotEqualTo(before.hash());
        assertThat(available(pod)).isFalse();
      }
      case Why.Succeeded(String successor) -> {
        assertThat(pod.hash()).isNotEqualTo(before.hash());
        assertThat(available(find(there, successor))).isTrue();
        assertThat(find(there, successor)).as("goes on").matches(after::live);
      }
      case Why.Sunset() -> {
        assertThat(updated).isFalse();
        assertThat(Objects.requireNonNull(verdict)).isInstanceOf(Verdict.Stays.class);
      }
    }
  }

  /** Deletions in turn never take more nodes out of service than the plan allows. */
  void checkBudget(List<Action> actions, int servingBefore, int servingAfter) {
    boolean turns = actions.stream().anyMatch(action -> action.why() instanceof Why.OldRevision);
    if (turns) {
      int desired = ReferenceFleet.status(after).desired();
      int allowed =
          Math.max(1, Objects.requireNonNull(after.daemonSet().maxUnavailable()).scaledUp(desired));
      assertThat(desired - servingAfter)
          .as("out of service after our own turn, of %s that served before", servingBefore)
          .isLessThanOrEqualTo(allowed);
    }
  }

  private boolean runs(String node) {
    return Eligibility.of(before.daemonSet(), before.nodes().get(node)).runs();
  }

  private boolean available(DaemonPod pod) {
    return pod.available(before.daemonSet().minReadySeconds(), before.now());
  }

  private static DaemonPod find(List<DaemonPod> pods, String name) {
    return pods.stream().filter(pod -> pod.name().equals(name)).findFirst().orElseThrow();
  }
}
