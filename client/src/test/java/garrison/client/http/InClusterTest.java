package garrison.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.client.UnreachableException;
import garrison.client.queue.Timer;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InClusterTest {
  @TempDir Path account;
  private final AtomicLong now = new AtomicLong();
  private final Timer timer =
      new Timer() {
        @Override
        public long nanos() {
          return now.get();
        }

        @Override
        public void after(Duration delay, Runnable task) {
          throw new UnsupportedOperationException();
        }
      };

  private static Map<String, String> environment(String host, int port) {
    return Map.of("KUBERNETES_SERVICE_HOST", host, "KUBERNETES_SERVICE_PORT", String.valueOf(port));
  }

  private void write(String token) throws IOException {
    Files.writeString(account.resolve("token"), token + "\n");
  }

  private static String sent(Credentials credentials) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    credentials.addTo(headers);
    return headers.get("Authorization");
  }

  @Test
  void serverIsThatOfTheVariablesAndTrustIsTheAccounts() throws Exception {
    write("t");
    Files.writeString(account.resolve("ca.crt"), "pem");
    assertThat(InCluster.config(environment("10.0.0.1", 443), account).getMasterUrl())
        .isEqualTo("https://10.0.0.1:443/");
    assertThat(InCluster.config(environment("fd00::1", 6443), account).getMasterUrl())
        .isEqualTo("https://[fd00::1]:6443/");
    assertThat(InCluster.config(environment("10.0.0.1", 443), account).getCaCertFile())
        .isEqualTo(account.resolve("ca.crt").toString());
  }

  @Test
  void whatIsMissingIsSaid() throws Exception {
    assertThatThrownBy(() -> InCluster.config(Map.of(), account))
        .hasMessageContaining("KUBERNETES_SERVICE_HOST");
    assertThatThrownBy(() -> InCluster.config(environment("h", 1), account))
        .hasMessageContaining("service account");
  }

  @Test
  void tokenIsReadAgainEveryMinute() throws Exception {
    write("first");
    TokenFile file = new TokenFile(account.resolve("token"), timer);
    assertThat(sent(file)).isEqualTo("Bearer first");
    write("second");
    now.addAndGet(Duration.ofSeconds(59).toNanos());
    assertThat(sent(file)).isEqualTo("Bearer first");
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(sent(file)).isEqualTo("Bearer second");
  }

  @Test
  void lastTokenIsUsedOnWhereTheFileIsGone() throws Exception {
    write("first");
    TokenFile file = new TokenFile(account.resolve("token"), timer);
    assertThat(sent(file)).isEqualTo("Bearer first");
    Files.delete(account.resolve("token"));
    now.addAndGet(Duration.ofMinutes(5).toNanos());
    assertThat(sent(file)).isEqualTo("Bearer first");
    assertThat(file.renew()).isFalse();
    TokenFile other = new TokenFile(account.resolve("token"), timer);
    assertThatThrownBy(() -> sent(other)).isInstanceOf(UnreachableException.class);
  }

  @Test
  void tokenThatTheServerRefusesIsReadAgainAtOnce() throws Exception {
    Vertx vertx = Vertx.vertx();
    SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
    List<String> tokens = new CopyOnWriteArrayList<>();
    try {
      HttpServer server =
          vertx
              .createHttpServer(
                  new HttpServerOptions()
                      .setSsl(true)
                      .setUseAlpn(true)
                      .setKeyCertOptions(certificate.keyCertOptions()))
              .requestHandler(
                  request -> {
                    String token = request.getHeader("Authorization");
                    tokens.add(token);
                    request
                        .response()
                        .setStatusCode(token.equals("Bearer second") ? 200 : 401)
                        .end("ok");
                  })
              .listen(0, "localhost")
              .toCompletionStage()
              .toCompletableFuture()
              .get(10, TimeUnit.SECONDS);
      write("first");
      Files.copy(Path.of(certificate.certificatePath()), account.resolve("ca.crt"));
      try (HttpCluster cluster =
          HttpCluster.inCluster(environment("localhost", server.actualPort()), account)) {
        assertThatThrownBy(() -> cluster.raw("/livez")).hasMessageContaining("ok");
        write("second");
        assertThat(new String(cluster.raw("/livez"), StandardCharsets.UTF_8)).isEqualTo("ok");
      }
      // The first refusal changed nothing, so nothing was sent again.
      assertThat(tokens).containsExactly("Bearer first", "Bearer first", "Bearer second");
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
      certificate.delete();
    }
  }
}
