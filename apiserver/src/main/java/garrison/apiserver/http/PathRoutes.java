package garrison.apiserver.http;

import garrison.model.StatusException;
import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All paths that name no object (spec: api-server 4). */
final class PathRoutes {
  private final Discovery discovery;
  private final Health health;
  private final Metrics metrics;
  private final OpenApiRoutes openApi;
  private final IssuerRoutes issuer;
  private final byte[] ca;

  PathRoutes(
      Discovery discovery,
      Health health,
      Metrics metrics,
      OpenApiRoutes openApi,
      IssuerRoutes issuer,
      String caPem) {
    this.discovery = discovery;
    this.health = health;
    this.metrics = metrics;
    this.openApi = openApi;
    this.issuer = issuer;
    this.ca = caPem.getBytes(StandardCharsets.US_ASCII);
  }

  Reply handle(Exchange exchange) {
    String path = trimmed(exchange.path());
    Reply reply = find(exchange, path);
    if (reply == null) {
      return path.startsWith("/api/") || discovery.knowsGroup(path)
          ? Dispatcher.refusal(exchange, StatusException.unknownResource())
          : Refusals.unknownPath();
    }
    if (!exchange.method().equals("GET")) {
      throw StatusException.methodNotAllowed();
    }
    return reply;
  }

  private @Nullable Reply find(Exchange exchange, String path) {
    return switch (path) {
      case "/" -> Rendering.document(200, View.ofRefusal(exchange.accept(), true), index());
      case "/version" ->
          Rendering.document(200, View.ofRefusal(exchange.accept(), true), Version.document());
      case "/metrics" -> metrics.scrape();
      case "/fleet/ca" -> new BytesReply(200, "application/x-pem-file", ca, Map.of());
      default -> {
        Reply reply = health.handle(exchange, path);
        if (reply == null) {
          reply = openApi.handle(exchange, path);
        }
        if (reply == null) {
          reply = issuer.handle(exchange, path);
        }
        yield reply == null ? discovery.handle(exchange, path) : reply;
      }
    };
  }

  private ObjectNode index() {
    ObjectNode index = Json.object();
    ArrayNode paths = index.putArray("paths");
    discovery.paths().forEach(paths::add);
    for (String path :
        new String[] {
          "/.well-known/openid-configuration",
          "/fleet/ca",
          "/healthz",
          "/livez",
          "/metrics",
          "/openapi/v2",
          "/openapi/v3",
          "/openid/v1/jwks",
          "/readyz",
          "/version"
        }) {
      paths.add(path);
    }
    return index;
  }

  private static String trimmed(String path) {
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
