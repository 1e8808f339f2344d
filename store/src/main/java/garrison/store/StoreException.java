package garrison.store;

/** The store cannot be opened or written: disk full, file corrupt, foreign, or held by another. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With one sentence that says what is wrong and what to do. */
  public StoreException(String message) {
    super(message);
  }

  /** The same, with its cause. */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
