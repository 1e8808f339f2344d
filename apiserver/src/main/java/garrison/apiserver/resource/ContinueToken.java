package garrison.apiserver.resource;

import garrison.model.StatusException;
import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Where the next page of a list starts (spec: api-server 8.2). It holds no secret and grants
 * nothing: the key is taken relative to the collection that the request names, so a forged one
 * reads no more than a plain list would.
 *
 * @param revision of all pages, {@link #PRESENT} to go on with the present state
 * @param after the key behind which the page starts, relative to the collection's prefix
 */
record ContinueToken(long revision, String after) {
  /** Goes on with whatever is there now. */
  static final long PRESENT = -1;

  private static final String VERSION = "meta.k8s.io/v1";

  String encode() {
    String json =
        Json.object()
            .put("v", VERSION)
            .put("rv", revision)
            .put("start", after + "\u0000")
            .toString();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  static ContinueToken decode(String text) {
    JsonNode token;
    try {
      token = Json.parse(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException | JacksonException e) {
      throw invalid("continue key is not valid: it is no token of this server");
    }
    if (!Documents.text(token, "v").equals(VERSION)) {
      throw invalid("continue key is not valid: server does not recognize this encoded version");
    }
    String start = Documents.text(token, "start");
    long revision = token.path("rv").asLong(0);
    if (start.length() < 2 || !start.endsWith("\u0000")) {
      throw invalid("continue key is not valid: encoded start key empty");
    }
    if (revision == 0 || revision < PRESENT) {
      throw invalid("continue key is not valid: incorrect encoded start resourceVersion");
    }
    return new ContinueToken(revision, start.substring(0, start.length() - 1));
  }

  private static StatusException invalid(String why) {
    return StatusException.badRequest("invalid continue token: " + why);
  }
}
