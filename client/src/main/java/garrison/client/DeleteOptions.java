package garrison.client;

/**
 * How to delete (spec: api-server 10.3). Empty strings and {@link #DEFAULT_GRACE} mean "not given".
 *
 * @param gracePeriodSeconds seconds, {@link #DEFAULT_GRACE} for the object's own
 * @param propagationPolicy Foreground, Background, Orphan or empty
 * @param uid precondition
 * @param resourceVersion precondition
 */
public record DeleteOptions(
    long gracePeriodSeconds, String propagationPolicy, String uid, String resourceVersion) {
  /** The object's own grace period. */
  public static final long DEFAULT_GRACE = -1;

  /** Default grace and policy, no precondition. */
  public static final DeleteOptions DEFAULT = new DeleteOptions(DEFAULT_GRACE, "", "", "");

  /** At once, and only this very object. */
  public static DeleteOptions now(String uid) {
    return new DeleteOptions(0, "", uid, "");
  }
}
