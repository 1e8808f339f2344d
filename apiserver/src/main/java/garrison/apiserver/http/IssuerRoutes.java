package garrison.apiserver.http;

import garrison.apiserver.auth.AccountTokens;
import garrison.model.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How others check tokens of service accounts (spec: api-server 4, 17): the discovery document of
 * OpenID Connect, and the keys.
 */
final class IssuerRoutes {
  private static final String DISCOVERY = "/.well-known/openid-configuration";
  private static final String KEYS = "/openid/v1/jwks";
  private static final Map<String, String> HOUR = Map.of("Cache-Control", "public, max-age=3600");

  private final ObjectNode keys;

  IssuerRoutes(ObjectNode keys) {
    this.keys = keys;
  }

  @Nullable Reply handle(Exchange exchange, String path) {
    return switch (path) {
      case DISCOVERY ->
          new BytesReply(200, View.JSON_TYPE, Json.bytes(discovery(exchange.authority())), HOUR);
      case KEYS -> new BytesReply(200, "application/jwk-set+json", Json.bytes(keys), HOUR);
      default -> null;
    };
  }

  private static ObjectNode discovery(String authority) {
    ObjectNode document = Json.object();
    document.put("issuer", AccountTokens.ISSUER);
    document.put("jwks_uri", "https://" + authority + KEYS);
    document.putArray("response_types_supported").add("id_token");
    document.putArray("subject_types_supported").add("public");
    document.putArray("id_token_signing_alg_values_supported").add("ES256");
    return document;
  }
}
