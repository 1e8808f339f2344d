package garrison.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.resource.Golden;
import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One recorded exchange with a real API server: what was asked, by whom, and what came back.
 *
 * @param name what it shows
 * @param request as recorded
 * @param response as recorded
 */
record Recorded(String name, JsonNode request, JsonNode response) {
  /** All of a file, in their order. */
  static List<Recorded> of(String file) {
    return Golden.file(file)
        .path("cases")
        .valueStream()
        .map(
            entry ->
                new Recorded(
                    entry.path("case").asString(""), entry.path("request"), entry.path("response")))
        .toList();
  }

  /** One of a file, by the start of its name. */
  static Recorded of(String file, String name) {
    return of(file).stream()
        .filter(recorded -> recorded.name().startsWith(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(file + " has no case " + name));
  }

  String method() {
    return request.path("method").asString();
  }

  String path() {
    return request.path("path").asString();
  }

  /** Who asked; empty for the administrator. */
  String as() {
    return request.path("as").asString("");
  }

  int code() {
    return response.path("code").asInt();
  }

  /** The lines of a recorded watch. */
  List<JsonNode> lines() {
    return response.path("lines").valueStream().toList();
  }

  /** The same, asked elsewhere. */
  Recorded at(String path) {
    return new Recorded(name, copy().put("path", path), response);
  }

  /** The same with another body: many were not recorded. */
  Recorded with(String body) {
    return new Recorded(name, copy().put("body", body), response);
  }

  private ObjectNode copy() {
    return (ObjectNode) request.deepCopy();
  }

  /** Asks the same. */
  Answered ask(Caller caller) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (request.has("accept")) {
      headers.put("Accept", request.path("accept").asString());
    }
    JsonNode body = request.path("body");
    byte[] bytes =
        body.isMissingNode()
            ? new byte[0]
            : body.isString()
                ? body.stringValue().getBytes(StandardCharsets.UTF_8)
                : Json.bytes(body);
    if (request.has("contentType")) {
      headers.put("Content-Type", request.path("contentType").asString());
    } else if (bytes.length > 0) {
      headers.put("Content-Type", "application/json");
    }
    return caller.send(method(), path(), headers, bytes);
  }

  /** Asks the same, and compares. */
  void replay(Caller caller) {
    compare(ask(caller));
  }

  /** Compares code, headers and body with what was recorded. */
  void compare(Answered reply) {
    String where = name + ": " + reply.text();
    assertThat(reply.code()).as(where).isEqualTo(code());
    compareHeaders(reply);
    JsonNode body = response.path("body");
    if (body.asString("").startsWith("<the object")) {
      assertThat(reply.json().path("metadata").path("uid").isString()).as(where).isTrue();
    } else if (body.isString()) {
      assertThat(reply.text()).as(where).isEqualTo(body.stringValue());
    } else if (body.isObject()) {
      assertThat(reply.text()).as(where).endsWith("}\n");
      Golden.compare(body, reply.json(), "", where);
    } else if (code() == 204) {
      assertThat(reply.body()).as(where).isEmpty();
    }
  }

  private void compareHeaders(Answered reply) {
    for (var header : response.path("headers").properties()) {
      List<String> values = reply.headers().allValues(header.getKey());
      JsonNode recorded = header.getValue();
      if (recorded.isArray()) {
        assertThat(values)
            .as(name)
            .containsExactlyElementsOf(recorded.valueStream().map(JsonNode::stringValue).toList());
      } else if (recorded.stringValue().equals("\"<128 hex digits>\"")) {
        assertThat(values).as(name).singleElement().asString().matches("\"[0-9A-F]{128}\"");
      } else {
        assertThat(values).as(name).containsExactly(recorded.stringValue());
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
