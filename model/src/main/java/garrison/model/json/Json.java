package garrison.model.json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The one JSON mapper of the house. Thread-safe. */
public final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  /** The shared mapper, for streaming reads and writes. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /** A new empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Reads a document; throws Jackson's unchecked exception for anything but one JSON value. */
  public static JsonNode parse(byte[] bytes) {
    return MAPPER.readTree(bytes);
  }

  /** Reads a document from text. */
  public static JsonNode parse(String text) {
    return MAPPER.readTree(text);
  }

  /** Compact UTF-8, members in the order in which they stand. */
  public static byte[] bytes(JsonNode node) {
    return MAPPER.writeValueAsBytes(node);
  }
}
