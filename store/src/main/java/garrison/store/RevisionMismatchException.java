package garrison.store;

/** A conditional write found another revision than it expected. Nothing was written. */
public final class RevisionMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final long actual;

  /** With the key, what was expected and what is there (0: nothing). */
  public RevisionMismatchException(String key, long expected, long actual) {
    super(key + ": expected revision " + expected + ", found " + actual, null, false, false);
    this.actual = actual;
  }

  /** The key's present modification revision, 0 where it does not exist. */
  public long actual() {
    return actual;
  }
}
