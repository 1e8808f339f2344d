package garrison.apiserver.http;

import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;

/** What HTTP itself refuses, in the words of the real server (spec: api-server 13). Pure. */
final class Refusals {
  private Refusals() {}

  /** A body of a type that is not read. */
  static StatusException unsupportedBody() {
    return StatusException.of(
        StatusReason.UNSUPPORTED_MEDIA_TYPE,
        "the body of the request was in an unknown format - accepted media types include:"
            + " application/json, application/yaml, application/vnd.kubernetes.protobuf");
  }

  /** A patch of a type that there is not. */
  static StatusException unsupportedPatch() {
    return StatusException.of(
        StatusReason.UNSUPPORTED_MEDIA_TYPE, "415: Unsupported Media Type", Json.object());
  }

  /** A body over the limit. */
  static StatusException tooLarge(long limit) {
    return StatusException.of(
        StatusReason.REQUEST_ENTITY_TOO_LARGE, "Request entity too large: limit is " + limit);
  }

  /** The time of a request is over. */
  static StatusException timeout() {
    return StatusException.of(
        StatusReason.TIMEOUT,
        "Timeout: request did not complete within the allotted timeout",
        Json.object());
  }

  /** Too many requests at once. */
  static StatusException tooMany() {
    return StatusException.of(
        StatusReason.TOO_MANY_REQUESTS,
        "Too many requests, please try again later.",
        Json.object().put("retryAfterSeconds", 1));
  }

  /** The path is none of ours: no Status, as upstream. */
  static BytesReply unknownPath() {
    return BytesReply.text(404, "404 page not found\n");
  }
}
