package garrison.model.schema;

import org.jspecify.annotations.Nullable;

/** A body that is no document of its kind; the message is upstream's (spec: api-server 5.2). */
public final class DecodeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Mismatch mismatch;

  /**
   * A value of the wrong type.
   *
   * @param found what was sent: string, number, bool, array or object
   * @param wanted the Go type of the member
   */
  public record Mismatch(String found, String wanted) {}

  /** With upstream's sentence. */
  public DecodeException(String message) {
    this(message, null);
  }

  DecodeException(String message, @Nullable Mismatch mismatch) {
    super(message, null, false, false);
    this.mismatch = mismatch;
  }

  /** The sentence. */
  public String message() {
    return String.valueOf(getMessage());
  }

  /** What did not fit, null where something else is wrong than a type. */
  public @Nullable Mismatch mismatch() {
    return mismatch;
  }
}
