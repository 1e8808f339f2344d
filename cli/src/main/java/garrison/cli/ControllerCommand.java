package garrison.cli;

import garrison.apiserver.pki.CertificateAuthority;
import garrison.apiserver.pki.CertificateAuthority.Use;
import garrison.apiserver.pki.Credential;
import garrison.apiserver.pki.Subject;
import garrison.cli.controller.ControllerPort;
import garrison.cli.controller.ScrapeAccess;
import garrison.client.http.HttpCluster;
import garrison.control.replace.ReplacingController;
import garrison.control.replace.ReplacingController.Election;
import garrison.control.replace.RivalException;
import garrison.model.json.Json;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code garrison controller}: the DaemonSet controller of an existing Kubernetes. */
@Command(
    name = "controller",
    description = {
      "Is the DaemonSet controller of an existing Kubernetes, in the place of its own:"
          + " kube-controller-manager must run with --controllers=*,-daemonset-controller."
    },
    footer = {
      "",
      "In a pod, it finds its cluster by its service account, with no option at all.",
      "docs/controller.md shows the rights it needs, and how to take a cluster over and give it back."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ControllerCommand implements Callable<Integer> {
  enum Mode {
    replace,
    supervise
  }

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "The cluster and the credentials; else $KUBECONFIG, else those of the pod.")
  private @Nullable Path kubeconfig;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "replace",
      description =
          "replace: in the place of the built-in controller (${DEFAULT-VALUE}). supervise is not"
              + " there yet.")
  private Mode mode = Mode.replace;

  @Mixin private ElectionOptions election = new ElectionOptions();

  @Option(
      names = "--kube-api-qps",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "Most requests a second in the long run, without those for the lease"
              + " (${DEFAULT-VALUE}).")
  private double qps = 20;

  @Option(
      names = "--kube-api-burst",
      paramLabel = "N",
      defaultValue = "30",
      description = "Most requests at once (${DEFAULT-VALUE}).")
  private int burst = 30;

  @Option(
      names = "--bind-address",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Where /healthz, /readyz and /metrics are served; off loopback, the API server is asked"
              + " who may read /metrics (${DEFAULT-VALUE}).")
  private String bind = "127.0.0.1";

  @Option(
      names = "--secure-port",
      paramLabel = "N",
      defaultValue = "10262",
      description = "Their port, HTTPS; 0 for any free one (${DEFAULT-VALUE}).")
  private int port = 10262;

  @Option(
      names = "--tls-cert-file",
      paramLabel = "FILE",
      description = "Its certificate, PEM; else one is made at each start that nobody knows.")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-private-key-file",
      paramLabel = "FILE",
      description = "The key of that certificate, PEM.")
  private @Nullable Path key;

  @Override
  public Integer call() {
    check();
    Election stood = election.read();
    Deque<AutoCloseable> running = new ConcurrentLinkedDeque<>();
    HttpCluster cluster = connect();
    running.push(cluster);
    refuseGarrison(cluster);
    PrometheusMeterRegistry meters = meters();
    ReplacingController controller =
        new ReplacingController(
            cluster,
            new ReplacingController.Settings(stood, qps, burst, HttpCluster.USER_AGENT),
            Clock.systemUTC(),
            meters,
            ControllerCommand::print);
    ControllerPort served = serve(cluster, meters, controller);
    running.push(served);
    running.push(controller);
    ShutDown.onSignal(running);
    print("ready https://" + shown(bind) + ":" + served.port());
    try {
      controller.run();
      return 0;
    } catch (RivalException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
  }

  private static void print(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private void check() {
    if (mode == Mode.supervise) {
      throw new CommandFailure(
          "--mode supervise is not there yet: use --mode replace, with the built-in controller"
              + " turned off");
    }
    if (!(qps > 0) || burst < 1) {
      throw new CommandFailure("--kube-api-qps must be above 0, and --kube-api-burst at least 1");
    }
    if (port < 0 || port > 65535) {
      throw new CommandFailure("--secure-port must be between 0 and 65535");
    }
    if ((certificate == null) != (key == null)) {
      throw new CommandFailure("give both of --tls-cert-file and --tls-private-key-file, or none");
    }
  }

  /** No file is looked for: whoever acts on a whole cluster should be told which. */
  private HttpCluster connect() {
    String variable = System.getenv("KUBECONFIG");
    if (kubeconfig != null) {
      return HttpCluster.fromKubeconfig(ClientOptions.existing(kubeconfig, "--kubeconfig"));
    }
    if (variable != null && !variable.isEmpty()) {
      return HttpCluster.fromKubeconfig(ClientOptions.existing(Path.of(variable), "KUBECONFIG"));
    }
    if (!HttpCluster.isInCluster()) {
      throw new CommandFailure("no cluster: name its kubeconfig with --kubeconfig or $KUBECONFIG");
    }
    try {
      return HttpCluster.inCluster();
    } catch (IllegalStateException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
  }

  /** A server of ours has a DaemonSet controller that cannot be turned off. */
  private static void refuseGarrison(HttpCluster cluster) {
    String version = Json.parse(cluster.raw("/version")).path("gitVersion").asString("");
    if (version.endsWith("+garrison")) {
      throw new CommandFailure(
          cluster.server()
              + " is a Garrison server, which keeps its DaemonSets itself: name the kubeconfig of a"
              + " Kubernetes");
    }
  }

  private static PrometheusMeterRegistry meters() {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(meters);
    new JvmThreadMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    new UptimeMetrics().bindTo(meters);
    new JvmGcMetrics().bindTo(meters); // listens as long as the process lives
    return meters;
  }

  private ControllerPort serve(
      HttpCluster cluster, PrometheusMeterRegistry meters, ReplacingController controller) {
    InetAddress address = address();
    Credential made = certificate == null ? made(address) : null;
    try {
      return ControllerPort.start(
          new InetSocketAddress(address, port),
          made == null ? read(certificate) : made.certificatePem(),
          made == null ? read(key) : made.keyPem(),
          meters,
          controller::unready,
          address.isLoopbackAddress() ? null : new ScrapeAccess(cluster, Clock.systemUTC()));
    } catch (IllegalStateException e) {
      throw new CommandFailure(
          "cannot serve health and metrics on "
              + bind
              + " port "
              + port
              + ": "
              + e.getMessage()
              + "; choose others with --bind-address and --secure-port",
          e);
    }
  }

  private static Credential made(InetAddress address) {
    return CertificateAuthority.ephemeral(Clock.systemUTC())
        .issue(
            new Subject("garrison-controller", List.of()),
            EnumSet.of(Use.SERVER),
            List.of("localhost", address.getHostAddress()));
  }

  private InetAddress address() {
    try {
      return InetAddress.getByName(bind);
    } catch (UnknownHostException e) {
      throw new CommandFailure("--bind-address " + bind + " is no address of this machine", e);
    }
  }

  private static String read(@Nullable Path file) {
    try {
      return file == null ? "" : Files.readString(file);
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: it should be a PEM file", e);
    }
  }

  private static String shown(String address) {
    return address.contains(":") ? "[" + address + "]" : address;
  }
}
