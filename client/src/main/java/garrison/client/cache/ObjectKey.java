package garrison.client.cache;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where an object of one kind lives.
 *
 * @param namespace empty for kinds without one
 * @param name the object's name
 */
public record ObjectKey(String namespace, String name) implements Comparable<ObjectKey> {
  /** The key of a document, from its metadata. */
  public static ObjectKey of(ObjectNode document) {
    JsonNode metadata = document.path("metadata");
    return new ObjectKey(
        metadata.path("namespace").asString(""), metadata.path("name").asString(""));
  }

  @Override
  public int compareTo(ObjectKey other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  /** {@code namespace/name}, or the name alone. */
  @Override
  public String toString() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }
}
