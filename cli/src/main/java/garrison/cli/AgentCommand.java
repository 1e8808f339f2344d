package garrison.cli;

import garrison.agent.AgentConfig;
import garrison.agent.AgentIdentity;
import garrison.agent.LastingAgent;
import garrison.agent.OwnerPolicy;
import garrison.agent.SigningRequest;
import garrison.client.http.HttpCluster;
import garrison.client.http.Join;
import java.io.IOException;
import java.nio.file.Files;
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
    description = {
      "Makes this machine a node: of a Garrison (--server, and a token at the first start), or of"
          + " any Kubernetes API server (--kubeconfig).",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class AgentCommand implements Callable<Integer> {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  /** Where other parts of a Kubernetes look for a node's server. */
  private static final int KUBELET_PORT = 10250;

  @Mixin private JoinOptions join = new JoinOptions();

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "The node's credentials (system:node:NAME) at a Kubernetes API server.")
  private @Nullable Path kubeconfig;

  @Option(
      names = "--client-ca",
      paramLabel = "FILE",
      description =
          "With --kubeconfig: CA of the certificate that the API server shows to nodes; else the CA"
              + " of the kubeconfig.")
  private @Nullable Path clientCa;

  @Option(
      names = "--anonymous-auth",
      description = "With --kubeconfig: whoever shows no certificate may read logs. Not safe.")
  private boolean anonymousAuth;

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

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port of the node's server (10250 with --kubeconfig, else a free one).")
  private @Nullable Integer port;

  @Mixin private NodeOptions owner = new NodeOptions();

  @Override
  public Integer call() throws InterruptedException {
    String node = name == null ? AgentConfig.machineName() : name;
    Path root = data.toAbsolutePath().normalize();
    Deque<AutoCloseable> running = new ConcurrentLinkedDeque<>();
    CountDownLatch stopped = ShutDown.onSignal(running);
    Membership membership =
        kubeconfig == null ? ofGarrison(node, root) : ofKubernetes(kubeconfig, node);
    running.push(new HeapReturn());
    running.push(LocalAgents::sayThatDaemonsGoOn);
    running.push(membership.cluster());
    AgentConfig config =
        owner
            .on(AgentConfig.of(node, root), OwnerPolicy.MANIFESTS)
            .withPort(port())
            .withAnonymousAuth(anonymousAuth && kubeconfig != null);
    LastingAgent agent =
        LastingAgent.start(
            address == null ? config : config.withAddress(address),
            membership.cluster(),
            membership.identity(),
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

  /** As whom the node talks to its server, and listens to it. */
  private record Membership(HttpCluster cluster, AgentIdentity identity) {}

  private int port() {
    if (port == null) {
      return kubeconfig == null ? 0 : KUBELET_PORT;
    }
    if (port < 0 || port > 65535) {
      throw new CommandFailure("--port must be between 0 and 65535");
    }
    return port;
  }

  private Membership ofGarrison(String node, Path root) {
    if (clientCa != null || anonymousAuth) {
      throw new CommandFailure("--client-ca and --anonymous-auth go with --kubeconfig");
    }
    AgentIdentity identity = identity(node, root.resolve("identity"));
    return new Membership(
        HttpCluster.withCertificate(
            join.server(), identity.caPem(), identity.certificatePem(), identity.keyPem()),
        identity);
  }

  private Membership ofKubernetes(Path file, String node) {
    if (join.given()) {
      throw new CommandFailure("give either --kubeconfig, or --server and a token");
    }
    if (!Files.isReadable(file)) {
      throw new CommandFailure(file + " (from --kubeconfig) cannot be read");
    }
    HttpCluster cluster = HttpCluster.fromKubeconfig(file);
    String ca = clientCa == null ? cluster.caPem() : read(clientCa);
    return new Membership(cluster, SigningRequest.create(node).selfSigned(ca));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new CommandFailure(file + " (from --client-ca) cannot be read", e);
    }
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
