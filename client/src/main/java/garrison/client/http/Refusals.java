package garrison.client.http;

import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads what a server says when it refuses. Pure. */
final class Refusals {
  private static final int MOST_TEXT = 300;

  private Refusals() {}

  /** The refusal in an answer with an error code; a body that is no Status is quoted. */
  static StatusException of(int code, byte[] body) {
    try {
      JsonNode parsed = Json.parse(body);
      if (parsed instanceof ObjectNode status
          && status.path("kind").asString("").equals("Status")) {
        status.put("code", status.path("code").asInt(code));
        return new StatusException(status);
      }
    } catch (JacksonException e) {
      // Not from a Kubernetes API: some proxy, or another server. Quoted below.
      return plain(code, body);
    }
    return plain(code, body);
  }

  private static StatusException plain(int code, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8).strip();
    String shown = text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) + "…" : text;
    StatusReason reason = reason(code);
    ObjectNode status =
        StatusException.of(reason, shown.isEmpty() ? "HTTP status " + code : shown).status();
    status.put("code", code);
    return new StatusException(status);
  }

  private static StatusReason reason(int code) {
    for (StatusReason reason : StatusReason.values()) {
      if (reason.code() == code && reason != StatusReason.ALREADY_EXISTS) {
        return reason;
      }
    }
    return StatusReason.UNKNOWN;
  }
}
