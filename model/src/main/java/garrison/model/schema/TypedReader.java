package garrison.model.schema;

import garrison.model.Quantity;
import garrison.model.json.Json;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a document as a struct (spec: api-server 5.2, 6.3): a value of the wrong type is refused,
 * members that the struct does not have are left out and told, and values get their canonical
 * spelling. One reader reads one document.
 */
public final class TypedReader {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Upstream tells no more of one document either. */
  private static final int MOST_PROBLEMS = 100;

  private static final Struct METADATA = Schema.struct("meta.v1.ObjectMeta");

  private final Source source;
  private final List<String> problems;

  /** For one document. */
  public TypedReader(Source source) {
    this.source = source;
    this.problems = new ArrayList<>(source.problems());
  }

  /**
   * The document in canonical form.
   *
   * @throws DecodeException for the first value of a wrong type
   */
  public ObjectNode read(Struct struct, ObjectNode document) {
    return Canonical.of(struct, struct(struct, document, "", ""));
  }

  /**
   * The document of a kind without a struct: its metadata in canonical form, the rest as it came.
   *
   * @throws DecodeException for the first value of a wrong type in the metadata
   */
  public ObjectNode readUntyped(ObjectNode document) {
    ObjectNode result = document.deepCopy();
    for (String path : source.duplicates()) {
      if (!path.startsWith("metadata.")) {
        problem("duplicate", path);
      }
    }
    if (document.get("metadata") instanceof ObjectNode metadata) {
      ObjectNode typed = struct(METADATA, metadata, "metadata", "metadata");
      result.set("metadata", Canonical.of(METADATA, typed));
    }
    return result;
  }

  /**
   * What a strict reader refuses, in the order of the document, such as {@code unknown field …};
   * the first 100. What stands twice in YAML is one problem of several lines, before all others.
   */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  private void problem(String what, String path) {
    if (problems.size() < MOST_PROBLEMS) {
      problems.add(what + " field \"" + path + "\"");
    }
  }

  /**
   * One struct.
   *
   * @param path with indexes, for problems
   * @param goPath without, as errors of Go's decoder show it
   */
  private ObjectNode struct(Struct struct, ObjectNode given, String path, String goPath) {
    ObjectNode result = Json.object();
    given.forEachEntry(
        (name, value) -> {
          String at = path.isEmpty() ? name : path + "." + name;
          Field field = struct.field(name);
          if (field == null) {
            problem("unknown", at);
            return;
          }
          if (source.duplicated(given, name)) {
            problem("duplicate", at);
          }
          if (!value.isNull()) {
            String goAt = goPath.isEmpty() ? name : goPath + "." + name;
            Place place = new Place(struct.goName() + "." + goAt, goAt, field.goType());
            result.set(name, value(field.type(), value, at, place));
          }
        });
    return result;
  }

  /** Where a value stands, for the words of an error. */
  private record Place(String member, String goPath, String goType) {
    Place element(String elementType) {
      return new Place(member, goPath, elementType);
    }

    DecodeException mismatch(String what, String type) {
      return new DecodeException(
          "json: cannot unmarshal " + what + " into Go struct field " + member + " of type " + type,
          new DecodeException.Mismatch(what, type));
    }
  }

  private JsonNode value(Type type, JsonNode given, String path, Place place) {
    return switch (type) {
      case Type.Ref ref -> {
        if (!(given instanceof ObjectNode object)) {
          throw place.mismatch(kindOf(given), goStruct(ref.struct()));
        }
        yield struct(Schema.struct(ref.struct()), object, path, place.goPath());
      }
      case Type.ListOf list -> list(list, given, path, place);
      case Type.MapOf map -> map(map, given, path, place);
      case Type.Scalar scalar -> scalar(scalar, given, place);
    };
  }

  private static String goStruct(String name) {
    int last = name.lastIndexOf('.');
    return name.substring(name.lastIndexOf('.', last - 1) + 1);
  }

  private JsonNode list(Type.ListOf list, JsonNode given, String path, Place place) {
    if (!given.isArray()) {
      throw place.mismatch(kindOf(given), goType(list));
    }
    Place element = place.element(goType(list.element()));
    ArrayNode items = NODES.arrayNode();
    for (JsonNode item : given) {
      items.add(
          item.isNull()
              ? empty(list.element())
              : value(list.element(), item, path + "[" + items.size() + "]", element));
    }
    return items;
  }

  private JsonNode map(Type.MapOf map, JsonNode given, String path, Place place) {
    if (!(given instanceof ObjectNode object)) {
      throw place.mismatch(kindOf(given), goType(map));
    }
    Place element = place.element(goType(map.value()));
    ObjectNode members = Json.object();
    object.forEachEntry(
        (key, item) -> {
          String at = path + "." + key;
          if (source.duplicated(object, key)) {
            problem("duplicate", at);
          }
          members.set(
              key, item.isNull() ? empty(map.value()) : value(map.value(), item, at, element));
        });
    return members;
  }

