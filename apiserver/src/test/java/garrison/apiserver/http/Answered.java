package garrison.apiserver.http;

import garrison.model.json.Json;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** What came back over the wire. */
public record Answered(int code, HttpHeaders headers, byte[] body) {
  /** The body as text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The body as a document. */
  public JsonNode json() {
    return Json.parse(body);
  }

  /** The message of a Status. */
  public String message() {
    return json().path("message").asString("");
  }

  /** A header, empty where there is none. */
  public String header(String name) {
    return headers.firstValue(name).orElse("");
  }
}
