package garrison.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.apiserver.TestServer;
import garrison.apiserver.auth.User;
import garrison.client.PatchType;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Bodies that are too long, half there, or long enough to be compressed. */
class BodiesOnTheWireTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
  private static final String TABLE =
      "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
  private static final int LIMIT = 3 * 1024 * 1024;

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

  private JsonNode maps() {
    return server.admin().get(MAPS).json().path("items");
  }

  private static byte[] map(String name, int size) {
    String start = "{\"metadata\": {\"name\": \"" + name + "\"}, \"data\": {\"k\": \"";
    String end = "\"}}";
    return (start + "x".repeat(size - start.length() - end.length()) + end)
        .getBytes(StandardCharsets.UTF_8);
  }

  private void refusedAsTooLarge(Answered reply) {
    assertThat(reply.code()).as(reply.text()).isEqualTo(413);
    assertThat(reply.message()).isEqualTo("Request entity too large: limit is 3145728");
    assertThat(maps()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bodyOverTheLimitIsRefusedAndTold(boolean http1) {
    Caller admin = server.admin();
    try (Caller old = admin.http1()) {
      Caller caller = http1 ? old : admin;
      for (int i = 0; i < 5; i++) {
        byte[] over = map("big", LIMIT + 1);
        refusedAsTooLarge(caller.send("POST", MAPS, over));
        // Without a length told before, it must be found out on the way.
        refusedAsTooLarge(
            caller.send(
                "POST",
                MAPS,
                JSON,
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(over))));
        refusedAsTooLarge(caller.send("POST", MAPS, map("big", 8 * LIMIT)));
      }
      // One that is just not too long goes on to be refused for what it is.
      Answered reply = caller.send("POST", MAPS, map("big", LIMIT));
      assertThat(reply.code()).as(reply.text()).isEqualTo(422);
      assertThat(maps()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"metadata\": {\"name\": \"half\"}",
        "{\"metadata\": {\"name\": \"half\"}, \"data\": {\"k\": \"v",
        "{\"metadata\": {\"name\": \"half\"}} {",
        "{\"metadata\": {\"name\": \"half\"}}}",
        "[",
        "\u0000",
      })
  void halfWrittenJsonIsRefused(String body) {
    Answered reply = server.admin().post(MAPS, body);
    assertThat(reply.code()).as(reply.text()).isEqualTo(400);
    assertThat(reply.json().path("reason").asString()).isEqualTo("BadRequest");
    assertThat(reply.json().has("details")).isFalse();
    Answered patch = server.admin().patch(MAPS + "/x", "application/merge-patch+json", body);
    assertThat(patch.code()).as(patch.text()).isIn(400, 404);
    assertThat(maps()).isEmpty();
  }

  @Test
  void deepNestingIsRefused() {
    for (String body : new String[] {"[".repeat(200_000), "{\"a\":".repeat(200_000)}) {
      Answered reply = server.admin().post(MAPS, body);
      assertThat(reply.code()).as(reply.text()).isEqualTo(400);
    }
    assertThat(server.admin().get("/healthz").code()).isEqualTo(200);
  }

  @Test
  void clientThatDiesHalfWayChangesNothing() throws IOException {
    String half =
        "POST "
            + MAPS
            + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 36\r\n\r\n"
            + "{\"metadata\": {\"name\": \"half\"}}";
    try (SSLSocket socket = RawRequest.connect(server.api().port(), server.admin().tls())) {
      socket.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
    }
    // The same, whole: what came before it on the server is over by then.
    assertThat(server.admin().send("POST", MAPS, map("whole", 100)).code()).isEqualTo(201);
    assertThat(maps().findValuesAsString("name")).containsExactly("whole");
  }

  private Answered sent(String contentType, byte[] body) {
    return server
        .admin()
        .send(
            "POST",
            MAPS,
            contentType.isEmpty() ? Map.of() : Map.of("Content-Type", contentType),
            body);
  }

  @Test
  void bodyInOtherSpellings() {
    String yaml = "metadata:\n  name: yaml\ndata:\n  a: \"1\"\n";
    assertThat(sent("application/yaml", yaml.getBytes(StandardCharsets.UTF_8)).code())
        .isEqualTo(201);
    assertThat(sent("application/json; charset=utf-8", map("j", 100)).code()).isEqualTo(201);
    // No type at all is JSON.
    assertThat(sent("", map("n", 100)).code()).isEqualTo(201);
    assertThat(maps()).hasSize(3);
  }

  /** A field of a protobuf message whose value has a length of less than 128 bytes. */
  private static byte[] field(int number, byte[]... values) {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    for (byte[] part : values) {
      value.writeBytes(part);
    }
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    field.write(number << 3 | 2);
    field.write(value.size());
    field.writeBytes(value.toByteArray());
    return field.toByteArray();
  }

  private static byte[] field(int number, String value) {
    return field(number, value.getBytes(StandardCharsets.UTF_8));
  }

  /** A ConfigMap with one entry in the envelope of spec: api-server 5.3. */
  private static byte[] protobuf(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[] {'k', '8', 's', 0});
    bytes.writeBytes(field(1, field(1, "v1"), field(2, "ConfigMap")));
    bytes.writeBytes(
        field(2, field(1, field(1, name)), field(2, field(1, "key"), field(2, "value"))));
    return bytes.toByteArray();
  }

  @Test
  void protobufIsRead() {
    Answered reply = sent("application/vnd.kubernetes.protobuf", protobuf("p"));
    assertThat(reply.code()).as(reply.text()).isEqualTo(201);
    assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    assertThat(maps()).hasSize(1);
    JsonNode read = maps().get(0);
    assertThat(read.path("metadata").path("name").asString()).isEqualTo("p");
    assertThat(read.path("data")).isEqualTo(Json.parse("{\"key\": \"value\"}"));
  }

  @Test
  void protobufThatIsBrokenAnywhereIsRefused() {
    byte[] whole = protobuf("p");
    for (int length = 0; length < whole.length; length++) {
      Answered reply = sent("application/vnd.kubernetes.protobuf", Arrays.copyOf(whole, length));
      // What is cut before the object begins is a map without a name.
      assertThat(reply.code()).as("%s: %s", length, reply.text()).isIn(400, 422);
    }
    assertThat(maps()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/xml", "application/cbor", "nonsense"})
  void otherTypesAreRefused(String type) {
    Answered reply = sent(type, map("x", 100));
    assertThat(reply.code()).as(reply.text()).isEqualTo(415);
    assertThat(reply.json().path("reason").asString()).isEqualTo("UnsupportedMediaType");
    Answered patch = server.admin().patch(MAPS + "/x", type, "{}");
    assertThat(patch.code()).as(patch.text()).isEqualTo(415);
    assertThat(maps()).isEmpty();
  }

  private Answered asked(String method, String path, String type, String body) {
    return server
        .admin()
        .send(method, path, Map.of("Content-Type", type), body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void unknownFieldsAreToldRefusedOrPassedOver() {
    server.create(MAPS, "{\"metadata\": {\"name\": \"m\"}}");
    String unknown = "{\"metadata\": {\"name\": \"m\", \"a\\\"b\": 1}, \"foo\": 1}";
    for (String[] call :
        new String[][] {
          {"PUT", "application/json"},
          {"PATCH", "application/merge-patch+json"},
          {"PATCH", "application/strategic-merge-patch+json"},
        }) {
      String path = MAPS + "/m";
      Answered strict = asked(call[0], path + "?fieldValidation=Strict", call[1], unknown);
      assertThat(strict.code()).as(strict.text()).isIn(400, 422);
      assertThat(strict.message()).contains("strict decoding error", "unknown field \"foo\"");
      for (String mode : List.of("", "?fieldValidation=Warn")) {
        Answered warned = asked(call[0], path + mode, call[1], unknown);
        assertThat(warned.code()).as(warned.text()).isEqualTo(200);
        assertThat(warned.headers().allValues("Warning"))
            .containsExactlyInAnyOrder(
                "299 - \"unknown field \\\"metadata.a\\\"b\\\"\"",
                "299 - \"unknown field \\\"foo\\\"\"");
      }
      Answered ignored = asked(call[0], path + "?fieldValidation=Ignore", call[1], unknown);
      assertThat(ignored.code()).as(ignored.text()).isEqualTo(200);
      assertThat(ignored.headers().allValues("Warning")).isEmpty();
    }
    assertThat(maps().get(0).has("foo")).isFalse();
  }

  private void fill(int first, int end, int size) {
    for (int i = first; i < end; i++) {
      server
          .api()
          .cluster(User.ADMIN)
          .create(Kinds.CONFIG_MAP, "default", (ObjectNode) Json.parse(map("m" + i, size)));
    }
  }

  private static byte[] unzipped(byte[] bytes) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    }
  }

  private Answered zipped(String path, String accept) {
    return server
        .admin()
        .send("GET", path, Map.of("Accept-Encoding", "gzip", "Accept", accept), new byte[0]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", TABLE, "application/yaml"})
  void longAnswersAreCompressedForWhoeverTakesIt(String accept) throws IOException {
    fill(0, 200, 2_000);
    String path = MAPS + "?includeObject=Object";
    Answered plain = server.admin().get(path, accept);
    assertThat(plain.header("Content-Encoding")).isEmpty();
    assertThat(plain.body().length).isGreaterThan(128 * 1024);
    Answered zipped = zipped(path, accept);
    assertThat(zipped.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(zipped.header("Vary")).isEqualTo("Accept-Encoding");
    assertThat(zipped.body().length).isLessThan(plain.body().length / 4);
    String text = new String(unzipped(zipped.body()), StandardCharsets.UTF_8);
    if (accept.equals(TABLE)) {
      assertThat(Json.parse(text).path("rows")).hasSize(200);
    } else {
      assertThat(text).isEqualTo(plain.text());
    }
  }

  @Test
  void shortAnswersAndWatchesAreNotCompressed() {
    fill(0, 10, 2_000);
    assertThat(zipped(MAPS, "application/json").header("Content-Encoding")).isEmpty();
    fill(10, 210, 2_000);
    Answered watch = zipped(MAPS + "?watch=1&timeoutSeconds=1", "application/json");
    assertThat(watch.header("Content-Encoding")).isEmpty();
    assertThat(watch.text().lines()).hasSize(210);
  }

  @Test
  void timeGivenByTheClientIsKept() {
    Answered reply = server.admin().get(MAPS + "?resourceVersion=99999999&timeout=100ms");
    assertThat(reply.code()).isEqualTo(504);
    assertThat(reply.message())
        .isEqualTo("Timeout: request did not complete within the allotted timeout");
  }

  @Test
  void watcherThatDoesNotReadIsCutOff() throws IOException {
    fill(0, 1, 4_000);
    try (SSLSocket socket = RawRequest.connect(server.api().port(), server.admin().tls())) {
      socket.setReceiveBufferSize(4096);
      socket
          .getOutputStream()
          .write(
              ("GET " + MAPS + "?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      await().until(() -> server.watchesOfConfigMaps() == 1);
      JsonNode label = Json.parse("{\"metadata\": {\"labels\": {\"i\": \"0\"}}}");
      for (int i = 0; i < 30_000 && server.watchesOfConfigMaps() == 1; i++) {
        ((ObjectNode) label.at("/metadata/labels")).put("i", "" + i);
        server
            .api()
            .cluster(User.ADMIN)
            .patch(Kinds.CONFIG_MAP, "default", "m0", PatchType.MERGE, label, "");
      }
      await().until(() -> server.watchesOfConfigMaps() == 0);
    }
    assertThat(maps()).hasSize(1);
  }
}
