package garrison.apiserver.auth;

import garrison.apiserver.resource.PostHandler;
import garrison.apiserver.resource.RequestContext;
import garrison.apiserver.resource.Resources;
import garrison.apiserver.watch.Stored;
import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Rules;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers {@code serviceaccounts/token} (spec: api-server 17): checks what is asked for, and
 * whether this user may have it, and signs. Nothing is stored.
 */
public final class TokenRequests implements PostHandler {
  private static final long DEFAULT_SECONDS = 3600;
  private static final long LEAST_SECONDS = 600;
  private static final long MOST_SECONDS = 1L << 32;

  /**
   * What the volume of every pod asks for. As upstream, such a token lives a year, for programs
   * that read it once only, and says when it should have been read again.
   */
  private static final long WARNING_SECONDS = 3607;

  private static final long YEAR_SECONDS = 365L * 24 * 3600;

  /** The body's kind; it is a subresource's only, so the registry does not list it. */
  private static final Kind TOKEN_REQUEST =
      new Kind(
          "authentication.k8s.io",
          "v1",
          "TokenRequest",
          "tokenrequests",
          "tokenrequest",
          List.of(),
          List.of(),
          true,
          Set.of(),
          List.of(),
          "authentication.v1.TokenRequest",
          List.of(),
          List.of(),
          Set.of(),
          Rules.NONE,
          null);

  private final AccountTokens tokens;
  private final Resources resources;
  private final InstantSource clock;

  private TokenRequests(AccountTokens tokens, Resources resources, InstantSource clock) {
    this.tokens = tokens;
    this.resources = resources;
    this.clock = clock;
  }

  /** Takes over the answering of these requests. */
  public static void serve(Resources resources, AccountTokens tokens, InstantSource clock) {
    resources.onPost(
        Kinds.SERVICE_ACCOUNT, "token", TOKEN_REQUEST, new TokenRequests(tokens, resources, clock));
  }

  @Override
  public ObjectNode post(
      RequestContext context, String namespace, String name, ObjectNode question) {
    ObjectNode account = document(Kinds.SERVICE_ACCOUNT, namespace, name);
    if (account == null) {
      throw StatusException.notFound(Kinds.SERVICE_ACCOUNT, name);
    }
    ObjectNode spec = question.withObject("spec");
    JsonNode bound = spec.path("boundObjectRef");
    String node = context.user().nodeName();
    if (node != null) {
      NodeTokenRules.checkBinding(node, name, bound);
    }
    long seconds = spec.path("expirationSeconds").asLong(DEFAULT_SECONDS);
    checkSeconds(seconds);
    if (spec.path("audiences").isEmpty()) {
      spec.putArray("audiences").add(AccountTokens.ISSUER);
    }
    ObjectNode object = bound.isObject() ? bound(namespace, name, bound) : null;
    if (node != null && object != null) {
      NodeTokenRules.checkPod(node, name, object, requested(question));
    }
    spec.put("expirationSeconds", seconds);
    Instant now = clock.instant();
    ObjectNode claims = claims(namespace, account, spec, object, seconds, now);
    ObjectNode status = question.putObject("status");
    status.put("token", tokens.sign(claims));
    status.put("expirationTimestamp", Timestamps.seconds(now.plusSeconds(seconds)));
    question
        .withObject("metadata")
        .put("name", name)
        .put("namespace", namespace)
        .put("uid", UUID.randomUUID().toString())
        .put("creationTimestamp", Timestamps.seconds(now));
    return question;
  }

  private static List<String> requested(ObjectNode question) {
    return question.path("spec").path("audiences").valueStream().map(JsonNode::asString).toList();
  }

  private static void checkSeconds(long seconds) {
    if (seconds < LEAST_SECONDS) {
      throw invalid(seconds, "may not specify a duration less than 10 minutes");
    }
    if (seconds > MOST_SECONDS) {
      throw invalid(seconds, "may not specify a duration larger than 2^32 seconds");
    }
  }

  private static StatusException invalid(long seconds, String why) {
    return StatusException.invalid(
        TOKEN_REQUEST,
        "",
        List.of(
            new FieldError(
                "spec.expirationSeconds",
                FieldError.Type.INVALID,
                "Invalid value: " + seconds + ": " + why)));
  }

