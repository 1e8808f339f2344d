package garrison.client.cache;

/**
 * Which objects of a kind are followed. Empty strings mean "no limit".
 *
 * @param namespace one namespace, empty for all (and for kinds without one)
 * @param labelSelector as in a list
 * @param fieldSelector as in a list
 */
public record Scope(String namespace, String labelSelector, String fieldSelector) {
  /** All objects of the kind. */
  public static final Scope ALL = new Scope("", "", "");

  /** The objects of one namespace. */
  public static Scope namespace(String namespace) {
    return new Scope(namespace, "", "");
  }

  /** The objects that a field selector picks, in all namespaces. */
  public static Scope fields(String selector) {
    return new Scope("", "", selector);
  }

  /** The objects that a label selector picks, in all namespaces. */
  public static Scope labels(String selector) {
    return new Scope("", selector, "");
  }
}
