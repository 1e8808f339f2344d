package garrison.model.schema;

import garrison.model.json.Json;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The form in which documents are stored and served (spec: api-server 3): members in the order of
 * their struct, keys of maps sorted, empty optional members left out, members that always show
 * shown. Values are taken to be of the right type already. Pure; the result shares no node that can
 * be changed with its source.
 */
public final class Canonical {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Canonical() {}

  /** The canonical form of a document of that struct. */
  public static ObjectNode of(Struct struct, ObjectNode document) {
    ObjectNode result = Json.object();
    for (Field field : struct.fields()) {
      JsonNode value = member(field, document.get(field.name()));
      if (value != null) {
        result.set(field.name(), value);
      }
    }
    return result;
  }

  private static @Nullable JsonNode member(Field field, @Nullable JsonNode given) {
    if (given == null || given.isNull()) {
      return absent(field);
    }
    JsonNode value = value(field.type(), given);
    return field.omitEmpty() && !field.pointer() && isEmpty(field.type(), value) ? null : value;
  }

  /** What is written for a member that nobody set. */
  private static @Nullable JsonNode absent(Field field) {
    if (field.pointer()) {
      return field.omitEmpty() ? null : NODES.nullNode();
    }
    return switch (field.type()) {
      // Values that cannot be empty: omitempty does not apply to them.
      case Type.Ref ref -> of(Schema.struct(ref.struct()), Json.object());
      case Type.Scalar scalar when scalar == Type.Scalar.QUANTITY -> NODES.stringNode("0");
      case Type.Scalar scalar when scalar == Type.Scalar.INT_OR_STRING -> NODES.numberNode(0);
      case Type.Scalar scalar when scalar == Type.Scalar.TIME ->
          // The one time that is left out: an object shows when it was created, or nothing.
          field.name().equals("creationTimestamp") ? null : NODES.nullNode();
      case Type.Scalar scalar when scalar == Type.Scalar.MICRO_TIME -> NODES.nullNode();
      case Type.Scalar scalar -> field.omitEmpty() ? null : zero(scalar);
      case Type.ListOf list -> field.omitEmpty() ? null : NODES.nullNode();
      case Type.MapOf map -> field.omitEmpty() ? null : NODES.nullNode();
    };
  }

  private static JsonNode zero(Type.Scalar scalar) {
    return switch (scalar) {
      case STRING -> NODES.stringNode("");
      case BOOL -> NODES.booleanNode(false);
      case INT32, INT64 -> NODES.numberNode(0);
      default -> NODES.nullNode();
    };
  }

  private static JsonNode value(Type type, JsonNode given) {
    return switch (type) {
      case Type.Ref ref ->
          given instanceof ObjectNode object ? of(Schema.struct(ref.struct()), object) : given;
      case Type.ListOf list -> {
        ArrayNode items = NODES.arrayNode();
        for (JsonNode item : given) {
          items.add(value(list.element(), item));
        }
        yield items;
      }
      case Type.MapOf map -> {
        TreeMap<String, JsonNode> sorted = new TreeMap<>();
        given.forEachEntry((key, item) -> sorted.put(key, value(map.value(), item)));
        ObjectNode members = NODES.objectNode();
        sorted.forEach(members::set);
        yield members;
      }
      case Type.Scalar scalar -> scalar == Type.Scalar.ANY ? given.deepCopy() : number(given);
    };
  }

  /** Numbers in the form in which they are read again. */
  private static JsonNode number(JsonNode given) {
    return given.isIntegralNumber() && given.canConvertToInt()
        ? NODES.numberNode(given.intValue())
        : given;
  }

  private static boolean isEmpty(Type type, JsonNode value) {
    return switch (type) {
      case Type.Ref ref -> false;
      case Type.ListOf list -> value.isEmpty();
      case Type.MapOf map -> value.isEmpty();
      case Type.Scalar scalar ->
          switch (scalar) {
            case STRING, BYTES -> value.isString() && value.stringValue().isEmpty();
            case BOOL -> value.isBoolean() && !value.booleanValue();
            case INT32, INT64 -> value.isIntegralNumber() && value.longValue() == 0;
            default -> false;
          };
    };
  }
}
