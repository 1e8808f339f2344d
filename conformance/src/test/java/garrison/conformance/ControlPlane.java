package garrison.conformance;

import static org.awaitility.Awaitility.await;

import garrison.agent.hollow.HollowFleet;
import garrison.apiserver.pki.Pem;
import garrison.client.ListOptions;
import garrison.client.http.HttpCluster;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A real control plane of Kubernetes: etcd, API server, controller manager and scheduler, built
 * from their Go modules. Where its controllers are to do without that of DaemonSets, that one can
 * be started beside them, in a process of its own, and ended.
 */
final class ControlPlane implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(120);
  private static final String LOOPBACK = "127.0.0.1";

  /** The addresses of its services. */
  static final String SERVICES = "10.0.0.0/24";

  /**
   * What one is to be like.
   *
   * @param line how a program is started where the plane is to run
   * @param address at which its API server is reached, without a scheme
   * @param port of its API server
   * @param controllers as {@code --controllers} takes them
   * @param apiServer further options of its API server, or other values
   * @param nodes those that get credentials of their own
   */
  record Plan(
      UnaryOperator<List<String>> line,
      String address,
      int port,
      String controllers,
      List<String> apiServer,
      List<String> nodes) {
    /** On this machine's loopback, without nodes; needs no root. */
    static Plan onLoopback(String controllers, String... apiServer) {
      return new Plan(
          UnaryOperator.identity(),
          LOOPBACK,
          freePort(),
          controllers,
          List.of(apiServer),
          List.of());
    }
  }

  private final Plan plan;
  private final Path folder;
  private final Path parts;
  private final Deque<Process> running = new ArrayDeque<>();
  private @Nullable Process builtIn;

  private ControlPlane(Plan plan, Path folder, Path parts) {
    this.plan = plan;
    this.folder = folder;
    this.parts = parts;
  }

  /** One on loopback that has all controllers but that of DaemonSets. */
  static ControlPlane start(Path folder) throws IOException, GeneralSecurityException {
    return start(folder, Plan.onLoopback("*,-daemonset-controller"));
  }

  /** Starts one; the suite is skipped where its parts cannot be had. */
  static ControlPlane start(Path folder, Plan plan) throws IOException, GeneralSecurityException {
    Path parts =
        RealPart.peers(
            "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl");
    ControlPlane plane =
        new ControlPlane(plan, Files.createDirectories(folder.resolve("plane")), parts);
    try {
      plane.credentials();
      plane.startParts();
      return plane;
    } catch (Throwable e) {
      plane.close();
      throw e;
    }
  }

  private static int freePort() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void credentials() throws IOException, GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    Files.writeString(folder.resolve("accounts.key"), Pem.privateKey(keys.getPrivate()));
    String admin = token();
    StringBuilder tokens = new StringBuilder(admin + ",admin,admin,system:masters\n");
    writeKubeconfig(kubeconfig(), admin);
    for (String node : plan.nodes()) {
      String token = token();
      tokens.append("%s,system:node:%s,%s,system:nodes%n".formatted(token, node, node));
      writeKubeconfig(kubeconfigOf(node), token);
    }
    Files.writeString(folder.resolve("tokens.csv"), tokens);
  }

  private static String token() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** The API server makes its certificate itself. */
  private void writeKubeconfig(Path file, String token) throws IOException {
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://ADDRESS", insecure-skip-tls-verify: true}}]
        users: [{name: u, user: {token: "TOKEN"}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """
            .replace("ADDRESS", plan.address() + ":" + plan.port())
            .replace("TOKEN", token));
  }

  private void startParts() throws IOException {
    String certificates = folder.resolve("certificates").toString();
    String key = folder.resolve("accounts.key").toString();
    String etcd = "http://" + LOOPBACK + ":" + freePort();
    String peers = "http://" + LOOPBACK + ":" + freePort();
    run(
        "etcd",
        "--data-dir=" + folder.resolve("etcd"),
        "--log-level=warn",
        "--unsafe-no-fsync",
        "--listen-client-urls=" + etcd,
        "--advertise-client-urls=" + etcd,
        "--listen-peer-urls=" + peers,
        "--initial-advertise-peer-urls=" + peers,
        "--initial-cluster=default=" + peers);
    List<String> options =
        new ArrayList<>(
            List.of(
                "--etcd-servers=" + etcd,
                "--bind-address=" + LOOPBACK,
                "--secure-port=" + plan.port(),
                "--cert-dir=" + certificates,
                "--token-auth-file=" + folder.resolve("tokens.csv"),
                "--authorization-mode=Node,RBAC",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + key,
                "--service-account-signing-key-file=" + key,
                "--service-cluster-ip-range=" + SERVICES,
                "--allow-privileged"));
    options.addAll(plan.apiServer()); // the last of two counts
    run("kube-apiserver", options.toArray(String[]::new));
    await("the API server").atMost(START).until(this::answers);
    manager("kube-controller-manager", plan.controllers());
    run(
        "kube-scheduler",
        "--kubeconfig=" + kubeconfig(),
        "--cert-dir=" + certificates,
        "--leader-elect=false",
        "--bind-address=" + LOOPBACK,
        "--secure-port=" + freePort(),
        "--kube-api-qps=1000",
        "--kube-api-burst=1500");
  }

  private boolean answers() throws IOException, InterruptedException {
    return tryKubectl("get", "--raw=/readyz") == 0;
  }

  private Process manager(String log, String controllers) throws IOException {
    return logged(
        log,
        "kube-controller-manager",
        "--controllers=" + controllers,
        "--kubeconfig=" + kubeconfig(),
        "--service-account-private-key-file=" + folder.resolve("accounts.key"),
        "--root-ca-file=" + folder.resolve("certificates/apiserver.crt"),
        "--cert-dir=" + folder.resolve("certificates"),
        "--leader-elect=false",
        "--kube-api-qps=1000",
        "--kube-api-burst=1500",
        "--bind-address=" + LOOPBACK,
        "--secure-port=" + freePort());
  }

  private void run(String part, String... options) throws IOException {
    logged(part, part, options);
  }

  private Process logged(String log, String part, String... options) throws IOException {
    Process process =
        process(part, List.of(options))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(log + ".log").toFile()))
            .start();
    running.push(process);
    return process;
  }

  /** Starts Kubernetes' own DaemonSet controller. */
  void startBuiltIn() throws IOException {
    builtIn = manager("daemonset-controller", "daemonset-controller");
  }

  /** Ends it as an update of the control plane does, and waits until it is gone. */
  void stopBuiltIn() throws InterruptedException {
    if (builtIn != null) {
      builtIn.destroy();
      builtIn.waitFor();
    }
  }

  /** The administrator's. */
  Path kubeconfig() {
    return folder.resolve("kubeconfig");
  }

  /** That of a node of the plan. */
  Path kubeconfigOf(String node) {
    return folder.resolve(node + ".kubeconfig");
  }

  /**
   * A kubeconfig with the rights of {@code examples/controller.yaml}, and no others. Its Deployment
   * is taken out again, since no node here runs it.
   */
  Path account() throws IOException, InterruptedException {
    kubectl("apply", "-f", Path.of("..", "examples", "controller.yaml").toString());
    kubectl("-n", "kube-system", "delete", "deployment", "garrison-controller");
    ObjectNode request = Json.object();
    request.putObject("spec").put("expirationSeconds", 3600);
    Path file = kubeconfigOf("account");
    try (HttpCluster cluster = connect()) {
      JsonNode token =
          cluster.post(
              Kinds.SERVICE_ACCOUNT, "kube-system", "garrison-controller", "token", request);
      writeKubeconfig(file, token.path("status").path("token").asString());
    }
    return file;
  }

  /**
   * Starts simulated nodes, each of which is an administrator, and waits until pods may run on
   * them; to be closed before the cluster.
   */
  static HollowFleet hollowNodes(HttpCluster cluster, int count) {
    HollowFleet nodes = HollowFleet.start(name -> cluster, "node", count);
    await("nodes without taints")
        .atMost(START)
        .until(
            () ->
                cluster.list(Kinds.NODE, "", ListOptions.ALL).items().stream()
                        .filter(node -> node.path("spec").path("taints").isEmpty())
                        .count()
                    == count);
    return nodes;
  }

  /** Runs kubectl as an administrator; it must succeed. */
  private void kubectl(String... arguments) throws IOException, InterruptedException {
    if (tryKubectl(arguments) != 0) {
      throw new AssertionError(
          "kubectl "
              + String.join(" ", arguments)
              + ": "
              + Files.readString(folder.resolve("kubectl.log")));
    }
  }

  private int tryKubectl(String... arguments) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("--kubeconfig=" + kubeconfig()));
    line.addAll(List.of(arguments));
    return process("kubectl", line)
        .redirectOutput(folder.resolve("kubectl.log").toFile())
        .start()
        .waitFor();
  }

  private ProcessBuilder process(String part, List<String> options) {
    List<String> line = new ArrayList<>(List.of(parts.resolve(part).toString()));
    line.addAll(options);
    return new ProcessBuilder(plan.line().apply(line)).redirectErrorStream(true);
  }

  /** The API with an administrator's rights; to be closed. */
  HttpCluster connect() {
    return HttpCluster.fromKubeconfig(kubeconfig());
  }

  @Override
  public void close() {
    try {
      for (Process process : running) {
        process.destroyForcibly();
        process.waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
