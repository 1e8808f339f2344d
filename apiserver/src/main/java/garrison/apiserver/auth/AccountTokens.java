package garrison.apiserver.auth;

import garrison.apiserver.resource.Resources;
import garrison.apiserver.watch.Stored;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.security.KeyPair;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tokens of service accounts (spec: api-server 17): signed claims that are good for as long as they
 * say, and no longer than the account and what they are bound to exist. Thread-safe.
 */
public final class AccountTokens {
  /** Who signs, and whom tokens are for where nothing else is asked: this API, in every fleet. */
  public static final String ISSUER = "https://kubernetes.default.svc";

  /** A clock a little behind ours, and objects that are just being removed. */
  private static final Duration LEEWAY = Duration.ofMinutes(1);

  private static final String EXTRA = "authentication.kubernetes.io/";

  private final SignedClaims signer;
  private final Resources resources;
  private final InstantSource clock;

  /** With the key that signs them. */
  public AccountTokens(KeyPair key, Resources resources, InstantSource clock) {
    this.signer = new SignedClaims(key);
    this.resources = resources;
    this.clock = clock;
  }

  /**
   * The bearer of a good token.
   *
   * @param user whose groups give no rights by themselves
   * @param audiences whom the token is for
   */
  record Bearer(User user, List<String> audiences) {}

  /** A token of these claims. */
  String sign(ObjectNode claims) {
    return signer.sign(claims);
  }

  /** The public half of the key, for others to check tokens (RFC 7517). */
  public ObjectNode keySet() {
    return signer.keySet();
  }

  /** Whose token it is; null for whatever is no good token of this server, for anybody. */
  @Nullable Bearer verify(String token) {
    JsonNode claims = signer.verify(token);
    if (claims == null || !claims.path("iss").asString("").equals(ISSUER) || !inTime(claims)) {
      return null;
    }
    JsonNode own = claims.path("kubernetes.io");
    String namespace = own.path("namespace").asString("");
    JsonNode account = own.path("serviceaccount");
    if (!exists(Kinds.SERVICE_ACCOUNT, namespace, account)
        || !boundTo(Kinds.POD, namespace, own.path("pod"))
        || !boundTo(Kinds.SECRET, namespace, own.path("secret"))
        || (!own.has("pod") && !boundTo(Kinds.NODE, "", own.path("node")))) {
      return null;
    }
    List<String> audiences = new ArrayList<>();
    claims.path("aud").forEach(audience -> audiences.add(audience.asString("")));
    return new Bearer(user(namespace, account, claims), audiences);
  }

  private boolean inTime(JsonNode claims) {
    Instant now = clock.instant();
    try {
      return now.isBefore(Instant.ofEpochSecond(claims.path("exp").asLong(0)))
          && !now.plus(LEEWAY).isBefore(Instant.ofEpochSecond(claims.path("nbf").asLong(0)));
    } catch (DateTimeException e) {
      return false;
    }
  }

  private boolean boundTo(Kind kind, String namespace, JsonNode reference) {
    return !reference.isObject() || exists(kind, namespace, reference);
  }

  /** Whether that very object is there, and not long past its removal. */
  private boolean exists(Kind kind, String namespace, JsonNode reference) {
    Stored found = resources.find(kind, namespace, reference.path("name").asString(""));
    if (found == null) {
      return false;
    }
    JsonNode metadata = found.document().path("metadata");
    String deleted = metadata.path("deletionTimestamp").asString("");
    return metadata.path("uid").asString("").equals(reference.path("uid").asString(""))
        && (deleted.isEmpty() || clock.instant().minus(LEEWAY).isBefore(Instant.parse(deleted)));
  }

  private static User user(String namespace, JsonNode account, JsonNode claims) {
    Map<String, List<String>> extra = new TreeMap<>();
    extra.put(EXTRA + "credential-id", List.of("JTI=" + claims.path("jti").asString("")));
    for (String bound : List.of("pod", "node")) {
      JsonNode reference = claims.path("kubernetes.io").path(bound);
      if (reference.isObject()) {
        extra.put(EXTRA + bound + "-name", List.of(reference.path("name").asString("")));
        extra.put(EXTRA + bound + "-uid", List.of(reference.path("uid").asString("")));
      }
    }
    return new User(
        claims.path("sub").asString(""),
        account.path("uid").asString(""),
        List.of(
            "system:serviceaccounts",
            "system:serviceaccounts:" + namespace,
            Authorizer.AUTHENTICATED),
        extra);
  }
}
