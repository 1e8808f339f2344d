package garrison.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import garrison.apiserver.TestServer;
import garrison.apiserver.auth.User;
import garrison.apiserver.resource.Golden;
import garrison.client.PatchType;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Watches over a WebSocket, by the JDK's own client of it (spec: api-server 9.2). */
class WebSocketWatchTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path data;
  private TestServer server;

  @BeforeEach
  void start() {
    server = TestServer.start(data);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** What the server says. */
  private static final class Heard implements WebSocket.Listener {
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final StringBuilder part = new StringBuilder();
    private volatile int closed;

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      part.append(text);
      if (last) {
        messages.add(part.toString());
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed = code;
      return null;
    }

    JsonNode message(int i) {
      await().atMost(PATIENCE).until(() -> messages.size() > i);
      return Json.parse(messages.get(i).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Opens one, uses it, and closes its client. */
  private void watch(
      Caller caller, String path, String protocol, Heard heard, Consumer<WebSocket> use) {
    try (HttpClient client = HttpClient.newBuilder().sslContext(caller.tls()).build()) {
      WebSocket.Builder builder = client.newWebSocketBuilder().header("Origin", "https://x");
      if (!protocol.isEmpty()) {
        builder.subprotocols(protocol, "another");
      }
      URI address = URI.create("wss://127.0.0.1:" + server.api().port() + path);
      WebSocket socket = builder.buildAsync(address, heard).join();
      try {
        use.accept(socket);
      } finally {
        socket.abort();
      }
    }
  }

  private static void create(TestServer server, String name, String value) {
    ObjectNode map = Json.object();
    map.putObject("metadata").put("name", name);
    map.putObject("data").put("a", value);
    server.create(MAPS, map.toString());
  }

  @Test
  void asRecorded() {
    create(server, "c1", "b");
    server.change(MAPS + "/c1", "{\"binaryData\": {\"b\": \"eA==\"}}");
    for (String name :
        List.of(
            "watch over WebSocket: one text message per event",
            "watch over WebSocket: the offered protocol is echoed")) {
      Recorded recorded = Recorded.of("websocket.json", name);
      String protocol = recorded.request().path("Sec-WebSocket-Protocol").asString("");
      Heard heard = new Heard();
      watch(
          server.admin(),
          recorded.path(),
          protocol,
          heard,
          socket -> {
            assertThat(socket.getSubprotocol()).isEqualTo(protocol);
            JsonNode event = heard.message(0);
            JsonNode frame = recorded.response().path("frames").path(0);
            assertThat(frame.path("opcode").asString()).isEqualTo("text");
            Golden.compare(Json.parse(frame.path("data").asString()), event, "", name);
            assertThat(heard.messages.getFirst()).endsWith("}\n");
          });
    }
  }

  @Test
  void everyChangeIsAMessageHoweverLong() {
    Heard heard = new Heard();
    watch(
        server.admin(),
        MAPS + "?watch=true&resourceVersion=0",
        "",
        heard,
        socket -> {
          create(server, "c1", "x".repeat(300_000));
          server.change(MAPS + "/c1", "{\"data\": {\"a\": \"short\"}}");
          server.remove(MAPS + "/c1");
          assertThat(heard.message(0).at("/object/data/a").asString()).hasSize(300_000);
          assertThat(heard.message(1).path("type").asString()).isEqualTo("MODIFIED");
          assertThat(heard.message(2).path("type").asString()).isEqualTo("DELETED");
        });
  }

  @Test
  void clientThatLeavesTakesItsWatchAlong() {
    Heard heard = new Heard();
    watch(
        server.admin(),
        MAPS + "?watch=true",
        "",
        heard,
        socket -> {
          await().atMost(PATIENCE).until(() -> server.watchesOfConfigMaps() == 1);
          socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
          await().atMost(PATIENCE).until(() -> server.watchesOfConfigMaps() == 0);
        });
    watch(
        server.admin(),
        MAPS + "?watch=true",
        "",
        new Heard(),
        socket -> await().atMost(PATIENCE).until(() -> server.watchesOfConfigMaps() == 1));
    await().atMost(PATIENCE).until(() -> server.watchesOfConfigMaps() == 0);
  }

  @Test
  void endsInTimeAndInOrder() {
    Heard heard = new Heard();
    watch(
        server.admin(),
        MAPS + "?watch=true&timeoutSeconds=1",
        "",
        heard,
        socket -> await().atMost(PATIENCE).until(() -> heard.closed == WebSocket.NORMAL_CLOSURE));
    await().atMost(PATIENCE).until(() -> server.watchesOfConfigMaps() == 0);
  }

  private HttpResponse<?> refused(Caller caller, String path) {
    Throwable refusal = catchThrowable(() -> watch(caller, path, "", new Heard(), socket -> {}));
    assertThat(refusal).hasCauseInstanceOf(WebSocketHandshakeException.class);
    return ((WebSocketHandshakeException) refusal.getCause()).getResponse();
  }

  @Test
  void refusalsComeBeforeTheUpgrade() {
    assertThat(refused(server.anonymous(), MAPS + "?watch=true").statusCode()).isEqualTo(403);
    assertThat(refused(server.admin(), "/api/v1/nothing?watch=true").statusCode()).isEqualTo(404);
    assertThat(refused(server.admin(), MAPS + "?watch=true&resourceVersion=x").statusCode())
        .isEqualTo(400);
    assertThat(server.watchesOfConfigMaps()).isZero();
  }

  private static String upgrade(String path, String more) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        + more
        + "\r\n";
  }

  private static Answered send(SSLSocket socket, String request) throws Exception {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return RawRequest.answer(socket);
  }

  @Test
  void connectionGoesOnWhereThereIsNoUpgrade() throws Exception {
    try (SSLSocket socket = RawRequest.connect(server.api().port(), server.admin().tls())) {
      // Without an Origin, as the real server answers.
      String body = "x".repeat(300_000); // Nobody reads it before there is an answer.
      Answered refused =
          send(
              socket,
              upgrade(MAPS + "?watch=true", "Content-Length: " + body.length() + "\r\n") + body);
      assertThat(refused.code()).isEqualTo(403);
      assertThat(refused.body()).isEmpty();
      // Where nothing is watched, there is an answer as to anybody.
      assertThat(
              send(socket, upgrade(MAPS, "Origin: https://x\r\n")).json().path("kind").asString())
          .isEqualTo("ConfigMapList");
      assertThat(send(socket, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").text()).isEqualTo("ok");
      assertThat(server.watchesOfConfigMaps()).isZero();
    }
  }

  @Test
  void clientThatShakesHandsBadlyIsRefused() throws Exception {
    try (SSLSocket socket = RawRequest.connect(server.api().port(), server.admin().tls())) {
      String request =
          upgrade(MAPS + "?watch=true", "Origin: https://x\r\n")
              .replace("Version: 13", "Version: 99");
      assertThat(send(socket, request).code()).isEqualTo(426);
    }
    await().atMost(PATIENCE).until(() -> server.watchesOfConfigMaps() == 0);
  }

  @Test
  void clientThatDoesNotReadIsCutOff() throws Exception {
    create(server, "m0", "x".repeat(4_000));
    try (SSLSocket socket = RawRequest.connect(server.api().port(), server.admin().tls())) {
      socket.setReceiveBufferSize(4096);
      Answered begun = send(socket, upgrade(MAPS + "?watch=true", "Origin: https://x\r\n"));
      assertThat(begun.code()).isEqualTo(101);
      await().atMost(PATIENCE).until(() -> server.watchesOfConfigMaps() == 1);
      ObjectNode label = (ObjectNode) Json.parse("{\"metadata\": {\"labels\": {}}}");
      for (int i = 0; i < 30_000 && server.watchesOfConfigMaps() == 1; i++) {
        ((ObjectNode) label.at("/metadata/labels")).put("i", "" + i);
        server
            .api()
            .cluster(User.ADMIN)
            .patch(Kinds.CONFIG_MAP, "default", "m0", PatchType.MERGE, label, "");
      }
      await().atMost(PATIENCE).until(() -> server.watchesOfConfigMaps() == 0);
    }
  }
}
