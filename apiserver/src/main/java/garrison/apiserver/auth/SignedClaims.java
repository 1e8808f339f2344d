package garrison.apiserver.auth;

import garrison.model.json.Json;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON web tokens (RFC 7519) signed with an elliptic key (ES256), so that others can check them
 * with the public half. Says nothing about what the claims mean. Thread-safe.
 */
final class SignedClaims {
  /** Signatures as RFC 7515 has them: two numbers side by side. */
  private static final String ALGORITHM = "SHA256withECDSAinP1363Format";

  private static final int COORDINATE = 32;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final KeyPair key;
  private final String keyId;
  private final String header;

  SignedClaims(KeyPair key) {
    this.key = key;
    this.keyId = keyId(key.getPublic());
    this.header = encode(Json.bytes(Json.object().put("alg", "ES256").put("kid", keyId)));
  }

  /** A token of these claims. */
  String sign(ObjectNode claims) {
    String signed = header + "." + encode(Json.bytes(claims));
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key.getPrivate());
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key of service accounts cannot sign", e);
    }
  }

  /** The claims of a token that this key has signed; null for any other text. */
  @Nullable JsonNode verify(String token) {
    int end = token.lastIndexOf('.');
    if (!token.startsWith(header + ".") || end <= header.length()) {
      return null;
    }
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(key.getPublic());
      signature.update(token.substring(0, end).getBytes(StandardCharsets.US_ASCII));
      if (!signature.verify(Base64.getUrlDecoder().decode(token.substring(end + 1)))) {
        return null;
      }
      return Json.parse(Base64.getUrlDecoder().decode(token.substring(header.length() + 1, end)));
    } catch (GeneralSecurityException | IllegalArgumentException | JacksonException e) {
      return null; // No signature, not base64, not JSON: no token of ours.
    }
  }

  /** The public key as a set of JSON web keys (RFC 7517). */
  ObjectNode keySet() {
    ObjectNode set = Json.object();
    ObjectNode one = set.putArray("keys").addObject();
    one.put("use", "sig").put("kty", "EC").put("kid", keyId).put("crv", "P-256");
    one.put("alg", "ES256");
    if (key.getPublic() instanceof ECPublicKey point) {
      one.put("x", encode(coordinate(point.getW().getAffineX())));
      one.put("y", encode(coordinate(point.getW().getAffineY())));
    }
    return set;
  }

  private static byte[] coordinate(BigInteger number) {
    byte[] bytes = number.toByteArray();
    byte[] padded = new byte[COORDINATE];
    int length = Math.min(bytes.length, COORDINATE); // A sign byte may come first.
    System.arraycopy(bytes, bytes.length - length, padded, COORDINATE - length, length);
    return padded;
  }

  private static String keyId(PublicKey key) {
    try {
      return encode(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String encode(byte[] bytes) {
    return ENCODER.encodeToString(bytes);
  }
}
