package garrison.cli;

import garrison.agent.OwnerPolicy;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the owner of a machine says about its node, for {@code up} and {@code agent}. */
final class NodeOptions {
  @Option(
      names = "--manifests",
      paramLabel = "DIR",
      description =
          "Directory of static pods: each file is a Pod that runs whatever the server says"
              + " (agent: /etc/kubernetes/manifests; up: nodes/NAME/manifests in its data folder).")
  private @Nullable Path manifests;

  /** All of it; {@code usual}: where manifests are if not told. */
  OwnerPolicy policy(Path usual) {
    return OwnerPolicy.NONE.withManifests(manifests == null ? usual : manifests);
  }
}
