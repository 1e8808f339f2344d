package garrison.bench;

/** A bench that cannot go on; its message says why, in one line. */
public final class BenchFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what happened and what to do. */
  public BenchFailure(String message) {
    super(message);
  }

  /** The same, with what led to it. */
  public BenchFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
