package garrison.cli.controller;

import garrison.client.Cluster;
import garrison.client.UnreachableException;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who may read the metrics: whoever the cluster lets {@code get} the path. It is the API server
 * that says whose token that is, and what they may do. Answers are kept for a few seconds.
 * Thread-safe.
 */
public final class ScrapeAccess {
  private static final Duration KEPT = Duration.ofSeconds(10);
  private static final int REMEMBERED = 64;
  private static final String BEARER = "Bearer ";

  private final Cluster cluster;
  private final InstantSource clock;
  private final Map<String, Answer> answers = new LinkedHashMap<>();

  private record Answer(int code, Instant until) {}

  /** Asks that cluster, which must allow us to review tokens and access. */
  public ScrapeAccess(Cluster cluster, InstantSource clock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  /**
   * The HTTP code for a reader: 200, 401 for one that nobody knows, 403 for one that may not, 503
   * where the API server does not say. Blocks.
   *
   * @param authorization the header, null where there was none
   */
  public int check(@Nullable String authorization, String path) {
    if (authorization == null || !authorization.startsWith(BEARER)) {
      return 401;
    }
    String token = authorization.substring(BEARER.length()).strip();
    String key = path + " " + digest(token);
    Integer known = known(key);
    if (known != null) {
      return known;
    }
    try {
      int code = ask(token, path);
      keep(key, code);
      return code;
    } catch (StatusException | UnreachableException e) {
      return 503;
    }
  }

  private int ask(String token, String path) {
    ObjectNode review = review("authentication.k8s.io/v1", "TokenReview");
    review.putObject("spec").put("token", token);
    JsonNode status = cluster.create(Kinds.TOKEN_REVIEW, "", review).path("status");
    if (!status.path("authenticated").asBoolean(false)) {
      return 401;
    }
    ObjectNode access = review("authorization.k8s.io/v1", "SubjectAccessReview");
    ObjectNode spec = access.putObject("spec");
    JsonNode user = status.path("user");
    spec.put("user", user.path("username").asString(""));
    spec.put("uid", user.path("uid").asString(""));
    if (user.has("groups")) {
      spec.set("groups", user.path("groups"));
    }
    if (user.has("extra")) {
      spec.set("extra", user.path("extra"));
    }
    spec.putObject("nonResourceAttributes").put("path", path).put("verb", "get");
    boolean allowed =
        cluster
            .create(Kinds.SUBJECT_ACCESS_REVIEW, "", access)
            .path("status")
            .path("allowed")
            .asBoolean(false);
    return allowed ? 200 : 403;
  }

  private static ObjectNode review(String apiVersion, String kind) {
    return Json.object().put("apiVersion", apiVersion).put("kind", kind);
  }

  private synchronized @Nullable Integer known(String key) {
    Answer answer = answers.get(key);
    return answer == null || answer.until().isBefore(clock.instant()) ? null : answer.code();
  }

  private synchronized void keep(String key, int code) {
    answers.remove(key);
    answers.put(key, new Answer(code, clock.instant().plus(KEPT)));
    Iterator<String> oldest = answers.keySet().iterator();
    while (answers.size() > REMEMBERED) {
      oldest.next();
      oldest.remove();
    }
  }

  /** What is kept must not be of use to who reads this program's memory. */
  private static String digest(String token) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
