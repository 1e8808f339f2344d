package garrison.apiserver.http;

import garrison.apiserver.auth.AccountTokens;
import garrison.apiserver.auth.Authenticator;
import garrison.apiserver.auth.Authorizer;
import garrison.apiserver.openapi.OpenApi;
import garrison.apiserver.pki.Pki;
import garrison.apiserver.resource.Resources;
import garrison.model.kind.Kinds;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTPS in front of objects: everything of this package, assembled. */
public final class HttpFront implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);

  private static final int CLOSE_SECONDS = 5;

  private final Vertx vertx;
  private final Listener listener;
  private final MeterRegistry meters;

  private HttpFront(Vertx vertx, Listener listener, MeterRegistry meters) {
    this.vertx = vertx;
    this.meters = meters;
    this.listener = listener;
  }

  /**
   * Starts to listen.
   *
   * @param addresses where; each gets the same port
   * @param port 0 for any that is free
   * @throws garrison.apiserver.StartException where it cannot
   */
  public static HttpFront start(
      Pki pki,
      Resources resources,
      Authenticator authenticator,
      Authorizer authorizer,
      AccountTokens accountTokens,
      Clock clock,
      List<String> addresses,
      int port) {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors())
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2));
    try {
      PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      Metrics metrics = new Metrics(meters, resources);
      ApiRoutes api =
          new ApiRoutes(
              resources,
              new PodStreams(resources, new AgentCalls(vertx, pki)),
              clock,
              new SecureRandom());
      PathRoutes paths =
          new PathRoutes(
              new Discovery(),
              new Health(Map.of("store", () -> resources.revision() >= 0)),
              metrics,
              new OpenApiRoutes(new OpenApi(Kinds.all()), clock),
              new IssuerRoutes(accountTokens.keySet()),
              pki.certificateAuthority().pem());
      Dispatcher dispatcher = new Dispatcher(authenticator, authorizer, api, paths);
      return new HttpFront(
          vertx, Listener.start(vertx, pki, dispatcher, metrics, addresses, port), meters);
    } catch (RuntimeException e) {
      close(vertx);
      throw e;
    }
  }

  /** What {@code /metrics} shows. */
  public MeterRegistry meters() {
    return meters;
  }

  /** The port it listens on. */
  public int port() {
    return listener.port();
  }

  @Override
  public void close() {
    listener.close();
    close(vertx);
  }

  private static void close(Vertx vertx) {
    try {
      vertx.close().await(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      LOG.warn("connections were still open after {} s", CLOSE_SECONDS);
    }
  }
}
