package garrison.conformance;

import static org.awaitility.Awaitility.await;

import garrison.apiserver.pki.Pem;
import garrison.client.http.HttpCluster;
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
import org.jspecify.annotations.Nullable;

/**
 * A real control plane of Kubernetes on loopback, with no DaemonSet controller in it: etcd, API
 * server, scheduler, and a controller manager with {@code --controllers=*,-daemonset-controller}.
 * The built-in one can be started beside them, in a process of its own, and ended. Needs no root.
 */
final class ControlPlane implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(120);
  private static final String LOOPBACK = "127.0.0.1";

  private final Path folder;
  private final Path parts;
  private final Deque<Process> running = new ArrayDeque<>();
  private final int etcdPort = freePort();
  private final int apiPort = freePort();
  private @Nullable Process builtIn;

  private ControlPlane(Path folder, Path parts) {
    this.folder = folder;
    this.parts = parts;
  }

  /** Starts one as it is; the suite is skipped where its parts cannot be had. */
  static ControlPlane start(Path folder) throws IOException, GeneralSecurityException {
    return start(folder, "*,-daemonset-controller");
  }

  /**
   * Starts one with other controllers, and with further options of its API server.
   *
   * @param controllers as {@code --controllers} takes them
   */
  static ControlPlane start(Path folder, String controllers, String... apiServer)
      throws IOException, GeneralSecurityException {
    Path parts =
        RealPart.peers(
            "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl");
    ControlPlane plane = new ControlPlane(Files.createDirectories(folder.resolve("plane")), parts);
    try {
      plane.credentials();
      plane.startParts(controllers, apiServer);
      return plane;
    } catch (RuntimeException | IOException e) {
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
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    Files.writeString(folder.resolve("tokens.csv"), token + ",admin,admin,system:masters\n");
    writeKubeconfig(kubeconfig(), token);
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
            .replace("ADDRESS", LOOPBACK + ":" + apiPort)
            .replace("TOKEN", token));
  }

  private void startParts(String controllers, String... apiServer) throws IOException {
    String certificates = folder.resolve("certificates").toString();
    String key = folder.resolve("accounts.key").toString();
    String etcd = "http://" + LOOPBACK + ":" + etcdPort;
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
                "--secure-port=" + apiPort,
                "--cert-dir=" + certificates,
                "--token-auth-file=" + folder.resolve("tokens.csv"),
                "--authorization-mode=Node,RBAC",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + key,
                "--service-account-signing-key-file=" + key,
                "--service-cluster-ip-range=10.0.0.0/24",
                "--allow-privileged"));
    options.addAll(List.of(apiServer));
    run("kube-apiserver", options.toArray(String[]::new));
    await("the API server").atMost(START).until(this::answers);
    manager("kube-controller-manager", controllers);
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
    return new ProcessBuilder(
                parts.resolve("kubectl").toString(),
                "--kubeconfig=" + kubeconfig(),
                "get",
                "--raw=/readyz")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("ready.log").toFile())
            .start()
            .waitFor()
        == 0;
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
    List<String> line = new ArrayList<>(List.of(parts.resolve(part).toString()));
    line.addAll(List.of(options));
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
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

  /** A kubeconfig of whoever has that token. */
  Path kubeconfigOf(String name, String token) throws IOException {
    Path file = folder.resolve(name + ".kubeconfig");
    writeKubeconfig(file, token);
    return file;
  }

  /** Applies a manifest as an administrator does. */
  void apply(Path manifest) throws IOException, InterruptedException {
    Path log = folder.resolve("apply.log");
    int code =
        new ProcessBuilder(
                parts.resolve("kubectl").toString(),
                "--kubeconfig=" + kubeconfig(),
                "apply",
                "-f",
                manifest.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    if (code != 0) {
      throw new AssertionError(Files.readString(log));
    }
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
