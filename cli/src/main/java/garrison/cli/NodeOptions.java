package garrison.cli;

import garrison.agent.OwnerPolicy;
import garrison.agent.volume.HostPathGuard;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  @Option(
      names = "--allow-host-path",
      paramLabel = "PATH[:ro]",
      description =
          "Pods may mount this path of the machine and what is below it (:ro: for reading only);"
              + " repeat it for more. Once given, pods with other hostPath volumes are refused.")
  private List<String> hostPaths = new ArrayList<>();

  /** All of it; {@code usual}: where manifests are if not told. */
  OwnerPolicy policy(Path usual) {
    return OwnerPolicy.NONE
        .withManifests(manifests == null ? usual : manifests)
        .withHostPaths(guard());
  }

  private HostPathGuard guard() {
    try {
      return new HostPathGuard(hostPaths.stream().map(HostPathGuard.Allowed::parse).toList());
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("--allow-host-path: " + e.getMessage(), e);
    }
  }
}
