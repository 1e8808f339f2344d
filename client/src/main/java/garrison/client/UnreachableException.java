package garrison.client;

/**
 * The server gave no answer: refused, reset, timed out. The request may or may not have happened.
 */
public final class UnreachableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what happened, in a sentence, and why. */
  public UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
