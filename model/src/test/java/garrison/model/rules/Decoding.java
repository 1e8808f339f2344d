package garrison.model.rules;

import garrison.model.Quantity;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What comes before the rules and after them: decoding, patching, the canonical form. */
final class Decoding {
  private static final Set<String> TEXT_MAPS = Set.of("labels", "annotations", "data");
  private static final Set<String> QUANTITY_MAPS = Set.of("limits", "requests");

  private Decoding() {}

  static ObjectNode decode(Kind kind, JsonNode sent) {
    return (ObjectNode) withoutNulls(sent, "");
  }

  static ObjectNode canonical(Kind kind, ObjectNode document) {
    return (ObjectNode) withoutNulls(document, "");
  }

  private static JsonNode withoutNulls(JsonNode node, String name) {
    if (node instanceof ObjectNode object) {
      ObjectNode copy = Json.object();
      for (Map.Entry<String, JsonNode> member : List.copyOf(object.properties())) {
        if (QUANTITY_MAPS.contains(name)) {
          copy.put(member.getKey(), Quantity.parse(member.getValue().asString()).canonical());
        } else if (!member.getValue().isNull()) {
          copy.set(member.getKey(), withoutNulls(member.getValue(), member.getKey()));
        } else if (TEXT_MAPS.contains(name)) {
          copy.put(member.getKey(), "");
        }
      }
      return copy;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = Json.mapper().createArrayNode();
      array.forEach(element -> copy.add(withoutNulls(element, "")));
      return copy;
    }
    return node;
  }

  /** Whether the canonical form may leave a value out. */
  static boolean isZero(JsonNode value) {
    return Set.of("0", "false", "\"\"").contains(value.toString());
  }

  /** A JSON merge patch. */
  static JsonNode merged(JsonNode target, JsonNode patch) {
    if (!(patch instanceof ObjectNode changes)) {
      return patch;
    }
    ObjectNode result = target instanceof ObjectNode object ? object.deepCopy() : Json.object();
    changes.forEachEntry(
        (name, change) -> {
          if (change.isNull()) {
            result.remove(name);
          } else {
            result.set(name, merged(result.path(name), change));
          }
        });
    return result;
  }
}
