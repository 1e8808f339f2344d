package garrison.apiserver.http;

import garrison.apiserver.resource.Body;
import garrison.apiserver.resource.DeleteRequest;
import garrison.apiserver.resource.Options;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.json.Yaml;
import garrison.model.schema.DecodeException;
import garrison.model.schema.ProtobufReader;
import garrison.model.schema.Source;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a DELETE asks for: its body, or, only where that is empty, its query (spec: api-server
 * 10.3).
 *
 * @param request the options
 * @param dryRun whether nothing is to be deleted
 */
record DeleteOptionsBody(DeleteRequest request, boolean dryRun) {
  private static final String OPTIONS = "DeleteOptions";

  static DeleteOptionsBody of(Exchange exchange) {
    return exchange.body().length == 0 ? query(exchange.query()) : body(exchange);
  }

  private static DeleteOptionsBody query(Query query) {
    ObjectNode options = Json.object();
    Long grace = query.number("gracePeriodSeconds");
    if (grace != null) {
      options.put("gracePeriodSeconds", grace);
    }
    if (!query.text("propagationPolicy").isEmpty()) {
      options.put("propagationPolicy", query.text("propagationPolicy"));
    }
    if (query.has("orphanDependents")) {
      options.put("orphanDependents", query.flag("orphanDependents"));
    }
    return new DeleteOptionsBody(
        DeleteRequest.of(options), Options.dryRun(OPTIONS, query.all("dryRun")));
  }

  private static DeleteOptionsBody body(Exchange exchange) {
    Body body = Bodies.of(exchange.header("Content-Type"), exchange.body());
    JsonNode options = read((Body.Bytes) body);
    if (!options.isObject()) {
      throw StatusException.badRequest("the body of a DELETE must be a DeleteOptions object");
    }
    String kind = options.path("kind").asString("");
    String version = options.path("apiVersion").asString("");
    if (!kind.isEmpty() && !kind.equals(OPTIONS)) {
      throw StatusException.badRequest(
          "no kind \""
              + kind
              + "\" is registered for version \""
              + (version.isEmpty() ? "v1" : version)
              + "\" in scheme \"pkg/runtime/scheme.go:111\"");
    }
    List<String> dryRun =
        options.path("dryRun").valueStream().map(value -> value.asString("")).toList();
    return new DeleteOptionsBody(DeleteRequest.of(options), Options.dryRun(OPTIONS, dryRun));
  }

  private static JsonNode read(Body.Bytes body) {
    try {
      return switch (body.format()) {
        case JSON -> Source.parse(body.bytes()).root();
        case YAML -> {
          List<JsonNode> documents =
              Yaml.documents(new String(body.bytes(), StandardCharsets.UTF_8));
          yield documents.isEmpty() ? Json.object() : documents.getFirst();
        }
        case PROTOBUF -> ProtobufReader.read(body.bytes(), "meta.v1.DeleteOptions").root();
      };
    } catch (DecodeException e) {
      throw StatusException.badRequest(
          "couldn't get version/kind; json parse error: " + e.message());
    } catch (Yaml.MalformedException e) {
      throw StatusException.badRequest(
          "couldn't get version/kind; yaml parse error: " + e.getMessage());
    }
  }
}
