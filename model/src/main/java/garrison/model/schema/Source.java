package garrison.model.schema;

import garrison.model.json.Json;
import java.math.BigDecimal;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document as it was sent, with what a plain tree forgets: which members stood twice, and how
 * numbers were spelled.
 */
public final class Source {
  private final JsonNode root;
  private final Set<String> duplicates;
  private final Map<JsonNode, String> spellings;

  private Source(JsonNode root, Set<String> duplicates, Map<JsonNode, String> spellings) {
    this.root = root;
    this.duplicates = duplicates;
    this.spellings = spellings;
  }

  /** A document that was never text. */
  public static Source of(JsonNode document) {
    return new Source(document, Set.of(), Map.of());
  }

  /**
   * Reads JSON text; of a member that stands twice the last one counts.
   *
   * @throws DecodeException with Go's explanation of what is wrong
   */
  public static Source parse(byte[] json) {
    GoSyntax.check(json);
    try (JsonParser parser = Json.mapper().createParser(json)) {
      Reader reader = new Reader(parser);
      parser.nextToken();
      JsonNode root = reader.value("");
      return new Source(root, reader.duplicates, reader.spellings);
    } catch (JacksonException e) {
      throw new DecodeException(e.getOriginalMessage());
    }
  }

  /** The document. */
  public JsonNode root() {
    return root;
  }

  /** Whether the member at this path stood more than once. */
  boolean duplicated(String path) {
    return duplicates.contains(path);
  }

  /** A number as it was spelled. */
  String spelling(JsonNode number) {
    String text = spellings.get(number);
    return text == null ? number.toString() : text;
  }

  private static final class Reader {
    private final JsonParser parser;
    private final Set<String> duplicates = new TreeSet<>();
    private final Map<JsonNode, String> spellings = new IdentityHashMap<>();

    Reader(JsonParser parser) {
      this.parser = parser;
    }

    JsonNode value(String path) {
      JsonToken token = parser.currentToken();
      JsonNodeFactory nodes = JsonNodeFactory.instance;
      return switch (token) {
        case START_OBJECT -> object(path);
        case START_ARRAY -> array(path);
        case VALUE_STRING -> nodes.stringNode(parser.getString());
        case VALUE_TRUE -> nodes.booleanNode(true);
        case VALUE_FALSE -> nodes.booleanNode(false);
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(token);
        default -> nodes.nullNode();
      };
    }

    private JsonNode number(JsonToken token) {
      String text = parser.getString();
      if (token == JsonToken.VALUE_NUMBER_INT && text.length() < 19) {
        long value = Long.parseLong(text);
        return value == (int) value
            ? JsonNodeFactory.instance.numberNode((int) value)
            : JsonNodeFactory.instance.numberNode(value);
      }
      // A node of its own, so that its spelling can be found by it.
      JsonNode node =
          token == JsonToken.VALUE_NUMBER_INT
              ? Json.parse(text)
              : JsonNodeFactory.instance.numberNode(new BigDecimal(text));
      spellings.put(node, text);
      return node;
    }

    private ObjectNode object(String path) {
      ObjectNode object = Json.object();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        String at = path.isEmpty() ? name : path + "." + name;
        parser.nextToken();
        if (object.has(name)) {
          duplicates.add(at);
        }
        object.set(name, value(at));
      }
      return object;
    }

    private ArrayNode array(String path) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        array.add(value(path + "[" + array.size() + "]"));
      }
      return array;
    }
  }

  /** The text of a member of the root, empty where it is no text. */
  public String text(String member) {
    JsonNode value = root.path(member);
    return value.isString() ? value.stringValue() : "";
  }

  /** The root as an object; null stands for an empty one, and null is answered for all else. */
  public @Nullable ObjectNode object() {
    if (root.isNull()) {
      return Json.object();
    }
    return root instanceof ObjectNode object ? object : null;
  }
}
