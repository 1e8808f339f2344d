package garrison.apiserver.auth;

import static java.util.stream.Collectors.joining;

import garrison.apiserver.resource.RequestContext;
import garrison.apiserver.resource.Resources;
import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers "may I", "may they" and "who am I" with the very authorizer and authenticator that guard
 * the server (spec: api-server 17, 18).
 */
public final class AccessReviews {
  private final Authenticator authenticator;
  private final Authorizer authorizer;
  private final InstantSource clock;

  private AccessReviews(Authenticator authenticator, Authorizer authorizer, InstantSource clock) {
    this.authenticator = authenticator;
    this.authorizer = authorizer;
    this.clock = clock;
  }

  /** Takes over the answering of these kinds. */
  public static void serve(
      Resources resources,
      Authenticator authenticator,
      Authorizer authorizer,
      InstantSource clock) {
    AccessReviews reviews = new AccessReviews(authenticator, authorizer, clock);
    resources.onReview(Kinds.SELF_SUBJECT_ACCESS_REVIEW, reviews::self);
    resources.onReview(Kinds.SUBJECT_ACCESS_REVIEW, reviews::other);
    resources.onReview(Kinds.LOCAL_SUBJECT_ACCESS_REVIEW, reviews::local);
    resources.onReview(Kinds.SELF_SUBJECT_RULES_REVIEW, AccessReviews::rules);
    resources.onReview(Kinds.SELF_SUBJECT_REVIEW, reviews::whoAmI);
    resources.onReview(Kinds.TOKEN_REVIEW, reviews::token);
  }

  private ObjectNode self(
      RequestContext context, Kind kind, String namespace, ObjectNode question) {
    return answer(question, context.user());
  }

  private ObjectNode other(
      RequestContext context, Kind kind, String namespace, ObjectNode question) {
    JsonNode spec = question.path("spec");
    String name = spec.path("user").asString("");
    List<String> groups = texts(spec.path("groups"));
    if (name.isEmpty() && groups.isEmpty()) {
      throw invalid(question, "spec.user", "\"\": at least one of user or group must be specified");
    }
    Map<String, List<String>> extra = new TreeMap<>();
    spec.path("extra").properties().forEach(e -> extra.put(e.getKey(), texts(e.getValue())));
    return answer(question, new User(name, spec.path("uid").asString(""), groups, extra));
  }

  private ObjectNode local(
      RequestContext context, Kind kind, String namespace, ObjectNode question) {
    JsonNode wanted = question.path("spec").path("resourceAttributes");
    if (wanted.isObject() && !wanted.path("namespace").asString("").equals(namespace)) {
      throw invalid(
          question,
          "spec.resourceAttributes.namespace",
          "\""
              + wanted.path("namespace").asString("")
              + "\": must match the namespace of the request: "
              + namespace);
    }
    ObjectNode answered = other(context, kind, namespace, question);
    answered.withObject("metadata").put("namespace", namespace);
    return answered;
  }

