package garrison.apiserver.http;

import garrison.apiserver.StartException;
import garrison.apiserver.auth.Authenticator;
import garrison.apiserver.auth.User;
import garrison.apiserver.pki.Pki;
import garrison.model.StatusException;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTPS port: reads requests on event loops, one for each processor, and hands each, whole, to
 * a virtual thread. Bounds what a client can cost before it is known: the size of a body, the time
 * of a request, the number of requests at once.
 */
final class Listener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  /** Largest body (spec: api-server 10.2). */
  static final int LARGEST_BODY = 3 * 1024 * 1024;

  /** Largest message of a WebSocket; kubectl sends 32 KiB, others what their own input brings. */
  static final int LARGEST_MESSAGE = 1 << 20;

  private static final Duration LONGEST_REQUEST = Duration.ofSeconds(60);

  /** Short requests at once; more than upstream's 600, for one cost less here. */
  private static final int MOST_REQUESTS = 4_000;

  /** A watch is a stream, and thousands of hollow nodes share few connections. */
  private static final int STREAMS_PER_CONNECTION = 4_000;

  private static final int WINDOW_BYTES = 256 * 1024;
  private static final int HEADER_BYTES = 64 * 1024;
  private static final int RESETS_PER_WINDOW = 10_000;
  private static final int TRIES_FOR_A_PORT = 5;

  /** What Netty takes for any protocol of a WebSocket. */
  private static final String ANY_PROTOCOL = "*";

  private final Vertx vertx;
  private final Dispatcher dispatcher;
  private final Metrics metrics;
  private final HttpServerOptions options;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<HttpConnection, User> users = new ConcurrentHashMap<>();
  private final AtomicInteger running = new AtomicInteger();
  private int port;

  private Listener(Vertx vertx, Pki pki, Dispatcher dispatcher, Metrics metrics) {
    this.vertx = vertx;
    this.dispatcher = dispatcher;
    this.metrics = metrics;
    this.options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
            .setClientAuth(ClientAuth.REQUEST)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .setKeyValue(Buffer.buffer(pki.server().keyPem()))
                    .setCertValue(Buffer.buffer(pki.server().certificatePem())))
            .setTrustOptions(
                new PemTrustOptions().addCertValue(Buffer.buffer(pki.certificateAuthority().pem())))
            .setInitialSettings(
                new Http2Settings()
                    .setMaxConcurrentStreams(STREAMS_PER_CONNECTION)
                    .setInitialWindowSize(WINDOW_BYTES)
                    .setMaxHeaderListSize(HEADER_BYTES))
            // A fleet that restarts its watches resets thousands of streams at once.
            .setHttp2RstFloodMaxRstFramePerWindow(RESETS_PER_WINDOW)
            .setMaxHeaderSize(HEADER_BYTES)
            .setMaxInitialLineLength(HEADER_BYTES)
            .setHandle100ContinueAutomatically(true)
            // Whatever protocol of a WebSocket is offered first is taken, as upstream does.
            .addWebSocketSubProtocol(ANY_PROTOCOL)
            .setMaxWebSocketFrameSize(LARGEST_MESSAGE)
            .setMaxWebSocketMessageSize(LARGEST_MESSAGE)
            .setTcpKeepAlive(true)
            .setTcpNoDelay(true);
    options.removeEnabledSecureTransportProtocol("TLSv1");
    options.removeEnabledSecureTransportProtocol("TLSv1.1");
  }

  /**
   * Starts to listen.
   *
   * @param addresses where; each gets the same port
   * @param port 0 for any that is free
   * @throws StartException where it cannot
   */
  static Listener start(
      Vertx vertx,
      Pki pki,
      Dispatcher dispatcher,
      Metrics metrics,
      List<String> addresses,
      int port) {
    Listener listener = new Listener(vertx, pki, dispatcher, metrics);
    listener.listen(addresses, port);
    return listener;
  }

  int port() {
    return port;
  }

  private void listen(List<String> addresses, int wanted) {
    for (int attempt = 1; ; attempt++) {
      port = wanted == 0 ? freePort(addresses.getFirst()) : wanted;
      StartException failure = tryListen(addresses);
      if (failure == null) {
        return;
      }
      if (wanted != 0 || attempt == TRIES_FOR_A_PORT) {
        throw failure;
      }
    }
  }

  private @Nullable StartException tryListen(List<String> addresses) {
    for (String address : addresses) {
      DeploymentOptions each =
          new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors());
      try {
        vertx
            .deployVerticle(() -> new Acceptor(address), each)
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StartException("interrupted while starting to listen", e);
      } catch (ExecutionException | TimeoutException e) {
        return refused(address, e);
      }
    }
    return null;
  }

  private StartException refused(String address, Exception e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    if (cause instanceof BindException && String.valueOf(cause.getMessage()).contains("in use")) {
      return new StartException(
          "port "
              + port
              + " on "
              + address
              + " is in use: stop the program that uses it (ss -ltnp shows it), or choose another"
              + " port with --port",
          e);
    }
    return new StartException(
        "cannot listen on " + address + " port " + port + ": " + cause.getMessage(), e);
  }

  /** All event loops share one port, so it must be known before the first of them listens. */
  private static int freePort(String address) {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(address))) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new StartException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
  }

  /** Accepts connections on one event loop. */
  private final class Acceptor extends VerticleBase {
    private final String address;

    Acceptor(String address) {
      this.address = address;
    }

    @Override
    public Future<?> start() {
      return vertx
          .createHttpServer(options)
          .connectionHandler(Listener.this::connected)
          .requestHandler(request -> new Reading(request, vertx.getOrCreateContext()).start())
          .exceptionHandler(e -> LOG.debug("connection failed", e))
          .listen(port, address);
    }
  }

  private void connected(HttpConnection connection) {
    User user = ofCertificate(connection);
    if (user != null) {
      users.put(connection, user);
      connection.closeHandler(ignored -> users.remove(connection));
    }
  }

  private static @Nullable User ofCertificate(HttpConnection connection) {
    try {
      List<Certificate> shown = connection.peerCertificates();
      return shown != null
              && !shown.isEmpty()
              && shown.getFirst() instanceof X509Certificate certificate
          ? Authenticator.user(certificate)
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null; // It showed none.
    } catch (StatusException e) {
      return User.ANONYMOUS; // One of ours that names nobody.
    }
  }

  /** One request while it is read, on its connection's event loop. */
  private final class Reading {
    private final HttpServerRequest request;
    private final Context context;
    private final long started = System.nanoTime();
    private @Nullable Buffer body;
    private boolean over;

    Reading(HttpServerRequest request, Context context) {
      this.request = request;
      this.context = context;
    }

    void start() {
      String length = request.getHeader("Content-Length");
      if (length != null && length.length() > 6 && tooLong(length)) {
        tooLarge();
        return;
      }
      if (request.canUpgradeToWebSocket()) {
        // Whoever takes the upgrade reads on from here.
        request.pause();
        dispatch(exchange(new byte[0]));
        return;
      }
      request.exceptionHandler(e -> over = true);
      request.handler(
          chunk -> {
            if (over) {
              return;
            }
            body = body == null ? Buffer.buffer() : body;
            body.appendBuffer(chunk);
            if (body.length() > LARGEST_BODY) {
              tooLarge();
            }
          });
      request.endHandler(
          ignored -> {
            if (!over) {
              over = true;
              dispatch(exchange(body == null ? new byte[0] : body.getBytes()));
            }
          });
    }

    private static boolean tooLong(String length) {
      try {
        return Long.parseLong(length) > LARGEST_BODY;
      } catch (NumberFormatException e) {
        return false; // Netty refuses it itself.
      }
    }

    private Exchange exchange(byte[] content) {
      return new Exchange(request, context, content, this::answered);
    }

    private void tooLarge() {
      over = true;
      body = null;
      Exchange exchange = exchange(new byte[0]);
      exchange.closeAfterwards();
      Dispatcher.refusal(exchange, Refusals.tooLarge(LARGEST_BODY)).send(exchange);
    }

    private void answered(int code) {
      metrics.answered(
          request.method().name(), label(request.path()), code, System.nanoTime() - started);
    }

    private static String label(@Nullable String path) {
      try {
        return path == null ? "" : Dispatcher.resourceLabel(Target.parse(path));
      } catch (StatusException e) {
        return "";
      }
    }

    private void dispatch(Exchange exchange) {
      boolean bounded = !Dispatcher.longRunning(exchange);
      if (bounded && running.get() >= MOST_REQUESTS) {
        Dispatcher.refusal(exchange, Refusals.tooMany()).send(exchange);
        return;
      }
      User user = users.get(request.connection());
      long timer =
          bounded ? vertx.setTimer(limit(exchange).toMillis(), late -> late(exchange)) : -1;
      running.incrementAndGet();
      workers.execute(
          () -> {
            try {
              dispatcher.handle(exchange, user);
            } finally {
              running.decrementAndGet();
              vertx.cancelTimer(timer);
            }
          });
    }

    /** The client is told; what it asked for may still happen. */
    private void late(Exchange exchange) {
      if (!exchange.claimed()) {
        Dispatcher.refusal(exchange, Refusals.timeout()).send(exchange);
      }
    }

    private static Duration limit(Exchange exchange) {
      try {
        Duration asked = exchange.query().timeout();
        return asked == null || asked.compareTo(LONGEST_REQUEST) > 0 || asked.toMillis() < 1
            ? LONGEST_REQUEST
            : asked;
      } catch (StatusException e) {
        return LONGEST_REQUEST; // Refused in its turn.
      }
    }
  }

  /** Requests under way are answered for a moment; then connections are closed with the Vertx. */
  @Override
  public void close() {
    workers.shutdown();
    try {
      if (!workers.awaitTermination(2, TimeUnit.SECONDS)) {
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
