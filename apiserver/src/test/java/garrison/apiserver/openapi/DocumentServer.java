package garrison.apiserver.openapi;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Just enough of a server for kubectl to read the documents, and to show what it then sends:
 * discovery, OpenAPI v3, and objects that are kept as they come.
 */
final class DocumentServer implements AutoCloseable {
  /** One request of kubectl. */
  record Request(String method, String uri, String contentType, String body) {}

  private final OpenApi api = new OpenApi(Kinds.all());
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  DocumentServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Request> requests() {
    return requests;
  }

  void keep(String path, ObjectNode object) {
    objects.put(path, Json.bytes(object));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
    requests.add(
        new Request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            type,
            new String(body, StandardCharsets.UTF_8)));
    byte[] found = content(exchange.getRequestMethod(), path, body);
    byte[] sent = found.length == 0 ? missing() : found;
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(found.length == 0 ? 404 : 200, sent.length);
    exchange.getResponseBody().write(sent);
    exchange.close();
  }

  private byte[] content(String method, String path, byte[] body) {
    if (path.equals("/openapi/v3")) {
      return api.index();
    }
    if (path.startsWith("/openapi/v3/")) {
      Document document = api.document(path.substring("/openapi/v3/".length()));
      return document == null ? new byte[0] : document.json();
    }
    return switch (method) {
      case "POST" -> body;
      case "PATCH" -> objects.getOrDefault(path, new byte[0]);
      default -> discovery(path);
    };
  }

  private byte[] discovery(String path) {
    Set<String> groups = new TreeSet<>();
    ObjectNode list = Json.object().put("kind", "APIResourceList").put("apiVersion", "v1");
    ArrayNode resources = list.putArray("resources");
    for (Kind kind : Kinds.all()) {
      groups.add(kind.group());
      if (path.equals("/" + GroupVersion.of(kind).key())) {
        list.put("groupVersion", kind.apiVersion());
        ObjectNode entry = resources.addObject().put("name", kind.plural());
        entry.put("singularName", kind.singular()).put("namespaced", kind.namespaced());
        entry.put("kind", kind.kind());
        kind.verbs().forEach(verb -> entry.withArray("verbs").add(verb.text()));
        kind.shortNames().forEach(name -> entry.withArray("shortNames").add(name));
      }
    }
    if (!resources.isEmpty()) {
      return Json.bytes(list);
    }
    return switch (path) {
      case "/api" -> {
        ObjectNode versions = Json.object().put("kind", "APIVersions");
        versions.putArray("versions").add("v1");
        yield Json.bytes(versions);
      }
      case "/apis" -> {
        ObjectNode all = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode named = all.putArray("groups");
        groups.stream().filter(group -> !group.isEmpty()).forEach(group -> named.add(group(group)));
        yield Json.bytes(all);
      }
      default -> objects.getOrDefault(path, new byte[0]);
    };
  }

  private static ObjectNode group(String name) {
    ObjectNode group = Json.object().put("name", name);
    ObjectNode version = Json.object().put("groupVersion", name + "/v1").put("version", "v1");
    group.putArray("versions").add(version);
    group.set("preferredVersion", version);
    return group;
  }

  private static byte[] missing() {
    return Json.bytes(
        Json.object()
            .put("kind", "Status")
            .put("apiVersion", "v1")
            .put("status", "Failure")
            .put("message", "not found")
            .put("reason", "NotFound")
            .put("code", 404));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
