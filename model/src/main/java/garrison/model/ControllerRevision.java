package garrison.model;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A remembered template (spec: daemonset 5). Immutable.
 *
 * @param meta its metadata
 * @param revision its number
 * @param data the template as a patch; shared, not to be changed
 * @param document the whole document; shared, not to be changed
 */
public record ControllerRevision(Meta meta, long revision, JsonNode data, ObjectNode document) {
  /** Reads a ControllerRevision document, and keeps it. */
  public static ControllerRevision of(ObjectNode document) {
    return new ControllerRevision(
        Meta.of(document), Fields.number(document, "revision", 0), document.path("data"), document);
  }

  /** Its name. */
  public String name() {
    return meta.name();
  }

  /** The hash in its label, empty where it has none. */
  public String hash() {
    return meta.labels().getOrDefault(Pod.HASH_LABEL, "");
  }
}
