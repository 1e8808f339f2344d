package garrison.cli.controller;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTPS with {@code /healthz}, {@code /livez}, {@code /readyz} and {@code /metrics}. The first
 * three are for anybody, as on Kubernetes' own components. Each answer is made on a virtual thread.
 */
public final class ControllerPort implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControllerPort.class);
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final long WITHIN_SECONDS = 10;

  private final Vertx vertx =
      Vertx.vertx(
          new VertxOptions()
              .setEventLoopPoolSize(1)
              .setWorkerPoolSize(1)
              .setInternalBlockingPoolSize(1)
              .setUseDaemonThread(true));
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final PrometheusMeterRegistry meters;
  private final Supplier<String> unready;
  private final @Nullable ScrapeAccess access;
  private final HttpServer server;

  private ControllerPort(
      PrometheusMeterRegistry meters,
      Supplier<String> unready,
      @Nullable ScrapeAccess access,
      String certificatePem,
      String keyPem) {
    this.meters = meters;
    this.unready = unready;
    this.access = access;
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setIdleTimeout(60)
            .setMaxHeaderSize(16 * 1024)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(certificatePem))
                    .addKeyValue(Buffer.buffer(keyPem)));
    options.removeEnabledSecureTransportProtocol("TLSv1");
    options.removeEnabledSecureTransportProtocol("TLSv1.1");
    this.server = vertx.createHttpServer(options).requestHandler(this::received);
  }

  /**
   * Starts to listen.
   *
   * @param port 0 for any that is free
   * @param unready why the controller is of no use yet, empty where it is
   * @param access who may read the metrics; null for anybody
   * @throws IllegalStateException with the reason, where it cannot listen
   */
  public static ControllerPort start(
      InetSocketAddress address,
      String certificatePem,
      String keyPem,
      PrometheusMeterRegistry meters,
      Supplier<String> unready,
      @Nullable ScrapeAccess access) {
    ControllerPort port = new ControllerPort(meters, unready, access, certificatePem, keyPem);
    try {
      port.server
          .listen(address.getPort(), address.getAddress().getHostAddress())
          .toCompletionStage()
          .toCompletableFuture()
          .get(WITHIN_SECONDS, TimeUnit.SECONDS);
      return port;
    } catch (ExecutionException | TimeoutException e) {
      port.close();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalStateException(String.valueOf(cause.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      port.close();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Where it listens. */
  public int port() {
    return server.actualPort();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // it answers, or the connection is gone
  private void received(HttpServerRequest request) {
    String method = request.method().name();
    String path = request.path();
    String authorization = request.getHeader("Authorization");
    workers.submit(() -> answer(request, method, String.valueOf(path), authorization));
  }

  private void answer(
      HttpServerRequest request, String method, String path, @Nullable String authorization) {
    try {
      if (!method.equals("GET")) {
        send(request, 405, TEXT, "only GET\n");
        return;
      }
      switch (path) {
        case "/healthz", "/livez" -> send(request, 200, TEXT, "ok");
        case "/readyz" -> {
          String why = unready.get();
          send(request, why.isEmpty() ? 200 : 503, TEXT, why.isEmpty() ? "ok" : why + "\n");
        }
        case "/metrics" -> metrics(request, authorization);
        default -> send(request, 404, TEXT, "see /healthz, /readyz and /metrics\n");
      }
    } catch (RuntimeException e) {
      log.error("{} {} failed", method, path, e);
      send(request, 500, TEXT, "see the log\n");
    }
  }

  private void metrics(HttpServerRequest request, @Nullable String authorization) {
    int code = access == null ? 200 : access.check(authorization, "/metrics");
    switch (code) {
      case 200 -> send(request, 200, METRICS, meters.scrape());
      case 401 -> send(request, 401, TEXT, "send a bearer token that the API server knows\n");
      case 403 -> send(request, 403, TEXT, "may not get the path /metrics of this cluster\n");
      default -> send(request, code, TEXT, "the API server does not say who may read this\n");
    }
  }

  private static void send(HttpServerRequest request, int code, String type, String body) {
    request
        .response()
        .setStatusCode(code)
        .putHeader("Content-Type", type)
        .putHeader("X-Content-Type-Options", "nosniff")
        .end(body)
        .onFailure(gone -> log.debug("an answer was not taken", gone));
  }

  @Override
  public void close() {
    workers.shutdownNow();
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.warn("the port for health and metrics does not close", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
