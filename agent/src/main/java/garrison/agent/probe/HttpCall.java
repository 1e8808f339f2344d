package garrison.agent.probe;

import garrison.agent.AgentVersion;
import garrison.agent.probe.Check.Header;
import garrison.agent.probe.Check.HttpGet;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One GET of a probe or hook, with the redirects it leads to (spec: node-agent 3.7): those to the
 * same host are followed, ten at most; one to another host is the answer. At most 10 KiB of the
 * body are read. The timeout is for all of it; whatever comes after it is dropped.
 */
public final class HttpCall {
  /** User agent of probes. */
  public static final String PROBE = "kube-probe/" + minor();

  /** User agent of hooks. */
  public static final String HOOK = "kube-lifecycle/" + minor();

  private static final int MOST_BODY = 10 * 1024;
  private static final int MOST_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /** What came back: a status, and the beginning of the body. */
  public record Reply(int status, String body) {}

  /** The call came to nothing; its message says why, in upstream's words where there are any. */
  public static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean plain;

    Failed(String message, boolean plain) {
      super(message);
      this.plain = plain;
    }

    /** Whether what was asked by TLS answered in plain HTTP. */
    public boolean plain() {
      return plain;
    }
  }

  private final Network network;
  private final HttpGet get;
  private final String agent;
  private final Duration timeout;
  private final CompletableFuture<Reply> reply = new CompletableFuture<>();
  private final String first;
  private @Nullable HttpClientRequest current; // on the event loop only
  private int redirects;

  private HttpCall(Network network, HttpGet get, String host, String agent, Duration timeout) {
    this.network = network;
    this.get = get;
    this.agent = agent;
    this.timeout = timeout;
    this.first = host;
  }

  /**
   * Starts one.
   *
   * @param address where the call names no host
   * @param agent user agent
   * @param timeout zero for none
   * @return fails with {@link Failed} only; cancelling it drops the connection
   */
  public static CompletableFuture<Reply> start(
      Network network, HttpGet get, String address, String agent, Duration timeout) {
    String host = get.host().isEmpty() ? address : get.host();
    HttpCall call = new HttpCall(network, get, host, agent, timeout);
    network
        .vertx()
        .runOnContext(
            now -> {
              call.limit();
              call.send(get.tls(), host, get.port(), get.path(), true);
            });
    return call.reply;
  }

  /** What a probe makes of it. */
  static Answer answer(@Nullable Reply reply, @Nullable Throwable failed) {
    if (reply == null) {
      return Answer.failure(failed == null ? "no answer" : String.valueOf(failed.getMessage()));
    }
    int status = reply.status();
    if (status >= 200 && status < 300) {
      return Answer.success(reply.body());
    }
    if (status >= 300 && status < 400) {
      return new Answer(
          Answer.Verdict.WARNING, "Probe terminated redirects, Response body: " + reply.body());
    }
    return Answer.failure("HTTP probe failed with statuscode: " + status);
  }

  private static String minor() {
    String version = AgentVersion.KUBELET.substring(1);
    return version.substring(0, version.indexOf('.', version.indexOf('.') + 1));
  }

  private void limit() {
    long timer =
        timeout.isZero()
            ? -1
            : network
                .vertx()
                .setTimer(
                    timeout.toMillis(),
                    late ->
                        fail(
                            "context deadline exceeded (Client.Timeout exceeded while awaiting"
                                + " the answer)"));
    reply.whenComplete(
        (done, failed) ->
            network
                .vertx()
                .runOnContext(
                    now -> {
                      network.vertx().cancelTimer(timer);
                      drop();
                    }));
  }

  private void drop() {
    HttpClientRequest request = current;
    if (request != null) {
      var unused = request.reset();
    }
  }

  private void fail(String why) {
    fail(why, false);
  }

  private void fail(String why, boolean plain) {
    String url =
        (get.tls() ? "https://" : "http://") + Network.join(first, get.port()) + get.path();
    reply.completeExceptionally(new Failed("Get \"" + url + "\": " + why, plain));
  }

  private void send(boolean tls, String host, int port, String path, boolean ownHost) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setServer(SocketAddress.inetSocketAddress(port, host))
            .setHost(host)
            .setPort(port)
            .setSsl(tls)
            .setURI(path)
            .setFollowRedirects(false);
    if (!timeout.isZero()) {
      options.setConnectTimeout(timeout.toMillis());
    }
    try {
      headers(options, ownHost);
      network
          .http()
          .request(options)
          .onComplete(
              request -> sent(request, tls, host, port, path),
              failed -> fail(why(failed, host, port), plain(failed)));
    } catch (RuntimeException e) { // such as a header that no request can carry
      fail(String.valueOf(e.getMessage()));
    }
  }

  /** Theirs first; ours where they say nothing; an empty one takes ours away. */
  private void headers(RequestOptions options, boolean ownHost) {
    boolean ownAgent = false;
    boolean ownAccept = false;
    for (Header header : get.headers()) {
      String name = header.name().toLowerCase(Locale.ROOT);
      ownAgent |= name.equals("user-agent");
      ownAccept |= name.equals("accept");
      boolean taken =
          header.value().isEmpty() && (name.equals("accept") || name.equals("user-agent"));
      boolean notNow = name.equals("host") && (!ownHost || header.value().isEmpty());
      if (!taken && !notNow) {
        options.addHeader(header.name(), header.value());
      }
    }
    if (!ownAgent) {
      options.addHeader("User-Agent", agent);
    }
    if (!ownAccept) {
      options.addHeader("Accept", "*/*");
    }
  }

  private void sent(HttpClientRequest request, boolean tls, String host, int port, String path) {
    current = request;
    if (reply.isDone()) {
      drop();
      return;
    }
    request
        .send()
        .onComplete(
            response -> answered(response, tls, host, port, path),
            failed -> fail(why(failed, host, port), plain(failed)));
  }

  private void answered(
      HttpClientResponse response, boolean tls, String host, int port, String path) {
    int status = response.statusCode();
    String location = response.getHeader("Location");
    if (REDIRECTS.contains(status) && location != null) {
      URI target;
      try {
        String base = (tls ? "https://" : "http://") + Network.join(host, port) + path;
        target = URI.create(base).resolve(location);
      } catch (IllegalArgumentException e) {
        fail("failed to parse Location header \"" + location + "\"");
        return;
      }
      String there = target.getHost() == null ? "" : target.getHost();
      if (bare(there).equals(bare(first))) {
        response.exceptionHandler(dropped -> {}); // its body is of no interest
        follow(target, !location.contains("://"));
        return;
      }
    }
    body(response, status);
  }

  private void follow(URI target, boolean relative) {
    redirects++;
    if (redirects > MOST_REDIRECTS) {
      fail("stopped after " + MOST_REDIRECTS + " redirects");
      return;
    }
    drop();
    current = null;
    boolean tls = "https".equalsIgnoreCase(target.getScheme());
    int port = target.getPort() > 0 ? target.getPort() : tls ? 443 : 80;
    String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
    String path = target.getRawPath() == null ? "" : target.getRawPath();
    send(tls, first, port, (path.isEmpty() ? "/" : path) + query, relative);
  }

  private static String bare(String host) {
    String inside = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return inside.toLowerCase(Locale.ROOT);
  }

  private void body(HttpClientResponse response, int status) {
    Buffer body = Buffer.buffer();
    response.handler(
        part -> {
          body.appendBuffer(part, 0, Math.min(part.length(), MOST_BODY - body.length()));
          if (body.length() == MOST_BODY) {
            done(status, body); // the rest is not waited for: it may never end
          }
        });
    response.exceptionHandler(failed -> fail(String.valueOf(failed.getMessage())));
    response.endHandler(end -> done(status, body));
  }

  private void done(int status, Buffer body) {
    reply.complete(new Reply(status, body.toString(StandardCharsets.UTF_8)));
  }

  private static String why(Throwable failed, String host, int port) {
    return failed instanceof java.net.ConnectException
            || failed instanceof java.net.UnknownHostException
        ? Network.noConnection(failed, host, port)
        : plain(failed)
            ? "http: server gave HTTP response to HTTPS client"
            : String.valueOf(failed.getMessage());
  }

  /** TLS tells the first bytes of what it took for a record, in hex: here {@code HTTP}. */
  private static boolean plain(Throwable failed) {
    for (Throwable at = failed; at != null; at = at.getCause()) {
      String message = String.valueOf(at.getMessage());
      if (message.contains("not an SSL/TLS record: 48545450")) {
        return true;
      }
    }
    return false;
  }
}
