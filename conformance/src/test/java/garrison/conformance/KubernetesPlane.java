package garrison.conformance;

import static org.awaitility.Awaitility.await;

import garrison.apiserver.pki.Pem;
import java.io.IOException;
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

/**
 * A real control plane of Kubernetes on a {@link Machine}: etcd, API server, controller manager and
 * scheduler, with NodeRestriction on, and no node. Its parts are built from their Go modules.
 */
final class KubernetesPlane implements AutoCloseable {
  /** The machine's address, at which the plane and the node find each other. */
  static final String ADDRESS = "10.99.0.1";

  /** The one node that it gives credentials to. */
  static final String NODE = "node-real";

  private static final Duration START = Duration.ofSeconds(90);
  private static final String URL = "https://" + ADDRESS;
  private static final String SERVICES = "10.0.0.0/24";
  private static final String SERVICE = "10.0.0.1";

  private final Machine machine;
  private final Path folder;
  private final Path parts;
  private final Deque<Process> running = new ArrayDeque<>();

  private KubernetesPlane(Machine machine, Path folder, Path parts) {
    this.machine = machine;
    this.folder = folder;
    this.parts = parts;
  }

  static KubernetesPlane start(Machine machine, Path folder)
      throws IOException, GeneralSecurityException {
    Path parts =
        RealPart.peers(
            "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl");
    KubernetesPlane plane =
        new KubernetesPlane(machine, Files.createDirectories(folder.resolve("plane")), parts);
    try {
      plane.network();
      plane.credentials();
      plane.startParts();
    } catch (Throwable e) {
      plane.close();
      throw e;
    }
    return plane;
  }

  /**
   * A link for the node. There is no kube-proxy: the one service that has to be reached is an
   * address of the machine itself, and connections to others fail at once.
   */
  private void network() {
    machine.link(ADDRESS);
    machine.run(
        "sh",
        "-ec",
        """
        ip addr add SERVICE/32 dev node0
        ip route add unreachable SERVICES
        """
            .replace("SERVICES", SERVICES)
            .replace("SERVICE", SERVICE));
  }

  private void credentials() throws IOException, GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    Files.writeString(folder.resolve("accounts.key"), Pem.privateKey(keys.getPrivate()));
    String admin = token();
    String node = token();
    Files.writeString(
        folder.resolve("tokens.csv"),
        "%s,admin,admin,system:masters\n%s,system:node:%s,%s,system:nodes\n"
            .formatted(admin, node, NODE, NODE));
    Files.writeString(kubeconfig(), kubeconfigOf(admin));
    Files.writeString(nodeKubeconfig(), kubeconfigOf(node));
  }

  private static String token() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** The API server makes its certificate itself, and nobody else is on the machine's network. */
  private static String kubeconfigOf(String token) {
    return """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "URL", insecure-skip-tls-verify: true}}]
        users: [{name: u, user: {token: "TOKEN"}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """
        .replace("URL", URL)
        .replace("TOKEN", token);
  }

  private void startParts() throws IOException {
    String certificates = folder.resolve("certificates").toString();
    String key = folder.resolve("accounts.key").toString();
    start("etcd", "--data-dir=" + folder.resolve("etcd"), "--log-level=warn");
    start(
        "kube-apiserver",
        "--etcd-servers=http://127.0.0.1:2379",
        "--bind-address=0.0.0.0",
        "--advertise-address=" + ADDRESS,
        "--secure-port=443",
        "--cert-dir=" + certificates,
        "--token-auth-file=" + folder.resolve("tokens.csv"),
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=" + key,
        "--service-account-signing-key-file=" + key,
        "--service-cluster-ip-range=" + SERVICES,
        "--allow-privileged",
        "--kubelet-preferred-address-types=InternalIP");
    await()
        .atMost(START)
        .until(
            () ->
                machine
                        .tryRun(
                            parts.resolve("kubectl").toString(),
                            "--kubeconfig=" + kubeconfig(),
                            "get",
                            "--raw=/readyz")
                        .code()
                    == 0);
    start(
        "kube-controller-manager",
        "--kubeconfig=" + kubeconfig(),
        "--service-account-private-key-file=" + key,
        "--root-ca-file=" + certificates + "/apiserver.crt",
        "--cert-dir=" + certificates,
        "--leader-elect=false",
        "--kube-api-qps=100",
        "--kube-api-burst=150",
        "--bind-address=127.0.0.1");
    start(
        "kube-scheduler",
        "--kubeconfig=" + kubeconfig(),
        "--cert-dir=" + certificates,
        "--leader-elect=false",
        "--bind-address=127.0.0.1");
  }

  private void start(String part, String... options) throws IOException {
    List<String> line = new ArrayList<>(List.of(parts.resolve(part).toString()));
    line.addAll(List.of(options));
    running.push(
        new ProcessBuilder(machine.line(line))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(part + ".log").toFile())
            .start());
  }

  /** The administrator's. */
  Path kubeconfig() {
    return folder.resolve("kubeconfig");
  }

  /** That of {@link #NODE}. */
  Path nodeKubeconfig() {
    return folder.resolve("node.kubeconfig");
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