  private ObjectNode answer(ObjectNode question, User user) {
    JsonNode spec = question.path("spec");
    JsonNode resource = spec.path("resourceAttributes");
    JsonNode path = spec.path("nonResourceAttributes");
    if (resource.isObject() == path.isObject()) {
      throw invalid(
          question,
          "spec",
          "null: "
              + (resource.isObject()
                  ? "cannot specify both nonResourceAttributes and resourceAttributes"
                  : "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
    }
    Attributes wanted =
        resource.isObject()
            ? new Attributes.Resource(
                text(resource, "verb"),
                text(resource, "group"),
                text(resource, "version"),
                text(resource, "resource"),
                text(resource, "subresource"),
                text(resource, "namespace"),
                text(resource, "name"),
                fieldSelector(resource.path("fieldSelector")))
            : new Attributes.Path(text(path, "verb"), text(path, "path"));
    Decision decision = authorizer.decide(user, wanted);
    ObjectNode status = question.putObject("status");
    status.put("allowed", decision.allowed());
    if (!decision.reason().isEmpty()) {
      status.put("reason", decision.reason());
    }
    return question;
  }

  private static String fieldSelector(JsonNode selector) {
    String raw = selector.path("rawSelector").asString("");
    if (!raw.isEmpty()) {
      return raw;
    }
    List<String> terms = new ArrayList<>();
    for (JsonNode term : selector.path("requirements")) {
      if (term.path("operator").asString("").equals("In") && term.path("values").size() == 1) {
        terms.add(text(term, "key") + "=" + term.path("values").get(0).asString(""));
      }
    }
    return String.join(",", terms);
  }

  private static ObjectNode rules(
      RequestContext context, Kind kind, String namespace, ObjectNode question) {
    User user = context.user();
    if (question.path("spec").path("namespace").asString("").isEmpty()) {
      throw StatusException.badRequest("no namespace on request");
    }
    question.putObject("spec"); // As upstream: the answer does not repeat the question.
    ObjectNode status = question.putObject("status");
    ArrayNode resources = status.putArray("resourceRules");
    ArrayNode paths = status.putArray("nonResourceRules");
    if (user.in(Authorizer.MASTERS)) {
      resourceRule(resources, List.of("*"), "*", List.of("*"));
      pathRule(paths, List.of("*"), List.of("*"));
    }
    resourceRule(
        resources,
        List.of("create"),
        "authorization.k8s.io",
        List.of("selfsubjectaccessreviews", "selfsubjectrulesreviews"));
    resourceRule(
        resources, List.of("create"), "authentication.k8s.io", List.of("selfsubjectreviews"));
    pathRule(paths, List.of("get"), Authorizer.PUBLIC_PATHS);
    List<String> discovery = new ArrayList<>();
    Authorizer.DISCOVERY_PATHS.forEach(path -> discovery.addAll(List.of(path, path + "/*")));
    pathRule(paths, List.of("get"), discovery);
    // What a node may do depends on its pods, which rules cannot say.
    status.put("incomplete", user.nodeName() != null);
    return question;
  }

  private static void resourceRule(
      ArrayNode rules, List<String> verbs, String group, List<String> resources) {
    ObjectNode rule = rules.addObject();
    verbs.forEach(rule.putArray("verbs")::add);
    rule.putArray("apiGroups").add(group);
    resources.forEach(rule.putArray("resources")::add);
  }

  private static void pathRule(ArrayNode rules, List<String> verbs, List<String> paths) {
    ObjectNode rule = rules.addObject();
    verbs.forEach(rule.putArray("verbs")::add);
    paths.forEach(rule.putArray("nonResourceURLs")::add);
  }

  private ObjectNode whoAmI(
      RequestContext context, Kind kind, String namespace, ObjectNode question) {
    question.withObject("metadata").put("creationTimestamp", Timestamps.seconds(clock.instant()));
    question.putObject("status").set("userInfo", userInfo(context.user()));
    return question;
  }

  private ObjectNode token(
      RequestContext context, Kind kind, String namespace, ObjectNode question) {
    String token = question.path("spec").path("token").asString("");
    if (token.isEmpty()) {
      throw StatusException.badRequest("token is required for TokenReview in authentication");
    }
    List<String> asked = texts(question.path("spec").path("audiences"));
    List<String> targets = asked.isEmpty() ? List.of(AccountTokens.ISSUER) : asked;
    ObjectNode status = question.putObject("status");
    AccountTokens.Bearer bearer = authenticator.ofToken(token);
    if (bearer == null) {
      status.putObject("user");
      status.put("error", "invalid bearer token");
      return question;
    }
    List<String> common = targets.stream().filter(bearer.audiences()::contains).toList();
    if (common.isEmpty()) {
      status.putObject("user");
      status.put(
          "error",
          "[invalid bearer token, token audiences "
              + quoted(bearer.audiences())
              + " is invalid for the target audiences "
              + quoted(targets)
              + "]");
    } else {
      status.put("authenticated", true);
      status.set("user", userInfo(bearer.user()));
      common.forEach(status.putArray("audiences")::add);
    }
    return question;
  }

  /** As Go prints a list of strings. */
  private static String quoted(List<String> texts) {
    return texts.stream().map(text -> "\"" + text + "\"").collect(joining(" ", "[", "]"));
  }

  private static ObjectNode userInfo(User user) {
    ObjectNode info = Json.object().put("username", user.name());
    if (!user.uid().isEmpty()) {
      info.put("uid", user.uid());
    }
    user.groups().forEach(info.putArray("groups")::add);
    if (!user.extra().isEmpty()) {
      ObjectNode extra = info.putObject("extra");
      user.extra().forEach((key, values) -> values.forEach(extra.withArray(key)::add));
    }
    return info;
  }

  /** The 422 of a review, which upstream sends without the kind's name. */
  private static StatusException invalid(ObjectNode question, String field, String value) {
    String message = "Invalid value: " + value;
    ObjectNode details = Json.object().put("group", "authorization.k8s.io");
    details
        .putArray("causes")
        .addObject()
        .put("reason", FieldError.Type.INVALID.text())
        .put("message", message)
        .put("field", field);
    return StatusException.of(
        StatusReason.INVALID,
        ".authorization.k8s.io \"\" is invalid: " + field + ": " + message,
        details);
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(value -> value.asString("")).toList();
  }

  private static String text(JsonNode object, String member) {
    return object.path(member).asString("");
  }
}