  /** What null is in a list or a map. */
  private static JsonNode empty(Type type) {
    return switch (type) {
      case Type.Ref ref -> Json.object();
      case Type.ListOf list -> NODES.nullNode();
      case Type.MapOf map -> NODES.nullNode();
      case Type.Scalar scalar ->
          switch (scalar) {
            case STRING, BYTES -> NODES.stringNode("");
            case BOOL -> NODES.booleanNode(false);
            case INT32, INT64, INT_OR_STRING -> NODES.numberNode(0);
            case QUANTITY -> NODES.stringNode("0");
            default -> NODES.nullNode();
          };
    };
  }

  private JsonNode scalar(Type.Scalar scalar, JsonNode given, Place place) {
    return switch (scalar) {
      case STRING -> {
        if (!given.isString()) {
          throw place.mismatch(kindOf(given), plain(place.goType(), "string"));
        }
        yield given;
      }
      case BOOL -> {
        if (!given.isBoolean()) {
          throw place.mismatch(kindOf(given), "bool");
        }
        yield given;
      }
      case INT32 -> integer(given, place, Integer.MIN_VALUE, Integer.MAX_VALUE, "int32");
      case INT64 -> integer(given, place, Long.MIN_VALUE, Long.MAX_VALUE, "int64");
      case INT_OR_STRING ->
          given.isString()
              ? given
              : integer(given, place, Integer.MIN_VALUE, Integer.MAX_VALUE, "int32");
      case QUANTITY -> quantity(given);
      case TIME -> NODES.stringNode(GoTimes.seconds(text(given, place)));
      case MICRO_TIME -> NODES.stringNode(GoTimes.micros(text(given, place)));
      case BYTES -> bytes(text(given, place));
      case ANY -> given;
    };
  }

  private static String text(JsonNode given, Place place) {
    if (!given.isString()) {
      throw place.mismatch(kindOf(given), "string");
    }
    return given.stringValue();
  }

  private JsonNode integer(JsonNode given, Place place, long least, long most, String type) {
    boolean fits =
        given.isIntegralNumber()
            && given.canConvertToLong()
            && given.longValue() >= least
            && given.longValue() <= most;
    if (!fits) {
      throw place.mismatch(
          given.isNumber() ? "number " + source.spelling(given) : kindOf(given), type);
    }
    return given.canConvertToInt()
        ? NODES.numberNode(given.intValue())
        : NODES.numberNode(given.longValue());
  }

  private JsonNode quantity(JsonNode given) {
    String text = given.isString() ? given.stringValue() : source.spelling(given);
    try {
      return NODES.stringNode(Quantity.parse(text.strip()).written());
    } catch (IllegalArgumentException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
  }

  private static JsonNode bytes(String text) {
    try {
      String joined = text.replace("\n", "").replace("\r", "");
      byte[] decoded = Base64.getDecoder().decode(joined);
      return NODES.stringNode(Base64.getEncoder().encodeToString(decoded));
    } catch (IllegalArgumentException e) {
      throw new DecodeException("illegal base64 data at input byte " + firstBad(text));
    }
  }

  private static int firstBad(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean fine = c < 128 && (Character.isLetterOrDigit(c) || c == '+' || c == '/');
      if (!fine && c != '\n' && c != '\r') {
        return i;
      }
    }
    return text.length() / 4 * 4;
  }

  private static String kindOf(JsonNode given) {
    return switch (given.getNodeType()) {
      case STRING -> "string";
      case NUMBER -> "number";
      case BOOLEAN -> "bool";
      case ARRAY -> "array";
      default -> "object";
    };
  }

  private static String goType(Type type) {
    return switch (type) {
      case Type.Ref ref -> goStruct(ref.struct());
      case Type.ListOf list -> "[]" + goType(list.element());
      case Type.MapOf map -> "map[string]" + goType(map.value());
      case Type.Scalar scalar ->
          switch (scalar) {
            case STRING, TIME, MICRO_TIME -> "string";
            case BOOL -> "bool";
            case INT32, INT_OR_STRING -> "int32";
            case INT64 -> "int64";
            case QUANTITY -> "resource.Quantity";
            case BYTES -> "[]uint8";
            case ANY -> "interface {}";
          };
    };
  }

  /** The name of a named text type, with its package as Go shows it. */
  private static String plain(String goType, String otherwise) {
    String name = goType.startsWith("*") ? goType.substring(1) : goType;
    if (name.isEmpty()
        || name.equals(otherwise)
        || name.startsWith("[]")
        || name.startsWith("map")) {
      return otherwise;
    }
    return name.contains(".") ? name : "v1." + name;
  }
}
