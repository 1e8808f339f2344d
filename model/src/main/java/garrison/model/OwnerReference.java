package garrison.model;

import garrison.model.json.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who an object belongs to.
 *
 * @param apiVersion of the owner
 * @param kind of the owner
 * @param name of the owner
 * @param uid of the owner
 * @param controller whether the owner manages the object; one owner at most does
 * @param blockOwnerDeletion whether a foreground deletion of the owner waits for the object
 */
public record OwnerReference(
    String apiVersion,
    String kind,
    String name,
    String uid,
    boolean controller,
    boolean blockOwnerDeletion) {
  /** Reads one element of {@code metadata.ownerReferences}. */
  public static OwnerReference of(JsonNode reference) {
    return new OwnerReference(
        Fields.word(reference, "apiVersion"),
        Fields.word(reference, "kind"),
        Fields.word(reference, "name"),
        Fields.word(reference, "uid"),
        Fields.flag(reference, "controller"),
        Fields.flag(reference, "blockOwnerDeletion"));
  }

  /** The element as it stands in a document. */
  public ObjectNode toDocument() {
    ObjectNode reference = Json.object();
    reference.put("apiVersion", apiVersion);
    reference.put("kind", kind);
    reference.put("name", name);
    reference.put("uid", uid);
    if (controller) {
      reference.put("controller", true);
    }
    if (blockOwnerDeletion) {
      reference.put("blockOwnerDeletion", true);
    }
    return reference;
  }
}
