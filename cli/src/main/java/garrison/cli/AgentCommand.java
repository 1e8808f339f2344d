package garrison.cli;

import garrison.agent.Agent;
import garrison.agent.AgentConfig;
import garrison.agent.AgentIdentity;
import garrison.agent.SigningRequest;
import garrison.client.http.HttpCluster;
import garrison.client.http.Join;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code garrison agent}: this machine as a node. */
@Command(
    name = "agent",
    description =
        "Makes this machine a node. The first start joins with a token; later ones need none.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class AgentCommand implements Callable<Integer> {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  @Mixin private JoinOptions join = new JoinOptions();

  @Option(names = "--name", paramLabel = "NAME", description = "Name of the node (host name).")
  private @Nullable String name;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".garrison/agent",
      description = "Folder of the node's identity and its pods (${DEFAULT-VALUE}).")
  private Path data = Path.of(".garrison", "agent");

  @Option(
      names = "--address",
      paramLabel = "IP",
      description = "Address at which the server reaches this node; found where not given.")
  private @Nullable String address;

  @Override
  public Integer call() throws InterruptedException {
    String node = name == null ? AgentConfig.machineName() : name;
    Path root = data.toAbsolutePath().normalize();
    Deque<AutoCloseable> running = new ConcurrentLinkedDeque<>();
    CountDownLatch stopped = ShutDown.onSignal(running);
    AgentIdentity identity = identity(node, root.resolve("identity"));
    HttpCluster cluster =
        HttpCluster.withCertificate(
            join.server(), identity.caPem(), identity.certificatePem(), identity.keyPem());
    running.push(LocalAgents::sayThatDaemonsGoOn);
    running.push(cluster);
    AgentConfig config = AgentConfig.of(node, root);
    Agent agent =
        Agent.start(
            address == null ? config : config.withAddress(address),
            cluster,
            identity,
            Clock.systemUTC());
    running.push(agent);
    while (!agent.awaitReady(ASK_AGAIN)) {
      if (stopped.getCount() == 0) {
        return 0;
      }
    }
    System.out.println("ready node/" + node);
    System.out.flush();
    stopped.await();
    return 0;
  }

  /** The identity of an earlier start, or a new one by the join token. */
  private AgentIdentity identity(String node, Path folder) {
    AgentIdentity known = AgentIdentity.load(folder);
    if (known != null) {
      return known;
    }
    SigningRequest request = SigningRequest.create(node);
    Join.Credential granted = Join.node(join.server(), join.token(), node, request.pem());
    AgentIdentity identity =
        AgentIdentity.of(request.key(), granted.certificatePem(), granted.caPem());
    identity.save(folder);
    return identity;
  }
}
