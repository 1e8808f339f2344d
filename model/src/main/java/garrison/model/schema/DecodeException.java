package garrison.model.schema;

/** A body that is no document of its kind; the message is upstream's (spec: api-server 5.2). */
public final class DecodeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With upstream's sentence. */
  public DecodeException(String message) {
    super(message, null, false, false);
  }

  /** The sentence. */
  public String message() {
    return String.valueOf(getMessage());
  }
}
