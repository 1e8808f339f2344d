package garrison.apiserver.auth;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Join tokens {@code garrison.<id>.<secret>.<pin>}: what a machine needs to become a node. Each is
 * a Secret in kube-system that holds the hash of the token's secret and its end, never the secret
 * itself, so that nobody who reads the store can join. Works through any {@link Cluster}.
 */
public final class JoinTokens {
  private static final String NAMESPACE = "kube-system";
  private static final String TYPE = "fleet.garrison/join-token";
  private static final String PREFIX = "join-token-";
  private static final Pattern FORM =
      Pattern.compile("garrison\\.([a-z0-9]{1,32})\\.([A-Za-z0-9_-]{16,128})(\\.[0-9a-fA-F]{64})?");
  private static final String ID_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

  private final Cluster cluster;
  private final InstantSource clock;

  /** Over the API that keeps them. */
  public JoinTokens(Cluster cluster, InstantSource clock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  /**
   * Makes a token, and removes those that have ended.
   *
   * @param life how long machines may join with it
   * @param pin of the authority, {@code CertificateAuthority.pin}
   * @return the whole token: a secret, shown once
   */
  public String create(Duration life, String pin) {
    prune();
    SecureRandom random = new SecureRandom();
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      id.append(ID_ALPHABET.charAt(random.nextInt(ID_ALPHABET.length())));
    }
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    ObjectNode document = Json.object();
    document.put("apiVersion", "v1").put("kind", "Secret").put("type", TYPE);
    document.putObject("metadata").put("name", PREFIX + id);
    ObjectNode data = document.putObject("data");
    data.put("token-id", base64(id.toString()));
    data.put("secret-sha256", base64(hash(secret)));
    data.put("expiration", base64(clock.instant().plus(life).toString()));
    cluster.create(Kinds.SECRET, NAMESPACE, document);
    return "garrison." + id + "." + secret + "." + pin;
  }

  /** The user that a token makes of its bearer; null where it is unknown, wrong or has ended. */
  @Nullable User verify(String token) {
    Matcher matcher = FORM.matcher(token);
    if (!matcher.matches()) {
      return null;
    }
    String id = matcher.group(1);
    JsonNode secret;
    try {
      secret = cluster.get(Kinds.SECRET, NAMESPACE, PREFIX + id);
    } catch (StatusException e) {
      if (e.code() == 404) {
        return null;
      }
      throw e;
    }
    boolean right =
        MessageDigest.isEqual(
            value(secret, "secret-sha256").getBytes(StandardCharsets.US_ASCII),
            hash(matcher.group(2)).getBytes(StandardCharsets.US_ASCII));
    return right && secret.path("type").asString("").equals(TYPE) && !ended(secret)
        ? new User(
            "system:bootstrap:" + id,
            "",
            List.of(Authorizer.JOINERS, Authorizer.AUTHENTICATED),
            Map.of())
        : null;
  }

  private void prune() {
    for (ObjectNode secret :
        cluster.list(Kinds.SECRET, NAMESPACE, ListOptions.fields("type=" + TYPE)).items()) {
      if (ended(secret)) {
        JsonNode metadata = secret.path("metadata");
        try {
          cluster.delete(
              Kinds.SECRET,
              NAMESPACE,
              metadata.path("name").asString(),
              DeleteOptions.now(metadata.path("uid").asString()));
        } catch (StatusException e) {
          if (e.code() != 404 && e.code() != 409) {
            throw e; // Else somebody was faster.
          }
        }
      }
    }
  }

  private boolean ended(JsonNode secret) {
    try {
      return !clock.instant().isBefore(Instant.parse(value(secret, "expiration")));
    } catch (DateTimeParseException e) {
      return true; // Somebody wrote into it: not a token that lets anybody in.
    }
  }

  private static String value(JsonNode secret, String key) {
    try {
      byte[] bytes = Base64.getDecoder().decode(secret.path("data").path(key).asString(""));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String hash(String secret) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(secret.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
