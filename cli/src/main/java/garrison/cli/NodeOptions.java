package garrison.cli;

import garrison.agent.AgentConfig;
import garrison.agent.OwnerPolicy;
import garrison.agent.node.Reservations;
import garrison.agent.pod.ClusterDns;
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

  @Option(
      names = "--runtime-endpoint",
      paramLabel = "unix:///PATH",
      description =
          "Socket of the container runtime; \"none\" for a node without containers (found where"
              + " containerd and CRI-O usually have it).")
  private String runtimeEndpoint = "";

  @Option(
      names = "--cluster-dns",
      paramLabel = "IP",
      description = "Server of the cluster's names, for pods; may be given several times.")
  private List<String> clusterDns = List.of();

  @Option(
      names = "--cluster-domain",
      paramLabel = "DOMAIN",
      defaultValue = "cluster.local",
      description = "Domain of the cluster's names (${DEFAULT-VALUE}).")
  private String clusterDomain = "cluster.local";

  @Option(
      names = "--system-reserved",
      paramLabel = "NAME=AMOUNT,...",
      description =
          "What the machine's own programs need and pods do not get, such as"
              + " cpu=200m,memory=500Mi,ephemeral-storage=1Gi.")
  private String systemReserved = "";

  @Option(
      names = "--kube-reserved",
      paramLabel = "NAME=AMOUNT,...",
      description = "The same for the agent and the container runtime.")
  private String kubeReserved = "";

  /** The node with all of it; {@code usual}: where manifests are if not told. */
  AgentConfig on(AgentConfig node, Path usual) {
    return node.withOwner(policy(usual))
        .withRuntimeEndpoint(runtimeEndpoint)
        .withDns(new ClusterDns(clusterDns, clusterDomain, ClusterDns.NONE.nodeFile()));
  }

  /** What the owner decides; {@code usual}: where manifests are if not told. */
  private OwnerPolicy policy(Path usual) {
    return OwnerPolicy.NONE
        .withManifests(manifests == null ? usual : manifests)
        .withHostPaths(guard())
        .withReserved(
            reserved("--system-reserved", systemReserved)
                .plus(reserved("--kube-reserved", kubeReserved)));
  }

  private static Reservations reserved(String option, String text) {
    try {
      return Reservations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(option + ": " + e.getMessage(), e);
    }
  }

  private HostPathGuard guard() {
    try {
      return new HostPathGuard(hostPaths.stream().map(HostPathGuard.Allowed::parse).toList());
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("--allow-host-path: " + e.getMessage(), e);
    }
  }
}
