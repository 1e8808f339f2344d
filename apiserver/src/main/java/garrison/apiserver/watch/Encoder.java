package garrison.apiserver.watch;

import garrison.model.kind.Kind;
import tools.jackson.databind.node.ObjectNode;

/** Turns documents into the bytes that are stored and served. Thread-safe, pure. */
@FunctionalInterface
public interface Encoder {
  /** The document as it is served, members in Kubernetes' order (spec: api-server 3). */
  byte[] encode(Kind kind, ObjectNode document);
}
