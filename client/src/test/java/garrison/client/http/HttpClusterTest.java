package garrison.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.client.ResourceList;
import garrison.client.UnreachableException;
import garrison.client.Watch;
import garrison.client.WatchEvent;
import garrison.client.WatchListener;
import garrison.client.WatchOptions;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SelfSignedCertificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Against a real HTTPS server that answers as scripted. */
class HttpClusterTest {
  private final Vertx vertx = Vertx.vertx();
  private final SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
  private final Set<Object> connections = ConcurrentHashMap.newKeySet();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile Consumer<HttpServerRequest> answer = request -> request.response().end("{}");
  private @Nullable HttpServer server;
  private HttpCluster cluster;

  @BeforeEach
  void start() throws Exception {
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setUseAlpn(true)
                    .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(100))
                    .setKeyCertOptions(certificate.keyCertOptions()))
            .requestHandler(
                request -> {
                  connections.add(request.connection());
                  requests.add(request.method() + " " + request.uri());
                  answer.accept(request);
                })
            .listen(0, "localhost")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    cluster = open(false);
  }

  private HttpCluster open(boolean http1) {
    return HttpCluster.open(
        new ConfigBuilder(Config.empty())
            .withMasterUrl("https://localhost:" + server.actualPort())
            .withCaCertFile(certificate.certificatePath())
            .withHttp2Disable(http1)
            .build());
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    certificate.delete();
  }

  @Test
  void itemsOfAListSayWhatTheyAre() {
    answer =
        request ->
            request
                .response()
                .end(
                    "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"7\","
                        + "\"continue\":\"next\"},\"items\":[{\"metadata\":{\"name\":\"a\"}}]}");
    ResourceList page = cluster.list(Kinds.POD, "ns", new ListOptions("a in (b,c)", "", "", 5, ""));
    assertThat(page.resourceVersion()).isEqualTo("7");
    assertThat(page.continueToken()).isEqualTo("next");
    assertThat(page.items())
        .containsExactly(
            (ObjectNode)
                Json.parse(
                    "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"}}"));
    assertThat(requests)
        .containsExactly(
            "GET /api/v1/namespaces/ns/pods?labelSelector=a%20in%20%28b%2Cc%29&limit=5");
  }

  @Test
  void bodiesAreWrittenAsGoWritesThem() {
    List<String> bodies = new CopyOnWriteArrayList<>();
    answer =
        request ->
            request.bodyHandler(
                body -> {
                  bodies.add(body.toString());
                  request.response().end("{}");
                });
    cluster.create(
        Kinds.CONFIG_MAP, "ns", (ObjectNode) Json.parse("{\"data\":{\"b\":\"<&>\",\"a\":\"\"}}"));
    assertThat(bodies).containsExactly("{\"data\":{\"b\":\"\\u003c\\u0026\\u003e\",\"a\":\"\"}}");
  }

  @Test
  void patchesAndDeletionsSayHow() {
    List<String> bodies = new CopyOnWriteArrayList<>();
    answer =
        request -> {
          bodies.add(String.valueOf(request.getHeader("Content-Type")));
          request.bodyHandler(
              body -> {
                bodies.add(body.toString());
                request.response().end("{}");
              });
        };
    cluster.patch(Kinds.NODE, "", "n", PatchType.STRATEGIC, Json.parse("{\"a\":1}"), "status");
    cluster.delete(Kinds.DAEMON_SET, "ns", "d", DeleteOptions.now("u"));
    assertThat(requests)
        .containsExactly(
            "PATCH /api/v1/nodes/n/status", "DELETE /apis/apps/v1/namespaces/ns/daemonsets/d");
    assertThat(bodies)
        .containsExactly(
            "application/strategic-merge-patch+json",
            "{\"a\":1}",
            "application/json",
            "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"gracePeriodSeconds\":0,"
                + "\"preconditions\":{\"uid\":\"u\"}}");
  }

  @Test
  void refusalsAreTheServersOwn() {
    answer =
        request ->
            request
                .response()
                .setStatusCode(404)
                .end("{\"kind\":\"Status\",\"reason\":\"NotFound\",\"message\":\"gone\"}");
    assertThatThrownBy(() -> cluster.get(Kinds.POD, "ns", "p"))
        .isInstanceOfSatisfying(
            StatusException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(404);
              assertThat(refusal.reason()).isEqualTo(StatusReason.NOT_FOUND);
              assertThat(refusal.message()).isEqualTo("gone");
            });
  }

  @Test
  void whatSomeProxySaysIsQuotedWithItsCode() {
    answer = request -> request.response().setStatusCode(503).end("<html>busy</html>");
    assertThatThrownBy(() -> cluster.get(Kinds.POD, "ns", "p"))
        .isInstanceOfSatisfying(
            StatusException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(503);
              assertThat(refusal.message()).contains("busy");
            });
  }

  @Test
  void serverThatIsNotThereIsUnreachable() {
    try (HttpCluster nobody =
        HttpCluster.open(
            new ConfigBuilder(Config.empty()).withMasterUrl("http://127.0.0.1:1").build())) {
      assertThatThrownBy(() -> nobody.get(Kinds.POD, "ns", "p"))
          .isInstanceOf(UnreachableException.class)
          .hasMessageContaining("127.0.0.1:1");
    }
  }

  @Test
  void serverOfAnotherCaIsUnreachable() {
    try (HttpCluster stranger =
        HttpCluster.open(
            new ConfigBuilder(Config.empty())
                .withMasterUrl("https://localhost:" + server.actualPort())
                .build())) {
      assertThatThrownBy(() -> stranger.get(Kinds.POD, "ns", "p"))
          .isInstanceOf(UnreachableException.class);
    }
    assertThat(requests).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void watchBringsEventsInOrderHoweverTheBytesAreCut(boolean http1) {
    answer =
        request -> {
          request.response().setChunked(true);
          request.response().write("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"na");
          request.response().write("me\":\"a\"}}}\n{\"type\":\"DELETED\",\"object\":{}}\n{\"ty");
          request.response().end("pe\":\"BOOKMARK\",\"object\":{}}\n");
        };
    Recorder recorder = new Recorder();
    try (HttpCluster mine = open(http1)) {
      mine.watch(Kinds.POD, "", WatchOptions.FROM_NOW, recorder);
      await().until(() -> recorder.closed.size() == 1);
    }
    assertThat(recorder.events)
        .containsExactly(WatchEvent.Type.ADDED, WatchEvent.Type.DELETED, WatchEvent.Type.BOOKMARK);
    assertThat(recorder.closed).containsExactly("");
  }

  @Test
  void slowListenerLosesNothing() {
    int many = 20_000;
    answer =
        request -> {
          request.response().setChunked(true);
          for (int i = 0; i < many; i++) {
            request
                .response()
                .write("{\"type\":\"ADDED\",\"object\":{\"a\":\"" + "x".repeat(200) + "\"}}\n");
          }
          request.response().end();
        };
    Recorder recorder = new Recorder();
    cluster.watch(Kinds.POD, "", WatchOptions.FROM_NOW, recorder);
    await().until(() -> recorder.closed.size() == 1);
    assertThat(recorder.events).hasSize(many);
  }

  @Test
  void closedWatchIsToldOnceAndTheServerHearsOfIt() {
    List<String> ended = new CopyOnWriteArrayList<>();
    answer =
        request -> {
          request.response().exceptionHandler(reset -> ended.add("reset"));
          request.response().setChunked(true).write("{\"type\":\"ADDED\",\"object\":{}}\n");
        };
    Recorder recorder = new Recorder();
    Watch watch = cluster.watch(Kinds.POD, "", WatchOptions.FROM_NOW, recorder);
    await().until(() -> recorder.events.size() == 1);
    watch.close();
    watch.close();
    await().until(() -> !ended.isEmpty());
    await().until(() -> recorder.closed.equals(List.of("")));
  }

  @Test
  void refusedWatchThrows() {
    answer =
        request ->
            request
                .response()
                .setStatusCode(422)
                .end("{\"kind\":\"Status\",\"code\":422,\"reason\":\"Invalid\"}");
    assertThatThrownBy(() -> cluster.watch(Kinds.POD, "", WatchOptions.FROM_NOW, new Recorder()))
        .isInstanceOf(StatusException.class);
  }

  @Test
  void manyIdentitiesShareFewConnections() throws Exception {
    Set<String> tokens = ConcurrentHashMap.newKeySet();
    answer =
        request -> {
          tokens.add(String.valueOf(request.getHeader("Authorization")));
          request.response().setChunked(true).write("{\"type\":\"ADDED\",\"object\":{}}\n");
        };
    Recorder recorder = new Recorder();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      HttpCluster node = cluster.withToken("t" + i);
      threads.add(
          Thread.startVirtualThread(
              () -> node.watch(Kinds.POD, "", WatchOptions.FROM_NOW, recorder)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    await().until(() -> recorder.events.size() == 300);
    assertThat(tokens).hasSize(300).contains("Bearer t7");
    // 100 streams a connection, and 16 that may be opened while the first is not there yet.
    assertThat(connections).hasSizeLessThanOrEqualTo(20);
  }

  private static final class Recorder implements WatchListener {
    private final List<WatchEvent.Type> events = new CopyOnWriteArrayList<>();
    private final List<String> closed = new CopyOnWriteArrayList<>();

    @Override
    public void event(WatchEvent event) {
      events.add(event.type());
    }

    @Override
    public void closed(@Nullable Throwable cause) {
      closed.add(cause == null ? "" : cause.toString());
    }
  }
}
