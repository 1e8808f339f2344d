package garrison.apiserver.openapi;

import garrison.model.json.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The small documents: one path, one GET. */
final class DiscoveryDocument {
  private static final List<String> VERSION_FIELDS =
      List.of(
          "major",
          "minor",
          "gitVersion",
          "gitCommit",
          "gitTreeState",
          "buildDate",
          "goVersion",
          "compiler",
          "platform");

  private DiscoveryDocument() {}

  /** What a path of discovery answers. */
  static ObjectNode of(String path, String struct, List<GroupVersion> versions) {
    Components components = new Components(versions);
    String tag = path.replace("/apis/", "").replace("/", "");
    return document(path, tag.isEmpty() ? "apis" : tag, components.struct(struct), components);
  }

  /** What {@code /version} answers. */
  static ObjectNode version() {
    ObjectNode content = Json.object().put("type", "object");
    ArrayNode required = content.putArray("required");
    ObjectNode properties = content.putObject("properties");
    for (String field : VERSION_FIELDS) {
      required.add(field);
      properties.putObject(field).put("type", "string").put("default", "");
    }
    Components components = new Components(List.of());
    ObjectNode answer = components.simple("io.k8s.apimachinery.pkg.version.Info", content);
    return document("/version/", "version", answer, components);
  }

  private static ObjectNode document(
      String path, String tag, ObjectNode answer, Components components) {
    ObjectNode paths = Json.object();
    ObjectNode operation = paths.putObject(path).putObject("get");
    operation.putArray("tags").add(tag);
    operation.put("operationId", "get" + GroupVersion.capital(path.replaceAll("\\W", "")));
    Responses.put(operation, answer, false, 200);
    return whole(paths, components);
  }

  /** A document of these paths and components. */
  static ObjectNode whole(ObjectNode paths, Components components) {
    ObjectNode document = Json.object().put("openapi", "3.0.0");
    ObjectNode info = document.putObject("info");
    info.put("title", "Garrison");
    info.put("version", "1.37");
    document.set("paths", paths);
    ObjectNode all = document.putObject("components");
    all.set("schemas", components.all());
    ObjectNode token = all.putObject("securitySchemes").putObject("BearerToken");
    token.put("type", "apiKey").put("name", "authorization").put("in", "header");
    token.put("description", "Bearer token; a client certificate does as well.");
    return document;
  }
}
