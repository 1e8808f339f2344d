package garrison.apiserver.openapi;

import garrison.model.json.Json;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * All OpenAPI v3 documents as one of version 2 (Swagger), which knows less: no choice of types, no
 * defaults beside a reference, and one body for all media types.
 */
final class SwaggerDocument {
  private static final String V3_SCHEMAS = "#/components/schemas/";
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch");

  private final ObjectNode paths = Json.object();
  private final ObjectNode definitions = Json.object();

  private SwaggerDocument() {}

  /** One document that says what all of these say. */
  static ObjectNode of(List<ObjectNode> documents) {
    SwaggerDocument swagger = new SwaggerDocument();
    ObjectNode whole = Json.object().put("swagger", "2.0");
    for (ObjectNode document : documents) {
      whole.set("info", document.path("info"));
      document.path("paths").forEachEntry(swagger::path);
      JsonNode components = document.path("components");
      components.path("schemas").forEachEntry(swagger::definition);
      whole.set("securityDefinitions", components.path("securitySchemes"));
    }
    whole.set("paths", swagger.paths);
    whole.set("definitions", swagger.definitions);
    whole.putArray("security").addObject().putArray("BearerToken");
    return whole;
  }

  private void definition(String name, JsonNode schema) {
    if (!definitions.has(name)) {
      definitions.set(name, schema(schema));
    }
  }

  private void path(String name, JsonNode item) {
    ObjectNode copy = paths.putObject(name);
    item.forEachEntry(
        (member, value) -> {
          if (METHODS.contains(member)) {
            operation(copy.putObject(member), value);
          } else if (member.equals("parameters")) {
            parameters(copy.putArray(member), value);
          } else {
            copy.set(member, value);
          }
        });
  }

  private static void operation(ObjectNode copy, JsonNode operation) {
    operation.forEachEntry(
        (member, value) -> {
          switch (member) {
            case "parameters" -> parameters(copy.withArray(member), value);
            case "requestBody" -> body(copy, value);
            case "responses" -> responses(copy, value);
            default -> copy.set(member, value);
          }
        });
    copy.putArray("schemes").add("https");
  }

  private static void parameters(ArrayNode copies, JsonNode parameters) {
    for (JsonNode parameter : parameters) {
      ObjectNode copy = copies.addObject();
      parameter.forEachEntry(
          (member, value) -> {
            if (member.equals("schema")) {
              copy.setAll((ObjectNode) value);
            } else {
              copy.set(member, value);
            }
          });
    }
  }

  private static void body(ObjectNode operation, JsonNode request) {
    ArrayNode consumes = operation.putArray("consumes");
    ObjectNode copy = operation.withArray("parameters").addObject();
    copy.put("name", "body").put("in", "body");
    if (request.path("required").asBoolean(false)) {
      copy.put("required", true);
    }
    request
        .path("content")
        .forEachEntry(
            (type, content) -> {
              consumes.add(type);
              copy.set("schema", schema(content.path("schema")));
            });
  }

  private static void responses(ObjectNode operation, JsonNode responses) {
    Set<String> types = new TreeSet<>();
    ObjectNode copies = operation.putObject("responses");
    responses.forEachEntry(
        (code, response) -> {
          ObjectNode copy = copies.putObject(code);
          copy.set("description", response.path("description"));
          response
              .path("content")
              .forEachEntry(
                  (type, content) -> {
                    types.add(type);
                    copy.set("schema", schema(content.path("schema")));
                  });
        });
    ArrayNode produces = operation.putArray("produces");
    types.forEach(produces::add);
  }

  private static JsonNode schema(JsonNode schema) {
    ObjectNode copy = Json.object();
    schema.forEachEntry(
        (member, value) -> {
          switch (member) {
            case "$ref" -> copy.put(member, reference(value.asString()));
            // What wraps a reference in v3 to give it neighbours; v2 lets them stand beside it.
            case "allOf" -> copy.put("$ref", reference(value.path(0).path("$ref").asString()));
            case "oneOf" -> copy.put("type", "string");
            // Old clients take any default for one of a whole object.
            case "default" -> {}
            case "properties" -> {
              ObjectNode properties = copy.putObject(member);
              value.forEachEntry((name, property) -> properties.set(name, schema(property)));
            }
            case "items", "additionalProperties" -> copy.set(member, schema(value));
            default -> copy.set(member, value);
          }
        });
    return copy;
  }

  private static String reference(String v3) {
    return "#/definitions/" + v3.substring(V3_SCHEMAS.length());
  }
}
