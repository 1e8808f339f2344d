package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.hollow.HollowFleet;
import garrison.client.http.HttpCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Kubernetes with our DaemonSet controller in the place of its own, under Kubernetes' own
 * specs of DaemonSets.
 */
class ReplacedControllerSpecsTest {
  private static final int NODES = 3;

  @TempDir private Path folder;

  @Test
  void kubernetesOwnSpecsOfDaemonSetsPassWithOurController()
      throws IOException, GeneralSecurityException, InterruptedException {
    RealPart.peers("e2e.test", "kubectl");
    try (ControlPlane plane = ControlPlane.start(folder);
        HttpCluster cluster = plane.connect();
        HollowFleet nodes = ControlPlane.hollowNodes(cluster, NODES);
        Garrison controller = Garrison.controllerOf(folder, plane.account())) {
      assertThat(nodes.nodeNames()).hasSize(NODES);
      assertThat(UpstreamDaemonSetSpecs.run(null, plane.kubeconfig(), folder))
          .as("%s", controller.output())
          .isEqualTo(UpstreamDaemonSetSpecs.passed());
    }
  }

  @Test
  @Tag("whole")
  void theSameSpecsPassWithTheBuiltInController()
      throws IOException, GeneralSecurityException, InterruptedException {
    RealPart.peers("e2e.test", "kubectl");
    try (ControlPlane plane = ControlPlane.start(folder);
        HttpCluster cluster = plane.connect();
        HollowFleet nodes = ControlPlane.hollowNodes(cluster, NODES)) {
      assertThat(nodes.nodeNames()).hasSize(NODES);
      plane.startBuiltIn();
      assertThat(UpstreamDaemonSetSpecs.run(null, plane.kubeconfig(), folder))
          .isEqualTo(UpstreamDaemonSetSpecs.passed());
    }
  }
}
