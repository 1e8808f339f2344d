package garrison.apiserver.http;

import garrison.apiserver.auth.Attributes;
import garrison.apiserver.auth.Authenticator;
import garrison.apiserver.auth.Authorizer;
import garrison.apiserver.auth.User;
import garrison.model.StatusException;
import garrison.model.kind.Kinds;
import garrison.model.selector.FieldSelector;
import garrison.model.selector.SelectorException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One request from its first byte read to its answer chosen: who asks, whether they may, who
 * answers. Whatever goes wrong on the way becomes a Status. Thread-safe.
 */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  private static final Set<String> SESSIONS = Set.of("exec", "attach", "portforward");

  private final Authenticator authenticator;
  private final Authorizer authorizer;
  private final ApiRoutes api;
  private final PathRoutes paths;

  Dispatcher(Authenticator authenticator, Authorizer authorizer, ApiRoutes api, PathRoutes paths) {
    this.authenticator = authenticator;
    this.authorizer = authorizer;
    this.api = api;
    this.paths = paths;
  }

  /**
   * Answers a request; on a virtual thread, for it may block.
   *
   * @param ofCertificate the user of the connection's client certificate, null for none
   */
  void handle(Exchange exchange, @Nullable User ofCertificate) {
    try {
      exchange.user(authenticator.authenticate(ofCertificate, exchange.header("Authorization")));
      Target target = Target.parse(exchange.path());
      authorize(exchange, target);
      exchange.query().timeout();
      Reply reply = target == null ? paths.handle(exchange) : api.handle(exchange, target);
      reply.send(exchange);
    } catch (StatusException e) {
      refusal(exchange, e).send(exchange);
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", exchange.method(), exchange.path(), e);
      refusal(exchange, StatusException.internal(String.valueOf(e.getMessage()))).send(exchange);
    } catch (StackOverflowError e) {
      // A document nested deeper than any that makes sense.
      refusal(exchange, StatusException.badRequest("the document is nested too deeply"))
          .send(exchange);
    }
  }

  /** Who goes into a container does more than to get it, whatever the method is. */
  private void authorize(Exchange exchange, @Nullable Target target) {
    Attributes wanted = attributes(exchange, target);
    authorizer.require(exchange.user(), wanted);
    if (target != null
        && wanted instanceof Attributes.Resource resource
        && resource.verb().equals("get")
        && SESSIONS.contains(resource.subresource())
        && !authorizer.decide(exchange.user(), resource.as("create")).allowed()) {
      throw StatusException.forbidden(Kinds.POD, resource.name(), "");
    }
  }

  /** A Status as an answer. */
  static BytesReply refusal(Exchange exchange, StatusException refusal) {
    View view = View.ofRefusal(exchange.accept(), exchange.pretty());
    ObjectNode status = refusal.status();
    BytesReply reply = Rendering.document(refusal.code(), view, status);
    int retryAfter = status.path("details").path("retryAfterSeconds").asInt(0);
    if (retryAfter > 0) {
      reply = reply.with("Retry-After", Integer.toString(retryAfter));
    }
    return refusal.code() == 401
        ? reply.with("WWW-Authenticate", "Bearer realm=\"garrison\"")
        : reply;
  }

  /** What a request wants, by its form alone. */
  static Attributes attributes(Exchange exchange, @Nullable Target target) {
    if (target == null) {
      return new Attributes.Path(exchange.method().toLowerCase(Locale.ROOT), exchange.path());
    }
    String fields = exchange.query().text("fieldSelector");
    String verb = verb(exchange, target);
    String name = target.name();
    if (name.isEmpty() && (verb.equals("list") || verb.equals("watch"))) {
      name = selectedName(fields);
    }
    // A namespace is authorized as an object that lies in itself.
    String namespace =
        target.group().isEmpty() && target.resource().equals("namespaces")
            ? target.name()
            : target.namespace();
    return new Attributes.Resource(
        verb,
        target.group(),
        target.version(),
        target.resource(),
        target.subresource(),
        namespace,
        name,
        fields);
  }

  /** The verb of authorization. */
  static String verb(Exchange exchange, Target target) {
    boolean collection = target.name().isEmpty();
    return switch (exchange.method()) {
      case "GET", "HEAD" -> !collection ? "get" : exchange.query().flag("watch") ? "watch" : "list";
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> collection ? "deletecollection" : "delete";
      default -> exchange.method().toLowerCase(Locale.ROOT);
    };
  }

  private static String selectedName(String fieldSelector) {
    if (fieldSelector.isEmpty()) {
      return "";
    }
    try {
      String name = FieldSelector.parse(fieldSelector).exact("metadata.name");
      return name == null ? "" : name;
    } catch (SelectorException e) {
      return ""; // Refused as bad syntax once it is read for what it selects.
    }
  }

  /** Whether a request may last: a watch, or what goes on to a node (spec: api-server 3). */
  static boolean longRunning(Exchange exchange) {
    Target target;
    try {
      target = Target.parse(exchange.path());
    } catch (StatusException e) {
      return false;
    }
    return target != null
        && (verb(exchange, target).equals("watch")
            || switch (target.subresource()) {
              case "log", "exec", "attach", "portforward", "proxy" -> true;
              default -> false;
            });
  }

  /** The name of a resource for metrics: one of the registry, or empty. */
  static String resourceLabel(@Nullable Target target) {
    if (target == null
        || Kinds.byPlural(target.group(), target.version(), target.resource()) == null) {
      return "";
    }
    return target.subresource().isEmpty()
        ? target.resource()
        : target.resource() + "/" + target.subresource();
  }
}