  /** The object that the token goes with. */
  private ObjectNode bound(String namespace, String account, JsonNode reference) {
    String type = reference.path("kind").asString("");
    String version = reference.path("apiVersion").asString("");
    Kind kind =
        switch (version + "/" + type) {
          case "v1/Pod" -> Kinds.POD;
          case "v1/Secret" -> Kinds.SECRET;
          case "v1/Node" -> Kinds.NODE;
          default ->
              throw StatusException.badRequest(
                  "cannot bind token to object of type " + goType(version, type));
        };
    String name = reference.path("name").asString("");
    ObjectNode object = document(kind, kind.namespaced() ? namespace : "", name);
    if (object == null) {
      throw StatusException.notFound(kind, name);
    }
    String wanted = reference.path("uid").asString("");
    String uid = object.path("metadata").path("uid").asString("");
    if (!wanted.isEmpty() && !wanted.equals(uid)) {
      throw StatusException.of(
          StatusReason.CONFLICT,
          "Operation cannot be fulfilled on "
              + type
              + " \""
              + name
              + "\": the UID in the bound object reference ("
              + wanted
              + ") does not match the UID in record. The object might have been deleted and then"
              + " recreated",
          Json.object().put("name", name).put("kind", type));
    }
    String runsAs = object.path("spec").path("serviceAccountName").asString("");
    if (kind.equals(Kinds.POD) && !runsAs.equals(account)) {
      throw StatusException.badRequest(
          "cannot bind token for serviceaccount \""
              + account
              + "\" to pod running with different serviceaccount name.");
    }
    return object;
  }

  /** As Go writes a group, version and kind. */
  private static String goType(String version, String kind) {
    return (version.indexOf('/') < 0 ? "/" + version : version) + ", Kind=" + kind;
  }

  private ObjectNode claims(
      String namespace,
      ObjectNode account,
      ObjectNode spec,
      @Nullable ObjectNode object,
      long seconds,
      Instant now) {
    boolean forThisApi =
        spec.path("audiences")
            .valueStream()
            .allMatch(audience -> audience.asString("").equals(AccountTokens.ISSUER));
    boolean lives = seconds == WARNING_SECONDS && forThisApi;
    ObjectNode claims = Json.object();
    ArrayNode audiences = claims.putArray("aud");
    spec.path("audiences").forEach(audience -> audiences.add(audience.asString("")));
    long issued = now.getEpochSecond();
    claims.put("exp", issued + (lives ? YEAR_SECONDS : seconds));
    claims.put("iat", issued);
    claims.put("iss", AccountTokens.ISSUER);
    claims.put("jti", UUID.randomUUID().toString());
    ObjectNode own = claims.putObject("kubernetes.io");
    own.put("namespace", namespace);
    if (object != null) {
      bind(own, spec.path("boundObjectRef").path("kind").asString(""), object);
    }
    reference(own, "serviceaccount", account);
    if (lives) {
      own.put("warnafter", issued + seconds);
    }
    claims.put("nbf", issued);
    String name = account.path("metadata").path("name").asString("");
    return claims.put("sub", "system:serviceaccount:" + namespace + ":" + name);
  }

  private void bind(ObjectNode own, String kind, ObjectNode object) {
    switch (kind) {
      case "Pod" -> {
        String nodeName = object.path("spec").path("nodeName").asString("");
        ObjectNode node = nodeName.isEmpty() ? null : document(Kinds.NODE, "", nodeName);
        if (node != null) {
          reference(own, "node", node);
        }
        reference(own, "pod", object);
      }
      case "Secret" -> reference(own, "secret", object);
      default -> reference(own, "node", object);
    }
  }

  private static void reference(ObjectNode own, String member, ObjectNode object) {
    JsonNode metadata = object.path("metadata");
    own.putObject(member)
        .put("name", metadata.path("name").asString(""))
        .put("uid", metadata.path("uid").asString(""));
  }

  private @Nullable ObjectNode document(Kind kind, String namespace, String name) {
    Stored found = resources.find(kind, namespace, name);
    return found == null ? null : found.document();
  }
}
