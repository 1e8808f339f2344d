package garrison.apiserver.resource;

/**
 * What to list, all as the client sent it; empty texts and 0 mean "not given" (spec: api-server
 * 8.2).
 *
 * @param labelSelector in text form
 * @param fieldSelector in text form
 * @param resourceVersion empty, "0" or a number
 * @param resourceVersionMatch empty, Exact or NotOlderThan
 * @param limit most items of the page; 0 or less for all
 * @param continueToken from the page before
 */
public record ListRequest(
    String labelSelector,
    String fieldSelector,
    String resourceVersion,
    String resourceVersionMatch,
    long limit,
    String continueToken) {
  /** Everything, most recent. */
  public static final ListRequest ALL = new ListRequest("", "", "", "", 0, "");
}
