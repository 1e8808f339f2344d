package garrison.apiserver;

import garrison.apiserver.auth.AccessReviews;
import garrison.apiserver.auth.AccountTokens;
import garrison.apiserver.auth.Authenticator;
import garrison.apiserver.auth.Authorizer;
import garrison.apiserver.auth.JoinTokens;
import garrison.apiserver.auth.NodeCredentials;
import garrison.apiserver.auth.NodeRestriction;
import garrison.apiserver.auth.NodeTokens;
import garrison.apiserver.auth.ServedNodeGraph;
import garrison.apiserver.auth.TokenRequests;
import garrison.apiserver.auth.User;
import garrison.apiserver.http.HttpFront;
import garrison.apiserver.pki.Addresses;
import garrison.apiserver.pki.Kubeconfig;
import garrison.apiserver.pki.Pki;
import garrison.apiserver.pki.SecretFiles;
import garrison.apiserver.resource.Resources;
import garrison.client.Cluster;
import garrison.model.kind.Kinds;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API server, whole: objects over a store, and HTTPS in front of them. Parts start from the
 * inside out and stop from the outside in. Thread-safe.
 */
public final class ApiServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

  /** How far back watches and pages can reach (spec: api-server 8.2). */
  private static final Duration HISTORY = Duration.ofMinutes(5);

  private static final long MOST_CHANGES = 50_000;
  private static final Duration COMPACT_EVERY = Duration.ofMinutes(1);

  /** As often as kube-apiserver looks after its service. */
  private static final Duration KEEP_EVERY = Duration.ofSeconds(10);

  private final Pki pki;
  private final Resources resources;
  private final LocalCluster cluster;
  private final HttpFront front;
  private final Path kubeconfig;
  private final String url;
  private final ScheduledExecutorService housekeeping;

  private ApiServer(
      Pki pki,
      Resources resources,
      HttpFront front,
      KubernetesService service,
      Path kubeconfig,
      String url) {
    this.pki = pki;
    this.resources = resources;
    this.cluster = new LocalCluster(resources);
    this.front = front;
    this.kubeconfig = kubeconfig;
    this.url = url;
    this.housekeeping =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("housekeeping").daemon().factory());
    housekeeping.scheduleWithFixedDelay(
        this::compact, COMPACT_EVERY.toSeconds(), COMPACT_EVERY.toSeconds(), TimeUnit.SECONDS);
    housekeeping.scheduleWithFixedDelay(
        () -> keep(service), KEEP_EVERY.toSeconds(), KEEP_EVERY.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * Starts, and returns once the API answers.
   *
   * @throws StartException with one sentence that says what to do, where it cannot start
   */
  public static ApiServer start(ApiServerConfig config) {
    Set<String> names = new TreeSet<>(Addresses.ofThisHost());
    names.addAll(config.names());
    names.add(config.advertised());
    Pki pki = Pki.open(config.data().resolve("pki"), config.clock(), names);
    Resources resources =
        Resources.open(
            config.store(), config.clock(), new SecureRandom(), List.of(new NodeRestriction()));
    try {
      NodeTokens nodeTokens = new NodeTokens(pki.nodeTokenKey(), config.clock());
      JoinTokens joinTokens = new JoinTokens(new LocalCluster(resources), config.clock());
      AccountTokens accountTokens =
          new AccountTokens(pki.accountTokenKey(), resources, config.clock());
      Authenticator authenticator = new Authenticator(nodeTokens, accountTokens, joinTokens);
      Authorizer authorizer = new Authorizer(new ServedNodeGraph(resources));
      AccessReviews.serve(resources, authenticator, authorizer, config.clock());
      TokenRequests.serve(resources, accountTokens, config.clock());
      resources.onReview(
          Kinds.NODE_CREDENTIAL, new NodeCredentials(pki.certificateAuthority(), nodeTokens));
      HttpFront front =
          HttpFront.start(
              pki,
              resources,
              authenticator,
              authorizer,
              accountTokens,
              config.clock(),
              config.addresses(),
              config.port());
      try {
        KubernetesService service =
            new KubernetesService(resources, config.advertised(), front.port());
        service.keep();
        String url = "https://" + inUrl(config.addresses()) + ":" + front.port();
        return new ApiServer(
            pki, resources, front, service, writeKubeconfig(config, pki, url), url);
      } catch (RuntimeException e) {
        front.close();
        throw e;
      }
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  private static String inUrl(List<String> addresses) {
    String plain = ApiServerConfig.reachable(addresses);
    return plain.contains(":") ? "[" + plain + "]" : plain;
  }

  private static Path writeKubeconfig(ApiServerConfig config, Pki pki, String url) {
    Path file = config.data().resolve("kubeconfig");
    try {
      SecretFiles.write(file, Kubeconfig.of(url, pki.certificateAuthority().pem(), pki.admin()));
      return file;
    } catch (IOException e) {
      throw new StartException("cannot write " + file + ": make its folder writable", e);
    }
  }

  private void compact() {
    try {
      resources.compact(HISTORY, MOST_CHANGES);
    } catch (RuntimeException e) {
      LOG.warn("history was not compacted, it is tried again in {}", COMPACT_EVERY, e);
    }
  }

  private static void keep(KubernetesService service) {
    try {
      service.keep();
    } catch (RuntimeException e) {
      LOG.warn("the service kubernetes was not looked after, again in {}", KEEP_EVERY, e);
    }
  }

  /** Where the API is, such as {@code https://127.0.0.1:6443}. */
  public String url() {
    return url;
  }

  /** The port of the API. */
  public int port() {
    return front.port();
  }

  /** The administrator's kubeconfig. */
  public Path kubeconfig() {
    return kubeconfig;
  }

  /** The certificate of the fleet's authority. */
  public String caPem() {
    return pki.certificateAuthority().pem();
  }

  /** Where {@code /metrics} reads from: loops in this process count there, too. */
  public MeterRegistry meters() {
    return front.meters();
  }

  /** Keys and certificates, for agents in this process. */
  public Pki pki() {
    return pki;
  }

  /** The same API in process, as {@code user}; see {@link LocalCluster}. */
  public Cluster cluster(User user) {
    return cluster.as(user);
  }

  @Override
  public void close() {
    housekeeping.shutdownNow();
    front.close();
    resources.close();
  }
}
