package garrison.apiserver.http;

import garrison.apiserver.openapi.Document;
import garrison.apiserver.openapi.OpenApi;
import garrison.apiserver.openapi.Swagger;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code /openapi/v3} and its documents, and the one of v2 (spec: api-server 6.2). */
final class OpenApiRoutes {
  private static final String INDEX = "/openapi/v3";
  private static final String SWAGGER = "/openapi/v2";
  private static final String SWAGGER_PROTOBUF =
      "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
  private static final long YEAR_SECONDS = 365L * 24 * 3600;

  private final OpenApi documents;
  private final InstantSource clock;

  OpenApiRoutes(OpenApi documents, InstantSource clock) {
    this.documents = documents;
    this.clock = clock;
  }

  @Nullable Reply handle(Exchange exchange, String path) {
    if (path.equals(INDEX)) {
      return BytesReply.json(200, documents.index());
    }
    if (path.equals(SWAGGER)) {
      return swagger(exchange);
    }
    if (!path.startsWith(INDEX + "/")) {
      return null;
    }
    return document(exchange, path.substring(INDEX.length() + 1));
  }

  private Reply document(Exchange exchange, String key) {
    Document document = documents.document(key);
    if (document == null) {
      return empty(404, Map.of());
    }
    if (exchange.accept().items().stream().noneMatch(Accept.Item::json)) {
      return empty(406, Map.of("Vary", "Accept"));
    }
    Map<String, String> headers = new TreeMap<>();
    headers.put("ETag", "\"" + document.hash() + "\"");
    headers.put("Vary", "Accept");
    if (exchange.query().has("hash")) {
      if (!exchange.query().text("hash").equals(document.hash())) {
        headers.put("Location", INDEX + "/" + key + "?hash=" + document.hash());
        return new BytesReply(301, View.JSON_TYPE, new byte[0], headers);
      }
      headers.put("Cache-Control", "public, immutable");
      headers.put(
          "Expires",
          DateTimeFormatter.RFC_1123_DATE_TIME.format(
              clock.instant().plusSeconds(YEAR_SECONDS).atOffset(ZoneOffset.UTC)));
    }
    if (("\"" + document.hash() + "\"").equals(exchange.header("If-None-Match"))) {
      return new BytesReply(304, "", new byte[0], headers);
    }
    return new BytesReply(200, View.JSON_TYPE, document.json(), headers);
  }

  private Reply swagger(Exchange exchange) {
    Accept.Item wanted = exchange.accept().first(View.JSON_TYPE, SWAGGER_PROTOBUF);
    if (wanted == null) {
      return empty(406, Map.of("Vary", "Accept"));
    }
    Swagger swagger = documents.swagger();
    Map<String, String> headers = Map.of("ETag", swagger.etag(), "Vary", "Accept");
    if (swagger.etag().equals(exchange.header("If-None-Match"))) {
      return new BytesReply(304, "", new byte[0], headers);
    }
    if (wanted.json()) {
      return new BytesReply(200, View.JSON_TYPE, swagger.json(), headers);
    }
    // The real server, too, answers with a dot where the question has an @.
    String type = SWAGGER_PROTOBUF.replace('@', '.');
    return new BytesReply(200, type, swagger.protobuf(), headers);
  }

  private static Reply empty(int code, Map<String, String> headers) {
    return new BytesReply(code, "", new byte[0], headers);
  }
}
