package garrison.client;

import garrison.model.kind.Kind;
import garrison.model.kind.Verb;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A cluster each of whose calls goes through an interceptor. Several may lie around one another:
 * the outermost is asked first. A watch is one call; its events are not intercepted. Thread-safe.
 */
public final class InterceptedCluster implements Cluster {
  private final Cluster cluster;
  private final CallInterceptor interceptor;

  /** Puts the interceptor around the cluster. */
  public InterceptedCluster(Cluster cluster, CallInterceptor interceptor) {
    this.cluster = cluster;
    this.interceptor = interceptor;
  }

  @Override
  public ObjectNode get(Kind kind, String namespace, String name) {
    return interceptor.around(Verb.GET, kind, () -> cluster.get(kind, namespace, name));
  }

  @Override
  public ResourceList list(Kind kind, String namespace, ListOptions options) {
    return interceptor.around(Verb.LIST, kind, () -> cluster.list(kind, namespace, options));
  }

  @Override
  public ObjectNode create(Kind kind, String namespace, ObjectNode document) {
    return interceptor.around(Verb.CREATE, kind, () -> cluster.create(kind, namespace, document));
  }

  @Override
  public ObjectNode update(Kind kind, ObjectNode document, String subresource) {
    return interceptor.around(Verb.UPDATE, kind, () -> cluster.update(kind, document, subresource));
  }

  @Override
  public ObjectNode patch(
      Kind kind,
      String namespace,
      String name,
      PatchType type,
      JsonNode patch,
      String subresource) {
    return interceptor.around(
        Verb.PATCH, kind, () -> cluster.patch(kind, namespace, name, type, patch, subresource));
  }

  @Override
  public ObjectNode post(
      Kind kind, String namespace, String name, String subresource, ObjectNode body) {
    return interceptor.around(
        Verb.CREATE, kind, () -> cluster.post(kind, namespace, name, subresource, body));
  }

  @Override
  public ObjectNode delete(Kind kind, String namespace, String name, DeleteOptions options) {
    return interceptor.around(
        Verb.DELETE, kind, () -> cluster.delete(kind, namespace, name, options));
  }

  @Override
  public Watch watch(Kind kind, String namespace, WatchOptions options, WatchListener listener) {
    return interceptor.around(
        Verb.WATCH, kind, () -> cluster.watch(kind, namespace, options, listener));
  }
}
