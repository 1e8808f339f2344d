package garrison.agent.logs;

import garrison.agent.AgentIdentity;
import garrison.agent.AgentStartException;
import garrison.agent.Refusal;
import garrison.agent.runtime.Session;
import garrison.agent.session.SessionRequest;
import garrison.agent.session.SessionSocket;
import garrison.agent.session.SessionSource;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's HTTPS server (spec: node-agent 3.15): {@code /containerLogs/…}, {@code /exec/…},
 * {@code /attach/…} and {@code /healthz}, for the API server only. Who shows no certificate of the
 * CA is turned away by TLS; who shows that of somebody else gets 403.
 *
 * <p>One event loop; each log and session has virtual threads of its own, as fast as its reader.
 */
public final class AgentServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AgentServer.class);
  private static final long PATIENCE_SECONDS = 30;
  private static final int LOG_PARTS = 5;

  /** Largest message of a WebSocket; the API server passes on what its clients send. */
  private static final int LARGEST_MESSAGE = 1 << 20;

  private final Vertx vertx;
  private final HttpServer server;
  private final boolean anonymousAuth;
  private final LogSource logs;
  private final SessionSource sessions;
  private final InstantSource clock;

  private AgentServer(
      Vertx vertx,
      HttpServer server,
      boolean anonymousAuth,
      LogSource logs,
      SessionSource sessions,
      InstantSource clock) {
    this.vertx = vertx;
    this.server = server;
    this.anonymousAuth = anonymousAuth;
    this.logs = logs;
    this.sessions = sessions;
    this.clock = clock;
  }

  /**
   * Starts to listen.
   *
   * @param port 0 for a free one
   * @param anonymousAuth whether who shows no certificate is let in
   */
  public static AgentServer start(
      String address,
      int port,
      AgentIdentity identity,
      boolean anonymousAuth,
      LogSource logs,
      SessionSource sessions,
      InstantSource clock) {
    if (identity.clientCas().isEmpty() && !anonymousAuth) {
      // Without a CA of its own, TLS would trust those of the whole web.
      throw new AgentStartException(
          "no CA says whom the agent's server may let in: name the API server's client CA");
    }
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(address)
            .setPort(port)
            .setSsl(true)
            .setUseAlpn(true)
            .setClientAuth(clientAuth(identity, anonymousAuth))
            .setWebSocketSubProtocols(SessionSocket.PROTOCOLS)
            .setMaxWebSocketFrameSize(LARGEST_MESSAGE)
            .setMaxWebSocketMessageSize(LARGEST_MESSAGE)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addKeyValue(Buffer.buffer(identity.keyPem()))
                    .addCertValue(Buffer.buffer(identity.certificatePem())));
    if (!identity.clientCas().isEmpty()) {
      options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(identity.caPem())));
    }
    AgentServer started =
        new AgentServer(
            vertx, vertx.createHttpServer(options), anonymousAuth, logs, sessions, clock);
    try {
      started
          .server
          .requestHandler(started::handle)
          .listen()
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .join();
      return started;
    } catch (CompletionException e) {
      started.close();
      throw new AgentStartException(
          "the agent cannot listen on "
              + address
              + ":"
              + port
              + ": "
              + e.getCause()
              + "; choose another address or port",
          e);
    }
  }

  private static ClientAuth clientAuth(AgentIdentity identity, boolean anonymousAuth) {
    if (!anonymousAuth) {
      return ClientAuth.REQUIRED;
    }
    return identity.clientCas().isEmpty() ? ClientAuth.NONE : ClientAuth.REQUEST;
  }

  /** The port it listens on. */
  public int port() {
    return server.actualPort();
  }

  private void handle(HttpServerRequest request) {
    Caller caller = Caller.of(request);
    if (!caller.apiServer() && !(anonymousAuth && caller.anonymous())) {
      refuse(
          request,
          403,
          "Forbidden (user="
              + caller.name()
              + ", verb=get, resource=nodes, subresource(s)=[proxy])");
      return;
    }
    List<String> parts = List.of(request.path().substring(1).split("/", -1));
    if (SessionRequest.isFor(parts)) {
      startSession(request, parts);
    } else if (!request.method().equals(HttpMethod.GET)) {
      refuse(request, 405, "Method Not Allowed");
    } else if (request.path().equals("/healthz")) {
      request.response().putHeader("Content-Type", "text/plain").end("ok");
    } else if (parts.getFirst().equals("containerLogs") && parts.size() == LOG_PARTS - 1) {
      Map<String, String> query = new HashMap<>();
      request.params().forEach(query::put);
      Thread.ofVirtual().name("log").start(() -> sendLog(request.response(), parts, query));
    } else {
      refuse(request, 404, "404 page not found");
    }
  }

  private void startSession(HttpServerRequest request, List<String> parts) {
    if (!request.canUpgradeToWebSocket()) {
      refuse(request, 400, "this agent speaks WebSocket (v5.channel.k8s.io, v4.channel.k8s.io)");
      return;
    }
    request.pause(); // Whoever takes the upgrade reads on.
    Context loop = vertx.getOrCreateContext();
    Map<String, List<String>> query = new HashMap<>();
    request.params().names().forEach(name -> query.put(name, request.params().getAll(name)));
    Thread.ofVirtual()
        .name("session")
        .start(
            () -> {
              try {
                Session session = sessions.open(SessionRequest.of(decoded(parts), query));
                loop.runOnContext(ignored -> join(request, session));
              } catch (Refusal e) {
                loop.runOnContext(ignored -> decline(request, e.code(), e.text()));
              } catch (RuntimeException e) {
                log.error("a session cannot be opened: {}", request.path(), e);
                loop.runOnContext(ignored -> decline(request, 500, String.valueOf(e)));
              }
            });
  }

  private static void join(HttpServerRequest request, Session session) {
    request
        .toWebSocket()
        .onSuccess(socket -> SessionSocket.join(socket, session))
        .onFailure(
            e -> {
              log.debug("the API server went away: {}", e.toString());
              session.close();
            });
  }

  private static void decline(HttpServerRequest request, int code, String text) {
    request.resume(); // No upgrade: the connection goes on.
    refuse(request, code, text);
  }

  private static List<String> decoded(List<String> parts) {
    return parts.stream().map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8)).toList();
  }

  private static void refuse(HttpServerRequest request, int code, String text) {
    request.response().setStatusCode(code).putHeader("Content-Type", "text/plain").end(text);
  }

  private void sendLog(HttpServerResponse response, List<String> parts, Map<String, String> query) {
    List<String> names = decoded(parts);
    try {
      LogRequest wanted = LogRequest.of(query, clock.instant());
      LogSource.Log found = logs.find(names.get(1), names.get(2), names.get(3), wanted.previous());
      response.putHeader("Content-Type", "text/plain").setChunked(true);
      // Now: who follows a silent container must not wait for its first line to know it is heard.
      response.writeHead();
      LogReader.copy(found, wanted, new ResponseOutput(response));
      response.end();
    } catch (Refusal e) {
      response.setStatusCode(e.code()).putHeader("Content-Type", "text/plain").end(e.text());
    } catch (InterruptedException e) {
      response.reset();
    } catch (IOException e) {
      if (!response.closed()) {
        log.warn("the log of {} broke off: {}", names, e.toString());
        response.reset(); // a part must not look like the whole
      }
    } catch (RuntimeException e) {
      log.error("the log of {} cannot be sent", names, e);
      response.reset();
    }
  }

  @Override
  public void close() {
    try {
      vertx
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      log.warn("the agent's server does not close: {}", e.toString());
    }
  }
}
