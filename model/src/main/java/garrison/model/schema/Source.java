package garrison.model.schema;

import garrison.model.json.Json;
import garrison.model.json.Yaml;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  /** What Go's YAML reader puts before the lines of what it found. */
  private static final String YAML_FOUND = "yaml: unmarshal errors:";

  private final JsonNode root;
  private final Map<JsonNode, Set<String>> repeated;
  private final List<String> duplicates;
  private final Map<JsonNode, String> spellings;
  private final List<String> problems;

  private Source(JsonNode root, List<String> problems) {
    this.root = root;
    this.repeated = Map.of();
    this.duplicates = List.of();
    this.spellings = Map.of();
    this.problems = problems;
  }

  private Source(JsonNode root, Reader reader) {
    this.root = root;
    this.repeated = reader.repeated;
    this.duplicates = List.copyOf(reader.duplicates);
    this.spellings = reader.spellings;
    this.problems = List.of();
  }

  /** A document that was never text. */
  public static Source of(JsonNode document) {
    return new Source(document, List.of());
  }

  /**
   * Reads the first document of YAML text; of a key that stands twice the last one counts. An empty
   * text is an empty object.
   *
   * @throws DecodeException where it is no YAML; the message names the line
   */
  public static Source yaml(byte[] yaml) {
    List<String> found = new ArrayList<>();
    try {
      JsonNode root = Yaml.first(new String(yaml, StandardCharsets.UTF_8), found::add);
      // One problem of many lines: so it stands in refusals; a warning each is what clients see.
      List<String> problems =
          found.isEmpty() ? List.of() : List.of(YAML_FOUND + "\n  " + String.join("\n  ", found));
      return new Source(root, problems);
    } catch (Yaml.MalformedException e) {
      throw new DecodeException("yaml: " + e.getMessage());
    }
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
      JsonNode root = reader.value(null);
      return new Source(root, reader);
    } catch (JacksonException e) {
      throw new DecodeException(e.getOriginalMessage());
    }
  }

  /** The document. */
  public JsonNode root() {
    return root;
  }

  /** Whether a member stood more than once in this very object. */
  boolean duplicated(ObjectNode object, String member) {
    Set<String> members = repeated.get(object);
    return members != null && members.contains(member);
  }

  /** The paths of members of JSON text that stood more than once, in the order of the text. */
  public List<String> duplicates() {
    return duplicates;
  }

  /** What a strict reader refuses whatever it reads the document as. */
  List<String> problems() {
    return problems;
  }

  /** A number as it was spelled. */
  String spelling(JsonNode number) {
    String text = spellings.get(number);
    return text == null ? number.toString() : text;
  }

  /** Where a value stands; put into words only when somebody asks, as names may be long. */
  private record Place(@Nullable Place parent, String step) {
    String text() {
      Deque<String> steps = new ArrayDeque<>();
      for (Place place = this; place != null; place = place.parent) {
        steps.push(place.step);
      }
      String path = String.join("", steps);
      return path.startsWith(".") ? path.substring(1) : path;
    }
  }

  private static final class Reader {
    /** Of paths that are told: as many as upstream tells, and no longer than a client may read. */
    private static final int MOST_DUPLICATES = 100;

    private static final int MOST_CHARACTERS = 100_000;

    private final JsonParser parser;
    private final Map<JsonNode, Set<String>> repeated = new IdentityHashMap<>();
    private final List<String> duplicates = new ArrayList<>();
    private int characters;
    private final Map<JsonNode, String> spellings = new IdentityHashMap<>();

    Reader(JsonParser parser) {
      this.parser = parser;
    }

    JsonNode value(@Nullable Place place) {
      JsonToken token = parser.currentToken();
      JsonNodeFactory nodes = JsonNodeFactory.instance;
      return switch (token) {
        case START_OBJECT -> object(place);
        case START_ARRAY -> array(place);
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

    private ObjectNode object(@Nullable Place place) {
      ObjectNode object = Json.object();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        Place member = new Place(place, "." + name);
        parser.nextToken();
        if (object.has(name)) {
          repeat(object, name, member);
        }
        object.set(name, value(member));
      }
      return object;
    }

    private void repeat(ObjectNode object, String name, Place member) {
      boolean first = repeated.computeIfAbsent(object, node -> new HashSet<>()).add(name);
      if (first && duplicates.size() < MOST_DUPLICATES && characters < MOST_CHARACTERS) {
        String path = member.text();
        characters += path.length();
        duplicates.add(path);
      }
    }

    private ArrayNode array(@Nullable Place place) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        array.add(value(new Place(place, "[" + array.size() + "]")));
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
