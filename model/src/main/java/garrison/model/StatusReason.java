package garrison.model;

/** The {@code reason} of a Kubernetes {@code Status}, with its HTTP code (spec: api-server 13). */
public enum StatusReason {
  BAD_REQUEST("BadRequest", 400),
  UNAUTHORIZED("Unauthorized", 401),
  FORBIDDEN("Forbidden", 403),
  NOT_FOUND("NotFound", 404),
  METHOD_NOT_ALLOWED("MethodNotAllowed", 405),
  NOT_ACCEPTABLE("NotAcceptable", 406),
  ALREADY_EXISTS("AlreadyExists", 409),
  CONFLICT("Conflict", 409),
  EXPIRED("Expired", 410),
  GONE("Gone", 410),
  REQUEST_ENTITY_TOO_LARGE("RequestEntityTooLarge", 413),
  UNSUPPORTED_MEDIA_TYPE("UnsupportedMediaType", 415),
  INVALID("Invalid", 422),
  TOO_MANY_REQUESTS("TooManyRequests", 429),
  INTERNAL_ERROR("InternalError", 500),
  SERVICE_UNAVAILABLE("ServiceUnavailable", 503),
  TIMEOUT("Timeout", 504),
  /** A reason this version does not know, or none at all. */
  UNKNOWN("", 500);

  private final String text;
  private final int code;

  StatusReason(String text, int code) {
    this.text = text;
    this.code = code;
  }

  /** The word on the wire. */
  public String text() {
    return text;
  }

  /** The HTTP code that goes with it. */
  public int code() {
    return code;
  }

  /** The reason for a word on the wire; {@link #UNKNOWN} for any other. */
  public static StatusReason of(String text) {
    for (StatusReason reason : values()) {
      if (reason.text.equals(text)) {
        return reason;
      }
    }
    return UNKNOWN;
  }
}
