package garrison.agent.probe;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.NetClient;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How checks reach containers: no proxy, no certificate is verified, nothing is kept open between
 * two checks, and those of one container never wait for those of another. One event loop.
 */
public final class Network implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Network.class);
  private static final int MANY = 10_000;

  private final Vertx vertx;
  private final HttpClientAgent http;
  private final HttpClientAgent http2;
  private final NetClient tcp;

  Network() {
    vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setUseDaemonThread(true)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    PoolOptions pool = new PoolOptions().setHttp1MaxSize(MANY).setHttp2MaxSize(MANY);
    http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setKeepAlive(false)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setDecompressionSupported(false),
            pool);
    http2 =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MultiplexingLimit(1),
            pool);
    tcp = vertx.createNetClient();
  }

  Vertx vertx() {
    return vertx;
  }

  HttpClientAgent http() {
    return http;
  }

  HttpClientAgent http2() {
    return http2;
  }

  NetClient tcp() {
    return tcp;
  }

  /** {@code host:port}, an IPv6 address in brackets. */
  public static String join(String host, int port) {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  /** Why no connection came about, in upstream's words where there are any. */
  static String noConnection(Throwable e, String host, int port) {
    if (e instanceof UnknownHostException) {
      return "dial tcp: lookup " + host + ": no such host";
    }
    String message = String.valueOf(e.getMessage());
    String lower = message.toLowerCase(Locale.ROOT);
    String why =
        lower.contains("timed out") || lower.contains("timeout")
            ? "i/o timeout"
            : e instanceof ConnectException && lower.contains("refused")
                ? "connect: connection refused"
                : message;
    return "dial tcp " + join(host, port) + ": " + why;
  }

  @Override
  public void close() {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      log.debug("the event loop of the checks ends late", e);
    }
  }
}
