package garrison.apiserver.http;

import garrison.apiserver.resource.Answer;
import garrison.apiserver.resource.Body;
import garrison.apiserver.resource.FieldValidation;
import garrison.apiserver.resource.ListRequest;
import garrison.apiserver.resource.Options;
import garrison.apiserver.resource.Page;
import garrison.apiserver.resource.RequestContext;
import garrison.apiserver.resource.Resources;
import garrison.apiserver.resource.WatchRequest;
import garrison.apiserver.watch.Stored;
import garrison.client.PatchType;
import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests for objects, for all kinds alike (spec: api-server 8.1): the kind comes out of the
 * registry, and so do the methods that it allows.
 */
final class ApiRoutes {
  private static final int SHORTEST_WATCH_SECONDS = 1800;

  private final Resources resources;
  private final PodStreams podStreams;
  private final InstantSource clock;
  private final RandomGenerator random;

  ApiRoutes(
      Resources resources, PodStreams podStreams, InstantSource clock, RandomGenerator random) {
    this.resources = resources;
    this.podStreams = podStreams;
    this.clock = clock;
    this.random = random;
  }

  /** Answers a request whose user may do it. */
  Reply handle(Exchange exchange, Target target) {
    Kind kind = Kinds.byPlural(target.group(), target.version(), target.resource());
    if (kind == null) {
      boolean known = Kinds.all().stream().anyMatch(any -> any.group().equals(target.group()));
      if (known) {
        throw StatusException.unknownResource();
      }
      return Refusals.unknownPath();
    }
    boolean placed = !target.namespace().isEmpty();
    if (placed ? !kind.namespaced() : kind.namespaced() && !target.name().isEmpty()) {
      throw StatusException.unknownResource();
    }
    if (target.name().isEmpty()) {
      return collection(exchange, kind, target.namespace(), placed);
    }
    return target.subresource().isEmpty()
        ? object(exchange, kind, target)
        : part(exchange, kind, target);
  }

  private Reply collection(Exchange exchange, Kind kind, String namespace, boolean placed) {
    Verb verb =
        switch (exchange.method()) {
          case "GET" -> exchange.query().flag("watch") ? Verb.WATCH : Verb.LIST;
          case "POST" -> Verb.CREATE;
          case "DELETE" -> Verb.DELETECOLLECTION;
          default -> throw StatusException.methodNotAllowed();
        };
    if (!kind.allows(verb) || (verb == Verb.CREATE && kind.namespaced() && !placed)) {
      throw StatusException.methodNotAllowed();
    }
    if (verb == Verb.DELETECOLLECTION && kind.namespaced() && !placed) {
      throw StatusException.methodNotAllowed();
    }
    View view = view(exchange, verb == Verb.LIST || verb == Verb.WATCH, verb == Verb.WATCH);
    return switch (verb) {
      case LIST ->
          list(exchange, view, kind, resources.list(kind, namespace, listRequest(exchange, true)));
      case WATCH -> watch(exchange, view, kind, namespace);
      case CREATE ->
          answer(
              exchange,
              view,
              kind,
              resources.create(
                  context(exchange, "CreateOptions"),
                  kind,
                  namespace,
                  Bodies.of(exchange.header("Content-Type"), exchange.body())));
      default -> {
        DeleteOptionsBody options = DeleteOptionsBody.of(exchange);
        yield list(
            exchange,
            view,
            kind,
            resources.deleteCollection(
                context(exchange, options.dryRun()),
                kind,
                namespace,
                listRequest(exchange, false),
                options.request()));
      }
    };
  }

  private Reply object(Exchange exchange, Kind kind, Target target) {
    target.checkName();
    Verb verb = verb(exchange.method());
    if (verb == Verb.CREATE || !kind.allows(verb)) {
      throw StatusException.methodNotAllowed();
    }
    return change(exchange, kind, target, verb);
  }

  private Reply part(Exchange exchange, Kind kind, Target target) {
    target.checkName();
    Kind.Subresource part = kind.subresource(target.subresource());
    if (part == null || !(target.rest().isEmpty() || target.subresource().equals("proxy"))) {
      throw StatusException.unknownResource();
    }
    Verb verb = verb(exchange.method());
    if (!part.verbs().contains(verb)) {
      throw StatusException.methodNotAllowed();
    }
    if (PodStreams.serves(kind, target.subresource())) {
      return podStreams.handle(exchange, kind, target);
    }
    if (verb == Verb.CREATE) {
      View view = view(exchange, false, false);
      return answer(
          exchange,
          view,
          kind,
          resources.post(
              context(exchange, "CreateOptions"),
              kind,
              target.namespace(),
              target.name(),
              target.subresource(),
              Bodies.of(exchange.header("Content-Type"), exchange.body())));
    }
    return change(exchange, kind, target, verb);
  }

  private static Verb verb(String method) {
    return switch (method) {
      case "GET" -> Verb.GET;
      case "POST" -> Verb.CREATE;
      case "PUT" -> Verb.UPDATE;
      case "PATCH" -> Verb.PATCH;
      case "DELETE" -> Verb.DELETE;
      default -> throw StatusException.methodNotAllowed();
    };
  }

