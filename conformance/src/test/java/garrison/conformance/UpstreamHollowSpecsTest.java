package garrison.conformance;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stand-alone Garrison with simulated nodes, under Kubernetes' own specs of DaemonSets. */
class UpstreamHollowSpecsTest {
  @TempDir private Path folder;

  // Every run of ./verify has the same specs on nodes that are real.
  @Tag("whole")
  @Test
  void kubernetesOwnSpecsOfDaemonSetsPassOnHollowNodes() throws IOException, InterruptedException {
    RealPart.peers("e2e.test", "kubectl");
    try (Garrison garrison = Garrison.start(folder, "up", "--no-agent", "--hollow", "3")) {
      UpstreamDaemonSetSpecs.pass(garrison, folder);
    }
  }
}
