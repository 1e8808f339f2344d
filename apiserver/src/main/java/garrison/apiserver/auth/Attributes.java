package garrison.apiserver.auth;

/** What a request wants to do, as authorization sees it (spec: api-server 18). */
public sealed interface Attributes {
  /**
   * Something with an object, or with objects.
   *
   * @param verb get, list, watch, create, update, patch, delete or deletecollection
   * @param group API group
   * @param version API version
   * @param resource plural name
   * @param subresource empty for the object itself
   * @param namespace empty at the cluster scope
   * @param name empty where no single object is named
   * @param fieldSelector of a list or watch, as text
   */
  record Resource(
      String verb,
      String group,
      String version,
      String resource,
      String subresource,
      String namespace,
      String name,
      String fieldSelector)
      implements Attributes {
    /** The same with another verb. */
    public Resource as(String other) {
      return new Resource(
          other, group, version, resource, subresource, namespace, name, fieldSelector);
    }

    /** Whether it only looks. */
    public boolean reads() {
      return verb.equals("get") || verb.equals("list") || verb.equals("watch");
    }
  }

  /**
   * Something with a path that is no object.
   *
   * @param verb the HTTP method in lower case
   * @param path without the query
   */
  record Path(String verb, String path) implements Attributes {}
}
