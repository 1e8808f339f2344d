package garrison.client;

import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.kind.Kind;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The port through which everything reaches a Kubernetes-compatible API: the loops, the agent, the
 * command line. The API server's own {@code LocalCluster} and the HTTP adapter of this module
 * implement it, and behave alike.
 *
 * <p>All methods block, and are meant for virtual threads; all are thread-safe. Refusals by the
 * server are {@link StatusException}; a server that cannot be reached is {@link
 * UnreachableException}. A namespace is {@code ""} for kinds without one, and for all namespaces in
 * lists and watches. Documents that come back may be shared with others: copy before you change
 * one.
 */
public interface Cluster {
  /** One object; 404 where it is missing. */
  ObjectNode get(Kind kind, String namespace, String name);

  /** One object; null where it is missing. */
  default @Nullable ObjectNode find(Kind kind, String namespace, String name) {
    try {
      return get(kind, namespace, name);
    } catch (StatusException e) {
      if (e.reason() == StatusReason.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  /** One page, or all where the options set no limit. */
  ResourceList list(Kind kind, String namespace, ListOptions options);

  /** Creates, and answers what the server made of it. */
  ObjectNode create(Kind kind, String namespace, ObjectNode document);

  /**
   * Replaces an object, named by the document's metadata. A resourceVersion in it must be current.
   */
  default ObjectNode update(Kind kind, ObjectNode document) {
    return update(kind, document, "");
  }

  /** Replaces a subresource such as {@code status}; {@code ""} means the object itself. */
  ObjectNode update(Kind kind, ObjectNode document, String subresource);

  /** Patches an object, or a subresource of it ({@code ""} for the object itself). */
  ObjectNode patch(
      Kind kind, String namespace, String name, PatchType type, JsonNode patch, String subresource);

  /** Posts to a subresource such as {@code binding} or {@code eviction}. */
  ObjectNode post(Kind kind, String namespace, String name, String subresource, ObjectNode body);

  /** Deletes, and answers the object or a Status, as the server did. */
  ObjectNode delete(Kind kind, String namespace, String name, DeleteOptions options);

  /**
   * Starts a watch. Events come one at a time, in order; the listener must not block for long. The
   * call returns once the watch is accepted; a refusal is thrown.
   */
  Watch watch(Kind kind, String namespace, WatchOptions options, WatchListener listener);
}