  private Reply change(Exchange exchange, Kind kind, Target at, Verb verb) {
    PatchType patch = verb == Verb.PATCH ? Bodies.patchType(exchange.header("Content-Type")) : null;
    View view = view(exchange, false, false);
    String namespace = at.namespace();
    String name = at.name();
    if (verb == Verb.GET) {
      return Rendering.stored(
          view,
          includeObject(exchange),
          clock.instant(),
          resources.get(kind, namespace, name, exchange.query().text("resourceVersion")));
    }
    if (verb == Verb.DELETE) {
      DeleteOptionsBody options = DeleteOptionsBody.of(exchange);
      return answer(
          exchange,
          view,
          kind,
          resources.delete(
              context(exchange, options.dryRun()), kind, namespace, name, options.request()));
    }
    Answer answer =
        patch == null
            ? resources.update(
                context(exchange, "UpdateOptions"),
                kind,
                namespace,
                name,
                at.subresource(),
                Bodies.of(exchange.header("Content-Type"), exchange.body()))
            : resources.patch(
                context(exchange, "PatchOptions"),
                kind,
                namespace,
                name,
                at.subresource(),
                patch,
                Body.json(exchange.body()));
    return answer(exchange, view, kind, answer);
  }

  private Reply list(Exchange exchange, View view, Kind kind, Page page) {
    return switch (view.form()) {
      case OBJECT ->
          view.yaml() || view.pretty()
              ? Rendering.document(200, view, listDocument(kind, page))
              : new ListReply(kind, page);
      case TABLE ->
          Rendering.document(
              200,
              view,
              Tables.ofList(
                  kind,
                  page.items(),
                  ListReply.metadata(page),
                  includeObject(exchange),
                  clock.instant()));
      case METADATA_LIST ->
          Rendering.document(
              200, view, Rendering.partialList(page.items(), ListReply.metadata(page)));
      case METADATA ->
          throw Rendering.notConvertible(
              "PartialObjectMetadata",
              "the requested object is a list",
              Rendering.goType(kind) + "List");
    };
  }

  private static ObjectNode listDocument(Kind kind, Page page) {
    ObjectNode list = Json.object();
    list.put("kind", kind.kind() + "List").put("apiVersion", kind.apiVersion());
    list.set("metadata", ListReply.metadata(page));
    ArrayNode items = list.putArray("items");
    for (Stored item : page.items()) {
      // The items of a list do not repeat what they are.
      items.addObject().setAll(item.document()).remove(List.of("kind", "apiVersion"));
    }
    return list;
  }

  private Reply watch(Exchange exchange, View view, Kind kind, String namespace) {
    Query query = exchange.query();
    if (exchange.upgrades() && exchange.header("Origin") == null) {
      return new BytesReply(403, "", new byte[0], Map.of()); // As upstream: no word why.
    }
    if (view.form() == View.Form.TABLE) {
      Tables.check(includeObject(exchange));
    }
    long seconds = query.number("timeoutSeconds", 0);
    boolean bookmarks = query.flag("allowWatchBookmarks");
    WatchRequest request =
        new WatchRequest(
            query.text("labelSelector"),
            query.text("fieldSelector"),
            query.text("resourceVersion"),
            query.text("resourceVersionMatch"),
            query.has("sendInitialEvents") ? query.flag("sendInitialEvents") : null,
            bookmarks);
    Duration timeout =
        Duration.ofSeconds(
            seconds > 0
                ? seconds
                : SHORTEST_WATCH_SECONDS + random.nextInt(SHORTEST_WATCH_SECONDS));
    return new WatchReply(
        resources.watch(kind, namespace, request),
        EventLines.of(kind, view.form(), includeObject(exchange), clock),
        view.streamType() ? View.JSON_TYPE + ";stream=watch" : View.JSON_TYPE,
        timeout,
        bookmarks);
  }

  private Reply answer(Exchange exchange, View view, Kind kind, Answer answer) {
    JsonNode document = answer.document();
    if (document.path("kind").asString("").equals("Status")) {
      View plain = new View(View.Form.OBJECT, view.yaml(), view.pretty(), false);
      return Rendering.document(answer.code(), plain, document);
    }
    if (view.form() == View.Form.OBJECT && !view.yaml() && !view.pretty()) {
      return BytesReply.json(answer.code(), Rendering.line(answer.json()));
    }
    return Rendering.object(
        answer.code(), view, includeObject(exchange), clock.instant(), kind, answer.document());
  }

  private static View view(Exchange exchange, boolean listRoute, boolean watch) {
    return View.choose(exchange.accept(), listRoute, watch, exchange.pretty());
  }

  private static String includeObject(Exchange exchange) {
    return exchange.query().text("includeObject");
  }

  private static ListRequest listRequest(Exchange exchange, boolean list) {
    Query query = exchange.query();
    if (list && query.has("sendInitialEvents")) {
      FieldError refused =
          Options.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
      throw Options.invalid("ListOptions", List.of(refused));
    }
    return new ListRequest(
        query.text("labelSelector"),
        query.text("fieldSelector"),
        query.text("resourceVersion"),
        query.text("resourceVersionMatch"),
        query.number("limit", 0),
        query.text("continue"));
  }

  private static RequestContext context(Exchange exchange, String options) {
    Query query = exchange.query();
    boolean dryRun = Options.dryRun(options, query.all("dryRun"));
    return new RequestContext(
        exchange.user(),
        Options.fieldValidation(options, query.text("fieldValidation")),
        dryRun,
        manager(exchange),
        exchange::warn);
  }

  private static RequestContext context(Exchange exchange, boolean dryRun) {
    return new RequestContext(
        exchange.user(), FieldValidation.IGNORE, dryRun, manager(exchange), exchange::warn);
  }

  private static String manager(Exchange exchange) {
    String given = exchange.query().text("fieldManager");
    String agent = exchange.header("User-Agent");
    if (!given.isEmpty() || agent == null) {
      return given;
    }
    int slash = agent.indexOf('/');
    return slash < 0 ? agent : agent.substring(0, slash);
  }
}
