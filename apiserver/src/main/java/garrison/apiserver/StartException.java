package garrison.apiserver;

/** The server cannot start. The message is one line that says what is wrong and what to do. */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With that one line. */
  public StartException(String message) {
    super(message);
  }

  /** The same, with its cause. */
  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
