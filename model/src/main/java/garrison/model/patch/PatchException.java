package garrison.model.patch;

/** A patch that cannot be read, or not be applied to this document. */
public final class PatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What is to be answered. */
  public enum Kind {
    /** 400 with the message. */
    MALFORMED,
    /** 422 with the text that names no reason: a JSON patch whose operations fail. */
    REJECTED,
    /** 413 with the message. */
    TOO_LARGE
  }

  private final Kind kind;

  /** With upstream's sentence. */
  public PatchException(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  static PatchException rejected(String why) {
    return new PatchException(Kind.REJECTED, why);
  }

  static PatchException malformed(String why) {
    return new PatchException(Kind.MALFORMED, why);
  }

  /** What is to be answered. */
  public Kind kind() {
    return kind;
  }

  /** The sentence. */
  public String message() {
    return String.valueOf(getMessage());
  }
}
