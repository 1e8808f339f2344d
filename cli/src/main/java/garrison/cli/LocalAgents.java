package garrison.cli;

import garrison.agent.AgentConfig;
import garrison.agent.AgentIdentity;
import garrison.agent.LastingAgent;
import garrison.apiserver.auth.User;
import garrison.apiserver.pki.Credential;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The agents that {@code garrison up} runs beside its server, each with a root of its own. */
final class LocalAgents {
  private LocalAgents() {}

  /**
   * Starts them: one under the machine's name, or several named {@code node-1} and so on.
   *
   * @param data below which their roots are, and, unless told otherwise, their manifests: what
   *     another node of this machine reads from its usual directory must not run twice
   */
  static List<LastingAgent> start(
      StandaloneServer server, Path data, int count, NodeOptions options) {
    List<LastingAgent> agents = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      String name = count == 1 ? AgentConfig.machineName() : "node-" + i;
      Credential credential = server.api().pki().nodeCredential(name);
      AgentIdentity identity =
          new AgentIdentity(
              credential.key(),
              credential.chain(),
              List.of(server.api().pki().certificateAuthority().certificate()));
      Path root = data.resolve("nodes").resolve(name);
      AgentConfig config =
          options.on(
              AgentConfig.of(name, root).withAddress("127.0.0.1"), root.resolve("manifests"));
      agents.add(
          LastingAgent.start(
              config, server.api().cluster(User.node(name)), identity, Clock.systemUTC()));
    }
    return agents;
  }

  /** What surprises whoever stops a node for the first time: its pods do not stop with it. */
  static void sayThatDaemonsGoOn() {
    System.out.println("stopped; daemons go on running, and the next start takes them over");
    System.out.flush();
  }
}
