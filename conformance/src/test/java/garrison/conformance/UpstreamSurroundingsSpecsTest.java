package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kubernetes' own specs of what surrounds DaemonSets (spec: daemonset 9), at a stand-alone Garrison
 * with simulated nodes: disruption budgets and evictions, the scheduler's filters, preemption, and
 * eviction by taints. Left out are those that need a ReplicaSet, which Garrison does not serve, a
 * RuntimeClass in protobuf, or a resize in place.
 */
class UpstreamSurroundingsSpecsTest {
  private static final String BUDGETS = "[sig-apps] DisruptionController ";
  private static final String FILTERS = "[sig-scheduling] SchedulerPredicates ";
  private static final String PREEMPTION = "[sig-scheduling] SchedulerPreemption ";
  private static final String TAINTS = "[sig-node] NoExecuteTaintManager ";

  /** These do not disturb one another. */
  private static final List<String> SIDE_BY_SIDE =
      List.of(
          BUDGETS
              + "Listing PodDisruptionBudgets for all namespaces should list and delete a"
              + " collection of PodDisruptionBudgets [Conformance]",
          BUDGETS + "evictions: enough pods, absolute => should allow an eviction",
          BUDGETS + "evictions: no PDB => should allow an eviction",
          BUDGETS + "evictions: too few pods, absolute => should not allow an eviction",
          BUDGETS + "should create a PodDisruptionBudget [Conformance]",
          BUDGETS + "should observe PodDisruptionBudget status updated [Conformance]",
          BUDGETS
              + "should observe that the PodDisruptionBudget status is not updated for unmanaged"
              + " pods",
          BUDGETS + "should update/patch PodDisruptionBudget status [Conformance]");

  /** These take nodes for themselves. */
  private static final List<String> ONE_BY_ONE =
      List.of(
          TAINTS
              + "Multiple Pods evicts pods with minTolerationSeconds [Conformance] [Disruptive]"
              + " [Serial]",
          TAINTS + "Multiple Pods only evicts pods without tolerations from tainted nodes [Serial]",
          TAINTS + "Single Pod doesn't evict pod with tolerations from tainted nodes [Serial]",
          TAINTS
              + "Single Pod eventually evict pod with finite tolerations from tainted nodes"
              + " [Serial]",
          TAINTS + "Single Pod evicts pods from tainted nodes [Serial]",
          TAINTS
              + "Single Pod pods evicted from tainted nodes have pod disruption condition [Serial]",
          TAINTS + "Single Pod removing taint cancels eviction [Conformance] [Disruptive] [Serial]",
          FILTERS
              + "validates local ephemeral storage resource limits of pods that are allowed to run"
              + " [Serial]",
          FILTERS
              + "validates resource limits of pods that are allowed to run [Conformance] [Serial]",
          FILTERS + "validates that NodeAffinity is respected if not matching [Serial]",
          FILTERS + "validates that NodeSelector is respected if matching [Conformance] [Serial]",
          FILTERS
              + "validates that NodeSelector is respected if not matching [Conformance] [Serial]",
          FILTERS
              + "validates that required NodeAffinity setting is respected if matching [Serial]",
          FILTERS + "validates that taints-tolerations is respected if matching [Serial]",
          FILTERS + "validates that taints-tolerations is respected if not matching [Serial]",
          FILTERS
              + "validates that there exists conflict between pods with same hostPort and protocol"
              + " but one using 0.0.0.0 hostIP [Conformance] [Serial]",
          FILTERS
              + "validates that there is no conflict between pods with same hostPort but different"
              + " hostIP and protocol [Serial]",
          PREEMPTION + "PodTopologySpread Preemption validates proper pods are preempted [Serial]",
          PREEMPTION
              + "PriorityClass endpoints verify PriorityClass endpoints can be operated with"
              + " different HTTP methods [Conformance] [Serial]",
          PREEMPTION + "validates basic preemption works [Conformance] [Serial]",
          PREEMPTION
              + "validates lower priority pod preemption by critical pod [Conformance] [Serial]",
          PREEMPTION
              + "validates pod disruption condition is added to the preempted pod [Conformance]"
              + " [Serial]");

  @TempDir private Path folder;

  @Test
  @Tag("whole")
  void kubernetesOwnSpecsOfSurroundingsPassOnHollowNodes()
      throws IOException, InterruptedException {
    RealPart.peers("e2e.test", "kubectl");
    try (Garrison garrison = Garrison.start(folder, "up", "--no-agent", "--hollow", "3")) {
      UpstreamSpecs specs = new UpstreamSpecs(null, garrison.kubeconfig(), folder.resolve("specs"));
      Map<String, String> outcomes = new TreeMap<>(specs.run(SIDE_BY_SIDE, 2, 7, 600));
      outcomes.putAll(specs.run(ONE_BY_ONE, 1, ONE_BY_ONE.size(), 2400));
      outcomes.values().removeIf(UpstreamSpecs.PASSED::equals);
      assertThat(outcomes).isEmpty();
    }
  }
}
