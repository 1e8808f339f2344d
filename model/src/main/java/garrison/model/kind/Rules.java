package garrison.model.kind;

import garrison.model.FieldError;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a kind does to a document on its way in, each step a pure function of documents (spec:
 * api-server 10.2). The API server calls them in this order: {@link #applyDefaults}, then
 * admission, then {@code prepare…}, then {@code validate…}. The generic parts (metadata,
 * generation, schema, resourceVersion, keeping the old status) are not repeated here: the server
 * does them for all. {@code document} is the server's own copy and may be changed in place; {@code
 * old} must not be. Implementations are stateless.
 */
public interface Rules {
  /** Rules of a kind that has none of its own. */
  Rules NONE = new Rules() {};

  /** Fills in what the client left out (spec: api-server 15). In place. */
  default void applyDefaults(ObjectNode document) {}

  /** Resets what a client may not set at create. In place. */
  default void prepareCreate(ObjectNode document) {}

  /** Carries over what an update of the main resource may not change. In place. */
  default void prepareUpdate(ObjectNode document, ObjectNode old) {}

  /** Carries over what a status write may not change besides spec. In place. */
  default void prepareStatusUpdate(ObjectNode document, ObjectNode old) {}

  /** Everything wrong with a new document, in upstream's order; empty where nothing is. */
  default List<FieldError> validateCreate(ObjectNode document) {
    return List.of();
  }

  /** Everything wrong with an update, the checks of create included. */
  default List<FieldError> validateUpdate(ObjectNode document, ObjectNode old) {
    return validateCreate(document);
  }

  /** Everything wrong with a write to the status subresource. */
  default List<FieldError> validateStatusUpdate(ObjectNode document, ObjectNode old) {
    return List.of();
  }

  /**
   * Everything wrong with a write to a subresource that is a part of the spec.
   *
   * @param subresource such as {@code ephemeralcontainers}
   * @param document the old one with that part as it was sent
   */
  default List<FieldError> validatePartUpdate(
      String subresource, ObjectNode document, ObjectNode old) {
    return validateUpdate(document, old);
  }

  /** Texts of the Warning headers for a new document. */
  default List<String> warningsOnCreate(ObjectNode document) {
    return List.of();
  }

  /** Texts of the Warning headers for an update. */
  default List<String> warningsOnUpdate(ObjectNode document, ObjectNode old) {
    return List.of();
  }
}
