package garrison.client.http;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.client.ResourceList;
import garrison.client.UnreachableException;
import garrison.client.Watch;
import garrison.client.WatchListener;
import garrison.client.WatchOptions;
import garrison.client.queue.Timer;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.schema.GoJson;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A distant API server (spec: api-server 8 to 11, 13). Any Kubernetes API will do. Connects when
 * first used and again whenever needed; nothing is retried here, except once when a renewed
 * credential may help. Thread-safe; blocks, for virtual threads.
 *
 * <p>{@link #withToken} gives the same server for another identity over the same few connections:
 * that is how thousands of hollow nodes live in one process.
 */
public final class HttpCluster implements Cluster, AutoCloseable {
  /** The first word of {@code User-Agent}: the field manager of what is written through here. */
  public static final String USER_AGENT = "garrison";

  private static final String JSON = "application/json";
  private static final byte[] NOTHING = {};

  private final Transport transport;
  private final Credentials credentials;
  private final boolean owner;
  private final @Nullable String caPem;
  private final String namespace;

  /** Told what the server warns of; set where every write is a dry run. */
  private final @Nullable Consumer<String> dryRun;

  private HttpCluster(
      Transport transport,
      Credentials credentials,
      boolean owner,
      @Nullable String caPem,
      String namespace,
      @Nullable Consumer<String> dryRun) {
    this.transport = transport;
    this.credentials = credentials;
    this.owner = owner;
    this.caPem = caPem;
    this.namespace = namespace;
    this.dryRun = dryRun;
  }

  /** The server, certificates and credentials of a fabric8 configuration. */
  public static HttpCluster open(Config config) {
    return open(config, null);
  }

  /** The same, on the event loops of a Vert.x instance that outlives it. */
  public static HttpCluster open(Config config, @Nullable Vertx vertx) {
    return open(config, vertx, (Supplier<Config>) null);
  }

  private static HttpCluster open(
      Config config, @Nullable Vertx vertx, @Nullable Supplier<Config> again) {
    return open(config, vertx, Credentials.of(config, again));
  }

  private static HttpCluster open(Config config, @Nullable Vertx vertx, Credentials credentials) {
    byte[] ca = Tls.ca(config);
    return new HttpCluster(
        new Transport(config, vertx),
        credentials,
        true,
        ca == null ? null : new String(ca, StandardCharsets.US_ASCII),
        config.getNamespace() == null ? "default" : config.getNamespace(),
        null);
  }

  /** The current context of a kubeconfig file. */
  public static HttpCluster fromKubeconfig(Path file) {
    return fromKubeconfig(List.of(file));
  }

  /** The current context of several kubeconfig files; of what several define, the first counts. */
  public static HttpCluster fromKubeconfig(List<Path> files) {
    Supplier<Config> read = () -> KubeconfigFile.read(files);
    return open(read.get(), null, read);
  }

  /** Whether this process runs in a pod, where {@link #inCluster} finds its server. */
  public static boolean isInCluster() {
    return InCluster.here(System.getenv());
  }

  /**
   * The server of the cluster that this process is a pod of, as the pod's service account, whose
   * token is read again as it is renewed.
   *
   * @throws IllegalStateException where that cannot be; says what to do
   */
  public static HttpCluster inCluster() {
    return inCluster(System.getenv(), InCluster.ACCOUNT);
  }

  static HttpCluster inCluster(Map<String, String> environment, Path account) {
    Config config = InCluster.config(environment, account);
    return open(config, null, new TokenFile(account.resolve("token"), Timer.system()));
  }

  /**
   * As whom a client certificate names.
   *
   * @param caPem whom to trust
   * @param certificatePem the certificate, its chain behind it
   * @param keyPem its private key
   */
  public static HttpCluster withCertificate(
      URI server, String caPem, String certificatePem, String keyPem) {
    return open(
        new ConfigBuilder(Config.empty())
            .withMasterUrl(server.toString())
            .withCaCertData(caPem)
            .withClientCertData(certificatePem)
            .withClientKeyData(keyPem)
            .build());
  }

  /** The same server as somebody else, over the same connections; lives as long as this one. */
  public HttpCluster withToken(String bearer) {
    return new HttpCluster(transport, Credentials.bearer(bearer), false, caPem, namespace, dryRun);
  }

  /**
   * The same server, which does everything with a write but store it (spec: api-server 10.2); over
   * the same connections, and lives as long as this one.
   *
   * @param warnings told what the server warns of, each time
   */
  public HttpCluster dryRun(Consumer<String> warnings) {
    return new HttpCluster(transport, credentials, false, caPem, namespace, warnings);
  }

  /** The namespace that the context names, else {@code default}. */
  public String namespace() {
    return namespace;
  }

  /** The CA by which the server is known, in PEM; null where the configuration names none. */
  public @Nullable String caPem() {
    return caPem;
  }

  /** Where the server is. */
  public URI server() {
    return transport.server();
  }

  /** Closes the connections; of a {@link #withToken} view, does nothing. */
  @Override
  public void close() {
    if (owner) {
      transport.close();
    }
  }

  /**
   * The text of a path that is no resource, such as {@code /readyz}; refusals as for resources.
   *
   * @param path absolute below the server's URL
   */
  public byte[] raw(String path) {
    return send(HttpMethod.GET, path, "", NOTHING);
  }

  @Override
  public ObjectNode get(Kind kind, String namespace, String name) {
    return document(HttpMethod.GET, Urls.object(kind, namespace, name, ""), "", null);
  }

  @Override
  public ResourceList list(Kind kind, String namespace, ListOptions options) {
    ObjectNode page = document(HttpMethod.GET, Urls.list(kind, namespace, options), "", null);
    List<ObjectNode> items = new ArrayList<>(page.path("items").size());
    for (JsonNode item : page.path("items")) {
      if (item instanceof ObjectNode object) {
        items.add(named(kind, object));
      }
    }
    JsonNode metadata = page.path("metadata");
    return new ResourceList(
        items,
        metadata.path("resourceVersion").asString(""),
        metadata.path("continue").asString(""));
  }

  /** Items of a JSON list come without apiVersion and kind (spec: api-server 8.2). */
  private static ObjectNode named(Kind kind, ObjectNode item) {
    if (item.has("kind") && item.has("apiVersion")) {
      return item;
    }
    ObjectNode complete = Json.object();
    complete.put("kind", kind.kind());
    complete.put("apiVersion", kind.apiVersion());
    complete.setAll(item);
    return complete;
  }

  @Override
  public ObjectNode create(Kind kind, String namespace, ObjectNode document) {
    return document(HttpMethod.POST, Urls.collection(kind, namespace), JSON, document);
  }

  @Override
  public ObjectNode update(Kind kind, ObjectNode document, String subresource) {
    JsonNode metadata = document.path("metadata");
    String url =
        Urls.object(
            kind,
            metadata.path("namespace").asString(""),
            metadata.path("name").asString(""),
            subresource);
    return document(HttpMethod.PUT, url, JSON, document);
  }

  @Override
  public ObjectNode patch(
      Kind kind,
      String namespace,
      String name,
      PatchType type,
      JsonNode patch,
      String subresource) {
    return document(
        HttpMethod.PATCH, Urls.object(kind, namespace, name, subresource), type.mediaType(), patch);
  }

  @Override
  public ObjectNode post(
      Kind kind, String namespace, String name, String subresource, ObjectNode body) {
    return document(HttpMethod.POST, Urls.object(kind, namespace, name, subresource), JSON, body);
  }

  @Override
  public ObjectNode delete(Kind kind, String namespace, String name, DeleteOptions options) {
    return document(
        HttpMethod.DELETE, Urls.object(kind, namespace, name, ""), JSON, deleteBody(options));
  }

  @Override
  public Watch watch(Kind kind, String namespace, WatchOptions options, WatchListener listener) {
    // Spread, so that many watches begun together do not end together.
    int seconds = 300 + ThreadLocalRandom.current().nextInt(300);
    String url = Urls.watch(kind, namespace, options, seconds);
    Transport.Streaming stream = transport.stream(url, credentials);
    if (stream.response().statusCode() == 401 && credentials.renew()) {
      stream = transport.stream(url, credentials);
    }
    byte[] refusal = stream.whole();
    if (refusal != null) {
      throw Refusals.of(stream.response().statusCode(), refusal);
    }
    return HttpWatch.start(kind, transport, stream, listener);
  }

  private ObjectNode deleteBody(DeleteOptions options) {
    ObjectNode body = Json.object();
    body.put("kind", "DeleteOptions");
    body.put("apiVersion", "v1");
    if (dryRun != null) {
      body.putArray("dryRun").add("All"); // beside a body the query does not count
    }
    if (options.gracePeriodSeconds() != DeleteOptions.DEFAULT_GRACE) {
      body.put("gracePeriodSeconds", options.gracePeriodSeconds());
    }
    if (!options.propagationPolicy().isEmpty()) {
      body.put("propagationPolicy", options.propagationPolicy());
    }
    if (!options.uid().isEmpty() || !options.resourceVersion().isEmpty()) {
      ObjectNode preconditions = body.putObject("preconditions");
      if (!options.uid().isEmpty()) {
        preconditions.put("uid", options.uid());
      }
      if (!options.resourceVersion().isEmpty()) {
        preconditions.put("resourceVersion", options.resourceVersion());
      }
    }
    return body;
  }

  private ObjectNode document(
      HttpMethod method, String url, String contentType, @Nullable JsonNode body) {
    // As Go writes it: of a revision's data Kubernetes keeps the very bytes, to compare them.
    byte[] bytes = send(method, url, contentType, body == null ? NOTHING : GoJson.bytes(body));
    try {
      if (Json.parse(bytes) instanceof ObjectNode document) {
        return document;
      }
    } catch (JacksonException e) {
      throw new UnreachableException(notKubernetes(method, url), e);
    }
    throw new UnreachableException(
        notKubernetes(method, url), new IllegalStateException("not a JSON object"));
  }

  private String notKubernetes(HttpMethod method, String url) {
    return String.format(
        Locale.ROOT,
        "%s answered %s %s with something that is no document; is it a Kubernetes API server?",
        transport.server(),
        method.name(),
        url);
  }

  private byte[] send(HttpMethod method, String path, String contentType, byte[] body) {
    boolean dry = dryRun != null && method != HttpMethod.GET;
    String url = dry ? path + (path.contains("?") ? "&" : "?") + "dryRun=All" : path;
    Transport.Answer answer = transport.send(method, url, credentials, contentType, body);
    if (answer.code() == 401 && credentials.renew()) {
      answer = transport.send(method, url, credentials, contentType, body);
    }
    if (dryRun != null) {
      answer.warnings().forEach(dryRun);
    }
    if (answer.code() >= 300) {
      throw Refusals.of(answer.code(), answer.body());
    }
    return answer.body();
  }
}
