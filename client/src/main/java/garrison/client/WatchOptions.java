package garrison.client;

/**
 * What to watch (spec: api-server 9). Empty strings mean "not given". Bookmarks are always asked
 * for.
 *
 * @param labelSelector as in a list
 * @param fieldSelector as in a list
 * @param resourceVersion events after this version
 * @param sendInitialEvents first all current objects as ADDED, then a bookmark with {@code
 *     k8s.io/initial-events-end}, then what changes
 */
public record WatchOptions(
    String labelSelector, String fieldSelector, String resourceVersion, boolean sendInitialEvents) {
  /** All objects now, then every change. */
  public static final WatchOptions FROM_NOW = new WatchOptions("", "", "", true);
}
