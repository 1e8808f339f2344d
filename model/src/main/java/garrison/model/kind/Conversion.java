package garrison.model.kind;

import tools.jackson.databind.node.ObjectNode;

/** Turns a document of one version into another. Pure; returns a new document. */
@FunctionalInterface
public interface Conversion {
  /** The converted copy. */
  ObjectNode convert(ObjectNode document);
}
