package garrison.apiserver.http;

import garrison.apiserver.auth.User;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Read by one virtual thread; whatever touches the response is done on
 * the connection's event loop. At most one answer is sent: the first to {@link #claim} it.
 */
final class Exchange {
  private static final int LONGEST_WARNINGS = 4096;
  private static final int CUT_WARNING = 256;
  private static final int SWITCHING_PROTOCOLS = 101;

  private final HttpServerRequest request;
  private final Context context;
  private final byte[] body;
  private final Query query;
  private final Accept accept;
  private final String auditId;
  private final Set<String> warnings = new LinkedHashSet<>();
  private final AtomicBoolean claimed = new AtomicBoolean();
  private final Consumer<Integer> onAnswer;
  private volatile User user = User.ANONYMOUS;

  /**
   * A request that was read.
   *
   * @param context of the connection
   * @param body whole, perhaps empty
   * @param onAnswer told the code of the answer when it starts
   */
  Exchange(HttpServerRequest request, Context context, byte[] body, Consumer<Integer> onAnswer) {
    this.request = request;
    this.context = context;
    this.body = body;
    this.onAnswer = onAnswer;
    this.query = Query.parse(request.query());
    this.accept = Accept.parse(request.getHeader("Accept"));
    String given = request.getHeader("Audit-Id");
    this.auditId = given == null || given.isBlank() ? UUID.randomUUID().toString() : given;
  }

  String method() {
    return request.method().name();
  }

  /** The path as it was sent, without the query. */
  String path() {
    String path = request.path();
    return path == null ? "/" : path;
  }

  /** The query as it was sent, null where there is none. */
  @Nullable String rawQuery() {
    return request.query();
  }

  Query query() {
    return query;
  }

  Accept accept() {
    return accept;
  }

  @Nullable String header(String name) {
    return request.getHeader(name);
  }

  byte[] body() {
    return body;
  }

  User user() {
    return user;
  }

  void user(User found) {
    user = found;
  }

  /** Whether the client would go on over a WebSocket. */
  boolean upgrades() {
    return request.canUpgradeToWebSocket();
  }

  /** Goes on over a WebSocket. On the event loop, by whoever has claimed the answer. */
  Future<ServerWebSocket> upgrade() {
    return request.toWebSocket().onSuccess(ignored -> onAnswer.accept(SWITCHING_PROTOCOLS));
  }

  /** The same in one of the protocols that the client offers. */
  Future<ServerWebSocket> upgrade(String protocol) {
    request.headers().set("Sec-WebSocket-Protocol", protocol); // The first of the offer is taken.
    return upgrade();
  }

  /** Where the client sees the server, {@code host:port}. */
  String authority() {
    return request.authority() == null ? "" : request.authority().toString();
  }

  /** Where the client is. */
  String remoteAddress() {
    return request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress();
  }

  boolean pretty() {
    return View.pretty(query, accept, header("User-Agent"));
  }

  boolean takesGzip() {
    String encodings = header("Accept-Encoding");
    return encodings != null && encodings.contains("gzip");
  }

  /** Adds a Warning header to the answer; the same text only once. */
  void warn(String text) {
    synchronized (warnings) {
      warnings.add(text);
    }
  }

  /** Takes the right to answer; false where somebody else has it already. */
  boolean claim() {
    return claimed.compareAndSet(false, true);
  }

  /** Whether an answer has begun. */
  boolean claimed() {
    return claimed.get();
  }

  /** Runs on the connection's event loop. */
  void onLoop(Runnable action) {
    context.runOnContext(ignored -> action.run());
  }

  Context context() {
    return context;
  }

  HttpServerResponse response() {
    return request.response();
  }

  /** Sends a whole answer, unless one was sent already. */
  void answer(int code, String contentType, byte[] content, Map<String, String> headers) {
    if (!claim()) {
      return;
    }
    onLoop(
        () -> {
          HttpServerResponse response = response();
          if (response.ended() || response.closed()) {
            return;
          }
          head(code, contentType, headers);
          if (code == 204 || code == 304) {
            response
                .end(); // Such an answer has no body whose length could be told (RFC 9110, 8.6).
          } else if (content.length == 0) {
            response.putHeader("Content-Length", "0").end();
          } else {
            response.end(Buffer.buffer(content));
          }
        });
  }

  /** Sets code and headers. On the event loop, by whoever has claimed the answer. */
  void head(int code, String contentType, Map<String, String> headers) {
    onAnswer.accept(code);
    if (upgrades()) {
      request.resume(); // There is no upgrade: the next request on this connection has its turn.
    }
    HttpServerResponse response = response();
    response.setStatusCode(code);
    response.putHeader("Audit-Id", auditId);
    response.putHeader("Cache-Control", "no-cache, private");
    if (!contentType.isEmpty()) {
      response.putHeader("Content-Type", contentType);
    }
    headers.forEach(response::putHeader);
    List<String> lines = warningHeaders();
    if (!lines.isEmpty()) {
      response.putHeader("Warning", lines);
    }
  }

  /** Whether the connection closes with the answer, as it must where the body was not read. */
  void closeAfterwards() {
    if (request.version() != HttpVersion.HTTP_2) {
      response().putHeader("Connection", "close");
    }
  }

  private List<String> warningHeaders() {
    synchronized (warnings) {
      int total = warnings.stream().mapToInt(String::length).sum();
      return warnings.stream()
          .map(
              text ->
                  total > LONGEST_WARNINGS && text.length() > CUT_WARNING
                      ? text.substring(0, CUT_WARNING)
                      : text)
          .map(text -> "299 - \"" + quoted(text) + "\"")
          .toList();
    }
  }

  /** Escaped for a quoted string; line ends would end the header. */
  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("[\\p{Cntrl}]", " ");
  }
}
