package garrison.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.TestServer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the OpenAPI documents are asked for (spec: api-server 6.2). */
class OpenApiRoutesTest {
  private static final String SWAGGER_PROTOBUF =
      "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

  @TempDir private static Path data;
  private static TestServer server;
  private static Caller admin;

  @BeforeAll
  static void start() {
    server = TestServer.start(data);
    admin = server.admin();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void versionTwoIsJsonOrProtobufByTheAcceptHeader() {
    Answered json = admin.get("/openapi/v2", "application/json");
    assertThat(json.code()).isEqualTo(200);
    assertThat(json.header("Content-Type")).isEqualTo("application/json");
    assertThat(json.json().path("swagger").asString()).isEqualTo("2.0");
    Answered protobuf = admin.get("/openapi/v2", SWAGGER_PROTOBUF);
    assertThat(protobuf.code()).isEqualTo(200);
    assertThat(protobuf.header("Content-Type"))
        .isEqualTo("application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
    assertThat(protobuf.body()).startsWith(1 << 3 | 2, 3, '2', '.', '0');
    assertThat(admin.get("/openapi/v2", "text/plain").code()).isEqualTo(406);
  }

  @Test
  void versionTwoIsNotSentAgainToWhomHoldsIt() {
    Answered first = admin.get("/openapi/v2", "application/json");
    assertThat(first.header("Etag")).matches("\"[0-9A-F]{128}\"");
    Answered again =
        admin.send(
            "GET", "/openapi/v2", Map.of("If-None-Match", first.header("Etag")), new byte[0]);
    assertThat(again.code()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void aDocumentOfVersionThreeIsFoundUnderItsHash() {
    String url =
        admin
            .get("/openapi/v3")
            .json()
            .path("paths")
            .path("apis/apps/v1")
            .path("serverRelativeURL")
            .asString();
    Answered found = admin.get(url);
    assertThat(found.code()).isEqualTo(200);
    assertThat(found.header("Cache-Control")).isEqualTo("public, immutable");
    Answered stale = admin.get("/openapi/v3/apis/apps/v1?hash=0");
    assertThat(stale.code()).isEqualTo(301);
    assertThat(stale.header("Location")).isEqualTo(url);
    assertThat(admin.get("/openapi/v3/apis/nope/v1").code()).isEqualTo(404);
  }
}
