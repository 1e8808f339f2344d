package garrison.apiserver.auth;

import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Bearer tokens of nodes: JSON web tokens (RFC 7519, HS256) that name a node and an end. Only this
 * server makes and reads them, so one secret key serves; nothing is stored for each. For hollow
 * nodes, of which thousands share a connection and so cannot each show a certificate. Thread-safe.
 */
public final class NodeTokens {
  /** How long a token is good, as a node's certificate. */
  static final Duration LIFE = Duration.ofDays(365);

  private static final String ISSUER = "garrison/node";
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final String HEADER =
      encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.US_ASCII));

  private final SecretKeySpec key;
  private final InstantSource clock;

  /** With the secret that signs them. */
  public NodeTokens(byte[] key, InstantSource clock) {
    this.key = new SecretKeySpec(key, "HmacSHA256");
    this.clock = clock;
  }

  /** A token for that node. */
  public String issue(String node) {
    ObjectNode claims = Json.object();
    claims.put("iss", ISSUER);
    claims.put("sub", node);
    claims.put("exp", clock.instant().plus(LIFE).getEpochSecond());
    String signed = HEADER + "." + encode(Json.bytes(claims));
    return signed + "." + encode(sign(signed));
  }

  /** The node's user; null for whatever is no good token of this server. */
  public @Nullable User verify(String token) {
    if (!token.startsWith(HEADER + ".")) {
      return null;
    }
    int end = token.lastIndexOf('.');
    try {
      byte[] signature = Base64.getUrlDecoder().decode(token.substring(end + 1));
      if (!MessageDigest.isEqual(sign(token.substring(0, end)), signature)) {
        return null;
      }
      JsonNode claims =
          Json.parse(Base64.getUrlDecoder().decode(token.substring(HEADER.length() + 1, end)));
      Instant expires = Instant.ofEpochSecond(claims.path("exp").asLong(0));
      return claims.path("iss").asString("").equals(ISSUER) && clock.instant().isBefore(expires)
          ? User.node(claims.path("sub").asString(""))
          : null;
    } catch (IllegalArgumentException | JacksonException | StringIndexOutOfBoundsException e) {
      return null; // Not base64, not JSON: no token of ours.
    }
  }

  private byte[] sign(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HMAC", e);
    }
  }

  private static String encode(byte[] bytes) {
    return ENCODER.encodeToString(bytes);
  }
}
