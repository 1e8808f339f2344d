package garrison.apiserver.resource;

import garrison.apiserver.auth.User;
import garrison.apiserver.watch.Stored;
import garrison.client.PatchType;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Carries out recorded HTTP requests without HTTP: what a URL names, as one call. */
final class ApiDriver {
  record Reply(int code, JsonNode body, List<String> warnings) {}

  private record Target(
      Kind kind, String namespace, String name, String subresource, Map<String, String> query) {}

  private final Resources resources;

  ApiDriver(Resources resources) {
    this.resources = resources;
  }

  Reply send(String method, String path, JsonNode body, String contentType) {
    List<String> warnings = new ArrayList<>();
    try {
      return send(method, target(path), body, contentType, warnings);
    } catch (StatusException e) {
      return new Reply(e.code(), e.status(), warnings);
    }
  }

  JsonNode get(String path) {
    return send("GET", path, Json.object(), "").body();
  }

  private Reply send(
      String method, Target at, JsonNode body, String contentType, List<String> warnings) {
    RequestContext context =
        new RequestContext(
            User.ADMIN,
            at.query().getOrDefault("fieldValidation", "").equals("Strict")
                ? FieldValidation.STRICT
                : FieldValidation.WARN,
            at.query().getOrDefault("dryRun", "").equals("All"),
            "",
            warnings::add);
    Kind kind = at.kind();
    return switch (method) {
      case "GET" ->
          at.name().isEmpty()
              ? list(kind, resources.list(kind, at.namespace(), listRequest(at)))
              : new Reply(
                  200,
                  resources
                      .get(
                          kind,
                          at.namespace(),
                          at.name(),
                          at.query().getOrDefault("resourceVersion", ""))
                      .document(),
                  warnings);
      case "POST" ->
          reply(
              at.subresource().isEmpty()
                  ? resources.create(context, kind, at.namespace(), bodyOf(body))
                  : resources.post(
                      context, kind, at.namespace(), at.name(), at.subresource(), bodyOf(body)),
              warnings);
      case "PUT" ->
          reply(
              resources.update(
                  context, kind, at.namespace(), at.name(), at.subresource(), bodyOf(body)),
              warnings);
      case "PATCH" ->
          reply(
              resources.patch(
                  context,
                  kind,
                  at.namespace(),
                  at.name(),
                  at.subresource(),
                  patchType(contentType),
                  bodyOf(body)),
              warnings);
      case "DELETE" -> delete(context, at, body, warnings);
      default -> throw new IllegalArgumentException(method);
    };
  }

  private Reply delete(RequestContext context, Target at, JsonNode body, List<String> warnings) {
    DeleteRequest request =
        body.isObject() && !body.isEmpty() ? DeleteRequest.of(body) : DeleteRequest.DEFAULT;
    if (at.name().isEmpty()) {
      return list(
          at.kind(),
          resources.deleteCollection(context, at.kind(), at.namespace(), listRequest(at), request));
    }
    return reply(
        resources.delete(context, at.kind(), at.namespace(), at.name(), request), warnings);
  }

  private static Reply reply(Answer answer, List<String> warnings) {
    // What goes over the wire must say the same as the document in process.
    return new Reply(answer.code(), Json.parse(answer.json()), warnings);
  }

  private static Reply list(Kind kind, Page page) {
    ObjectNode list = Json.object();
    list.put("kind", kind.kind() + "List").put("apiVersion", kind.apiVersion());
    ObjectNode metadata = list.putObject("metadata");
    metadata.put("resourceVersion", Long.toString(page.revision()));
    if (!page.continueToken().isEmpty()) {
      metadata.put("continue", page.continueToken());
    }
    if (page.remaining() >= 0) {
      metadata.put("remainingItemCount", page.remaining());
    }
    ArrayNode items = list.putArray("items");
    for (Stored item : page.items()) {
      items.add(item.document());
    }
    return new Reply(200, list, List.of());
  }

  private static Body bodyOf(JsonNode body) {
    return Body.json(
        body.isString() ? body.stringValue().getBytes(StandardCharsets.UTF_8) : Json.bytes(body));
  }

  private static PatchType patchType(String contentType) {
    for (PatchType type : PatchType.values()) {
      if (type.mediaType().equals(contentType)) {
        return type;
      }
    }
    throw new IllegalArgumentException(contentType);
  }

  private static ListRequest listRequest(Target at) {
    Map<String, String> query = at.query();
    return new ListRequest(
        query.getOrDefault("labelSelector", ""),
        query.getOrDefault("fieldSelector", ""),
        query.getOrDefault("resourceVersion", ""),
        query.getOrDefault("resourceVersionMatch", ""),
        Long.parseLong(query.getOrDefault("limit", "0")),
        query.getOrDefault("continue", ""));
  }

  private static Target target(String path) {
    int question = path.indexOf('?');
    List<String> parts =
        new ArrayList<>(
            List.of((question < 0 ? path : path.substring(0, question)).substring(1).split("/")));
    boolean core = parts.removeFirst().equals("api");
    String group = core ? "" : parts.removeFirst();
    String version = parts.removeFirst();
    String namespace = "";
    boolean finalize = parts.size() == 3 && List.of("finalize", "status").contains(parts.getLast());
    if (parts.getFirst().equals("namespaces") && parts.size() > 2 && !finalize) {
      parts.removeFirst();
      namespace = parts.removeFirst();
    }
    Kind kind = Kinds.byPlural(group, version, parts.removeFirst());
    return new Target(
        kind,
        namespace,
        parts.isEmpty() ? "" : parts.removeFirst(),
        parts.isEmpty() ? "" : parts.removeFirst(),
        query(question < 0 ? null : path.substring(question + 1)));
  }

  private static Map<String, String> query(@Nullable String text) {
    Map<String, String> query = new LinkedHashMap<>();
    if (text != null) {
      for (String pair : text.split("&")) {
        int equals = pair.indexOf('=');
        query.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return query;
  }
}
