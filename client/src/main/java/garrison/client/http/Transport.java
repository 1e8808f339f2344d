package garrison.client.http;

import garrison.client.UnreachableException;
import io.fabric8.kubernetes.client.Config;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one server, shared by all who speak to it, whoever they say they are: HTTP/2
 * where the server offers it, few connections, many streams. Requests and watches have pools of
 * their own, so that long watches never take the streams that requests need. A connection whose
 * server is silent to pings is closed, which ends its watches within half a minute.
 *
 * <p>Vert.x's own client, below fabric8's {@link Config}: fabric8's HTTP client allows 8,192
 * connections for HTTP/2 and opens as many as requests are begun at once, and does not show its
 * connections, so it can neither be held to a few nor notice a dead one.
 */
final class Transport implements AutoCloseable {
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);
  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
  private static final long PING_EVERY_MS = 15_000;
  private static final int WINDOW = 1 << 20;

  /** So many watches may be opening at once: a crowd must not open a connection each. */
  private final Semaphore opening = new Semaphore(16, true);

  private final Vertx vertx;
  private final boolean ownVertx;
  private final Context loop;
  private final HttpClient requests;
  private final HttpClient watches;
  private final URI server;
  private final String basePath;
  private volatile boolean closed;

  /** What a server answered to a request, and what it warns of. */
  record Answer(int code, byte[] body, List<String> warnings) {
    private static final Pattern TEXT = Pattern.compile("299 \\S+ \"((?:[^\"\\\\]|\\\\.)*)\".*");

    static Answer of(HttpClientResponse response, Buffer body) {
      List<String> warnings = new ArrayList<>(0);
      for (String header : response.headers().getAll("Warning")) {
        Matcher text = TEXT.matcher(header);
        if (text.matches()) {
          warnings.add(text.group(1).replaceAll("\\\\(.)", "$1"));
        }
      }
      return new Answer(response.statusCode(), body.getBytes(), warnings);
    }
  }

  /** Connects lazily. Without a Vert.x instance it makes one, and closes it in the end. */
  Transport(Config config, @Nullable Vertx shared) {
    this.server = URI.create(config.getMasterUrl());
    String path = server.getRawPath() == null ? "" : server.getRawPath();
    this.basePath = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    this.ownVertx = shared == null;
    this.vertx =
        shared == null
            ? Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setUseDaemonThread(true))
            : shared;
    this.loop = vertx.getOrCreateContext();
    this.requests = client(config, new PoolOptions().setHttp1MaxSize(64).setHttp2MaxSize(2));
    this.watches = client(config, new PoolOptions().setHttp1MaxSize(4096).setHttp2MaxSize(1024));
  }

  URI server() {
    return server;
  }

  Vertx vertx() {
    return vertx;
  }

  private HttpClient client(Config config, PoolOptions pool) {
    boolean tls = "https".equals(server.getScheme());
    HttpClientOptions options =
        new HttpClientOptions()
            .setSsl(tls)
            .setTcpKeepAlive(true)
            .setTcpNoDelay(true)
            .setConnectTimeout((int) CONNECT_WITHIN.toMillis())
            .setInitialSettings(new Http2Settings().setInitialWindowSize(WINDOW))
            .setKeepAliveTimeout(60);
    if (tls && !Boolean.TRUE.equals(config.getHttp2Disable())) {
      options.setUseAlpn(true).setProtocolVersion(HttpVersion.HTTP_2);
    }
    if (tls) {
      Tls.apply(config, options);
    }
    Proxies.apply(config, server, options);
    return vertx
        .httpClientBuilder()
        .with(options)
        .with(pool)
        .withConnectHandler(this::keepAlive)
        .build();
  }

  private void keepAlive(HttpConnection connection) {
    if (!isHttp2(connection)) {
      return;
    }
    long timer =
        vertx.setPeriodic(
            PING_EVERY_MS,
            id ->
                connection
                    .ping(Buffer.buffer(new byte[8]))
                    .timeout(PING_EVERY_MS - 1000, TimeUnit.MILLISECONDS)
                    .onFailure(silent -> connection.close()));
    connection.closeHandler(end -> vertx.cancelTimer(timer));
  }

  private static boolean isHttp2(HttpConnection connection) {
    try {
      return connection.remoteSettings() != null;
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }

  /** One request and its whole answer, whatever its code. Blocks. */
  Answer send(
      HttpMethod method, String url, Credentials credentials, String contentType, byte[] body) {
    checkOpen();
    RequestOptions options = options(method, url, credentials, contentType);
    options.setIdleTimeout(ANSWER_WITHIN.toMillis());
    CompletableFuture<Answer> answer =
        onLoop(
            () ->
                requests
                    .request(options)
                    .compose(request -> request.send(Buffer.buffer(body)))
                    .compose(response -> response.body().map(bytes -> Answer.of(response, bytes))));
    return await(answer, ANSWER_WITHIN.plus(CONNECT_WITHIN), url);
  }

  /** A request whose answer goes on: paused, with code 200, or an {@link Answer} in full. */
  record Streaming(
      HttpClientRequest request, HttpClientResponse response, byte @Nullable [] whole) {}

  /** Begins a stream. Blocks until the server has answered, not until it has sent anything. */
  Streaming stream(String url, Credentials credentials) {
    checkOpen();
    RequestOptions options = options(HttpMethod.GET, url, credentials, "");
    try {
      opening.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreachableException("interrupted while waiting to watch " + url, e);
    }
    try {
      CompletableFuture<Streaming> stream =
          onLoop(
              () ->
                  watches
                      .request(options)
                      .compose(
                          request ->
                              request
                                  .send()
                                  .timeout(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                                  .compose(response -> begin(request, response))
                                  .onFailure(failure -> request.reset(8))));
      return await(stream, ANSWER_WITHIN.plus(CONNECT_WITHIN), url);
    } finally {
      opening.release();
    }
  }

  /**
   * Runs a chain of steps where the connections live. From any other thread a step could come after
   * the event it waits for: an answer that arrives whole would be over before its body is asked
   * for, and nobody would ever hear of it.
   */
  private <R> CompletableFuture<R> onLoop(Supplier<Future<R>> steps) {
    CompletableFuture<R> result = new CompletableFuture<>();
    loop.runOnContext(
        now -> {
          try {
            steps.get().onSuccess(result::complete).onFailure(result::completeExceptionally);
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private static Future<Streaming> begin(HttpClientRequest request, HttpClientResponse response) {
    if (response.statusCode() == 200) {
      response.pause();
      return Future.succeededFuture(new Streaming(request, response, null));
    }
    return response.body().map(body -> new Streaming(request, response, body.getBytes()));
  }

  private RequestOptions options(
      HttpMethod method, String url, Credentials credentials, String contentType) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    headers.set("Accept", "application/json").set("User-Agent", HttpCluster.USER_AGENT);
    if (!contentType.isEmpty()) {
      headers.set("Content-Type", contentType);
    }
    credentials.addTo(headers);
    boolean tls = "https".equals(server.getScheme());
    int port = server.getPort() >= 0 ? server.getPort() : tls ? 443 : 80;
    String host = server.getHost();
    // Brackets belong to the URL, not to the address.
    String address = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new RequestOptions()
        .setMethod(method)
        .setHost(address)
        .setPort(port)
        .setSsl(tls)
        .setURI(basePath + url)
        .setHeaders(headers)
        .setConnectTimeout(CONNECT_WITHIN.toMillis());
  }

  private <R> R await(CompletableFuture<R> future, Duration atMost, String url) {
    try {
      return future.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(url, "interrupted", e);
    } catch (TimeoutException e) {
      throw unreachable(url, "no answer in time", e);
    } catch (ExecutionException | CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String what = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      throw unreachable(url, what, cause);
    }
  }

  private UnreachableException unreachable(String url, String what, Throwable cause) {
    int query = url.indexOf('?');
    return new UnreachableException(
        "the API server at "
            + server
            + " gave no answer to "
            + (query < 0 ? url : url.substring(0, query))
            + ": "
            + what,
        cause);
  }

  private void checkOpen() {
    if (closed) {
      throw new UnreachableException(
          "the connection to " + server + " was closed", new IllegalStateException("closed"));
    }
  }

  /** Closes all connections; watches end. */
  @Override
  public void close() {
    closed = true;
    Future<Void> end = requests.close().eventually(() -> watches.close());
    if (ownVertx) {
      end = end.eventually(vertx::close);
    }
    try {
      end.toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the connections to " + server + " do not close", e);
    }
  }
}
