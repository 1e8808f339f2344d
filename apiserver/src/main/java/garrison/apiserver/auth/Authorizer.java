package garrison.apiserver.auth;

import garrison.apiserver.auth.Attributes.Path;
import garrison.apiserver.auth.Attributes.Resource;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who may do what, by fixed roles (spec: api-server 18): administrators everything, nodes what
 * concerns them ({@link NodeAuthorizer}), holders of a join token the one request that joins,
 * anybody with a credential, such as a pod with the token of its service account, discovery,
 * everybody health. The loops of the control plane are in the server's process and do not ask.
 * Thread-safe.
 */
public final class Authorizer {
  /** Members of it may do everything. */
  static final String MASTERS = "system:masters";

  /** Holders of a join token. */
  static final String JOINERS = "system:bootstrappers";

  static final String AUTHENTICATED = "system:authenticated";
  static final String NODES = "system:nodes";

  /** Open to everybody: how a machine finds out that the server lives, and whom to trust. */
  static final List<String> PUBLIC_PATHS =
      List.of("/fleet/ca", "/healthz", "/livez", "/readyz", "/version", "/version/");

  /** Open to whoever has a credential; each with all that lies below it. */
  static final List<String> DISCOVERY_PATHS =
      List.of("/.well-known/openid-configuration", "/api", "/apis", "/openapi", "/openid/v1/jwks");

  private static final Set<String> SELF_REVIEWS =
      Set.of("selfsubjectaccessreviews", "selfsubjectrulesreviews");

  private final NodeAuthorizer nodes;

  /** With the question which objects belong to a node. */
  public Authorizer(NodeGraph graph) {
    this.nodes = new NodeAuthorizer(graph);
  }

  /** Whether {@code user} may do that. */
  public Decision decide(User user, Attributes wanted) {
    if (user.in(MASTERS)) {
      return Decision.yes("");
    }
    return switch (wanted) {
      case Path path -> path(user, path);
      case Resource resource -> resource(user, resource);
    };
  }

  /** Throws the 403 that goes with a refusal. */
  public void require(User user, Attributes wanted) {
    Decision decision = decide(user, wanted);
    if (!decision.allowed()) {
      throw refusal(user, wanted, decision.reason());
    }
  }

  private static Decision path(User user, Path wanted) {
    if (!wanted.verb().equals("get") && !wanted.verb().equals("head")) {
      return Decision.NO;
    }
    String path = wanted.path();
    if (PUBLIC_PATHS.contains(path)
        || path.startsWith("/healthz/")
        || path.startsWith("/livez/")
        || path.startsWith("/readyz/")) {
      return Decision.yes("everybody may see the health and the version of the server");
    }
    if (user.in(AUTHENTICATED)) {
      for (String open : DISCOVERY_PATHS) {
        if (path.equals(open) || path.startsWith(open + "/")) {
          return Decision.yes("discovery is open to group \"" + AUTHENTICATED + "\"");
        }
      }
    }
    return Decision.NO;
  }

  private Decision resource(User user, Resource wanted) {
    if (user.in(AUTHENTICATED) && wanted.verb().equals("create") && asksAboutItself(wanted)) {
      return Decision.yes("everybody may ask about themselves");
    }
    if (user.in(JOINERS)) {
      return wanted.verb().equals("create") && wanted.resource().equals("nodecredentials")
          ? Decision.yes("a join token may ask for a node's credential")
          : Decision.no("a join token only lets a machine join");
    }
    String node = user.nodeName();
    if (node != null) {
      return nodes.decide(node, wanted);
    }
    return Decision.NO;
  }

  private static boolean asksAboutItself(Resource wanted) {
    return switch (wanted.group()) {
      case "authorization.k8s.io" -> SELF_REVIEWS.contains(wanted.resource());
      case "authentication.k8s.io" -> wanted.resource().equals("selfsubjectreviews");
      default -> false;
    };
  }

  /** The 403 in its exact words (spec: api-server 13). */
  static StatusException refusal(User user, Attributes wanted, String reason) {
    String why = reason.isEmpty() ? "" : ": " + reason;
    return switch (wanted) {
      case Path path ->
          StatusException.of(
              StatusReason.FORBIDDEN,
              "forbidden: User \""
                  + user.name()
                  + "\" cannot "
                  + path.verb()
                  + " path \""
                  + path.path()
                  + "\""
                  + why,
              Json.object());
      case Resource resource ->
          StatusException.of(
              StatusReason.FORBIDDEN, message(user, resource) + why, details(resource));
    };
  }

  private static String message(User user, Resource wanted) {
    String qualified =
        wanted.group().isEmpty() ? wanted.resource() : wanted.resource() + "." + wanted.group();
    String subject = wanted.name().isEmpty() ? "" : " \"" + wanted.name() + "\"";
    String whole =
        wanted.subresource().isEmpty()
            ? wanted.resource()
            : wanted.resource() + "/" + wanted.subresource();
    String where =
        wanted.namespace().isEmpty()
            ? "at the cluster scope"
            : "in the namespace \"" + wanted.namespace() + "\"";
    return qualified
        + subject
        + " is forbidden: User \""
        + user.name()
        + "\" cannot "
        + wanted.verb()
        + " resource \""
        + whole
        + "\" in API group \""
        + wanted.group()
        + "\" "
        + where;
  }

  private static ObjectNode details(Resource wanted) {
    ObjectNode details = Json.object();
    if (!wanted.name().isEmpty()) {
      details.put("name", wanted.name());
    }
    if (!wanted.group().isEmpty()) {
      details.put("group", wanted.group());
    }
    return details.put("kind", wanted.resource());
  }
}
