package garrison.client;

/**
 * What to list (spec: api-server 8.2). Empty strings and zero mean "not given".
 *
 * @param labelSelector such as {@code app=a,tier!=x}
 * @param fieldSelector such as {@code spec.nodeName=n1}
 * @param resourceVersion as in the spec's table
 * @param limit most items of a page
 * @param continueToken from the page before
 */
public record ListOptions(
    String labelSelector,
    String fieldSelector,
    String resourceVersion,
    int limit,
    String continueToken) {
  /** Everything, most recent, in one page. */
  public static final ListOptions ALL = new ListOptions("", "", "", 0, "");

  /** The objects that a label selector picks. */
  public static ListOptions labels(String selector) {
    return new ListOptions(selector, "", "", 0, "");
  }

  /** The objects that a field selector picks. */
  public static ListOptions fields(String selector) {
    return new ListOptions("", selector, "", 0, "");
  }
}
