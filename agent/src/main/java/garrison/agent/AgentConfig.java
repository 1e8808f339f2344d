package garrison.agent;

import garrison.agent.node.MachineFacts;
import garrison.agent.pod.ClusterDns;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How an agent is to run. Immutable; begin with {@link #of}.
 *
 * @param nodeName of the Node it registers
 * @param root directory that is its own; the next agent of that root finds what runs
 * @param address of the node for others, empty to find it
 * @param port of its server, 0 for a free one, kept for the next start
 * @param logDirectory where containers' logs are; null for {@code /var/log/pods} with a container
 *     runtime, and for {@code logs} in the root without
 * @param anonymousAuth whether its server lets in who shows no certificate
 * @param owner what the machine's owner decided, whatever the server says
 * @param runtimeEndpoint socket of the container runtime; empty to look at the usual places, {@link
 *     #NO_RUNTIME} for none
 * @param dns what pods are told about the cluster's names
 */
public record AgentConfig(
    String nodeName,
    Path root,
    String address,
    int port,
    @Nullable Path logDirectory,
    boolean anonymousAuth,
    OwnerPolicy owner,
    String runtimeEndpoint,
    ClusterDns dns) {
  /** The value of {@link #runtimeEndpoint} for a node that is to have no container runtime. */
  public static final String NO_RUNTIME = "none";

  /** With nothing special. */
  public static AgentConfig of(String nodeName, Path root) {
    Path absolute = root.toAbsolutePath().normalize();
    return new AgentConfig(
        nodeName, absolute, "", 0, null, false, OwnerPolicy.NONE, "", ClusterDns.NONE);
  }

  /** The default name of a node: the machine's, in lower case. */
  public static String machineName() {
    return MachineFacts.machineName();
  }

  /** With this address. */
  public AgentConfig withAddress(String other) {
    return new AgentConfig(
        nodeName, root, other, port, logDirectory, anonymousAuth, owner, runtimeEndpoint, dns);
  }

  /** Listening on this port. */
  public AgentConfig withPort(int other) {
    return new AgentConfig(
        nodeName, root, address, other, logDirectory, anonymousAuth, owner, runtimeEndpoint, dns);
  }

  /** With logs there. */
  public AgentConfig withLogDirectory(Path other) {
    return new AgentConfig(
        nodeName,
        root,
        address,
        port,
        other.toAbsolutePath(),
        anonymousAuth,
        owner,
        runtimeEndpoint,
        dns);
  }

  /** Letting in anybody, or only whom a CA vouches for. */
  public AgentConfig withAnonymousAuth(boolean other) {
    return new AgentConfig(
        nodeName, root, address, port, logDirectory, other, owner, runtimeEndpoint, dns);
  }

  /** With this of the machine's owner. */
  public AgentConfig withOwner(OwnerPolicy other) {
    return new AgentConfig(
        nodeName, root, address, port, logDirectory, anonymousAuth, other, runtimeEndpoint, dns);
  }

  /** With the container runtime there. */
  public AgentConfig withRuntimeEndpoint(String other) {
    return new AgentConfig(
        nodeName, root, address, port, logDirectory, anonymousAuth, owner, other, dns);
  }

  /** With these names for pods. */
  public AgentConfig withDns(ClusterDns other) {
    return new AgentConfig(
        nodeName, root, address, port, logDirectory, anonymousAuth, owner, runtimeEndpoint, other);
  }
}
