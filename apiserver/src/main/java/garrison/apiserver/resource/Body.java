package garrison.apiserver.resource;

import tools.jackson.databind.JsonNode;

/** The body of a write: bytes as they came over the wire, or a document of this process. */
public sealed interface Body {
  /** How bytes are to be read. */
  enum Format {
    JSON,
    YAML,
    PROTOBUF
  }

  /** Bytes off the wire. */
  record Bytes(byte[] bytes, Format format) implements Body {}

  /** A document; it is copied before anything is changed. */
  record Document(JsonNode document) implements Body {}

  /** JSON off the wire. */
  static Body json(byte[] bytes) {
    return new Bytes(bytes, Format.JSON);
  }

  /** A document of this process. */
  static Body of(JsonNode document) {
    return new Document(document);
  }
}
