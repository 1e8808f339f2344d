package garrison.apiserver.openapi;

import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** What an operation may answer. */
final class Responses {
  private static final Map<Integer, String> TEXTS =
      Map.of(200, "OK", 201, "Created", 202, "Accepted", 401, "Unauthorized");

  private Responses() {}

  /** The same document under each of these codes, and the refusal that every path knows. */
  static void put(ObjectNode operation, ObjectNode schema, boolean watched, int... codes) {
    ObjectNode responses = operation.putObject("responses");
    for (int code : codes) {
      ObjectNode content = described(responses, code).putObject("content");
      content.putObject("application/json").set("schema", schema);
      if (watched) {
        content.putObject("application/json;stream=watch").set("schema", schema);
      }
      content.putObject("application/yaml").set("schema", schema);
    }
    described(responses, 401);
  }

  /** An answer that is no document but text. */
  static void putText(ObjectNode operation) {
    ObjectNode responses = operation.putObject("responses");
    ObjectNode content = described(responses, 200).putObject("content");
    content.putObject("text/plain").putObject("schema").put("type", "string");
    described(responses, 401);
  }

  private static ObjectNode described(ObjectNode responses, int code) {
    return responses
        .putObject(Integer.toString(code))
        .put("description", TEXTS.getOrDefault(code, ""));
  }
}
