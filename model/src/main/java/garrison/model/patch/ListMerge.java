package garrison.model.patch;

import garrison.model.json.Json;
import garrison.model.schema.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Merges one list by a merge key, or a list of scalars as a set, and puts the result in order
 * (spec: api-server 11.1). Pure.
 *
 * @param element the struct of the items, null for scalars
 * @param mergeKey what tells items apart, empty for scalars
 * @param order of {@code $setElementOrder}, null where it was not given
 * @param deletions of {@code $deleteFromPrimitiveList}, missing where it was not given
 */
record ListMerge(
    @Nullable Struct element, String mergeKey, @Nullable JsonNode order, JsonNode deletions) {
  private static final String DIRECTIVE = StrategicPatch.DIRECTIVE;

  ArrayNode merge(ArrayNode live, ArrayNode patch) {
    if (replaces(patch)) {
      ArrayNode replaced = live.arrayNode();
      for (JsonNode item : patch) {
        if (!item.path(DIRECTIVE).asString("").equals("replace")) {
          replaced.add(item.deepCopy());
        }
      }
      return replaced;
    }
    List<JsonNode> present = new ArrayList<>();
    live.forEach(present::add);
    for (JsonNode deletion : deletions) {
      present.removeIf(item -> same(item, deletion));
    }
    List<JsonNode> changes = new ArrayList<>();
    for (JsonNode item : patch) {
      if (item.path(DIRECTIVE).asString("").equals("delete")) {
        JsonNode key = key(item);
        present.removeIf(other -> same(keyOf(other), key));
      } else {
        changes.add(item);
      }
    }
    checkOrder(changes);
    Map<String, JsonNode> merged = new LinkedHashMap<>();
    List<String> liveKeys = new ArrayList<>();
    for (JsonNode item : present) {
      String id = id(keyOf(item), merged);
      liveKeys.add(id);
      merged.put(id, item);
    }
    List<String> group = new ArrayList<>();
    for (JsonNode item : changes) {
      String id = key(item).toString();
      merged.put(id, merged(merged.get(id), item));
      if (!group.contains(id)) {
        group.add(id);
      }
    }
    ArrayNode result = live.arrayNode();
    for (String id : ordered(liveKeys, drawn(group, merged))) {
      JsonNode item = merged.get(id);
      if (item != null) {
        result.add(item.deepCopy());
      }
    }
    return result;
  }

  private boolean replaces(ArrayNode patch) {
    for (JsonNode item : patch) {
      if (item.path(DIRECTIVE).asString("").equals("replace")) {
        return true;
      }
    }
    return false;
  }

  /** Of live items with the same key only the first can be patched; the others stay. */
  private static String id(JsonNode key, Map<String, JsonNode> taken) {
    String id = key.toString();
    while (taken.containsKey(id)) {
      id = id + "'";
    }
    return id;
  }

  private JsonNode merged(@Nullable JsonNode live, JsonNode patch) {
    if (!(patch instanceof ObjectNode change)) {
      return patch;
    }
    ObjectNode before = live instanceof ObjectNode object ? object : Json.object();
    return StrategicPatch.merge(element, before, change);
  }

  private static boolean same(JsonNode a, JsonNode b) {
    return a.toString().equals(b.toString());
  }

  private JsonNode keyOf(JsonNode item) {
    return mergeKey.isEmpty() ? item : item.path(mergeKey);
  }

  private JsonNode key(JsonNode item) {
    if (mergeKey.isEmpty()) {
      return item;
    }
    JsonNode key = item.get(mergeKey);
    if (key == null) {
      throw PatchException.malformed(
          "map: " + GoNotation.of(item) + " does not contain declared merge key: " + mergeKey);
    }
    return key;
  }

  /** Every item of the patch must stand in the order that came with it, and in that order. */
  private void checkOrder(List<JsonNode> changes) {
    if (order == null) {
      return;
    }
    int at = 0;
    for (JsonNode item : changes) {
      JsonNode key = key(item);
      while (at < order.size() && !same(keyOf(order.get(at)), key)) {
        at++;
      }
      if (at == order.size()) {
        ArrayNode patch = Json.object().arrayNode().addAll(changes);
        throw PatchException.malformed(
            "The order in patch list:\n"
                + GoNotation.of(patch)
                + "\n doesn't match $setElementOrder list:\n"
                + GoNotation.of(order)
                + "\n");
      }
      at++;
    }
  }

  /** The patch's own items in their order; with an order, live ones that it names as well. */
  private List<String> drawn(List<String> group, Map<String, JsonNode> merged) {
    if (order == null) {
      return group;
    }
    List<String> drawn = new ArrayList<>();
    for (JsonNode entry : order) {
      String id = keyOf(entry).toString();
      if (merged.containsKey(id) && !drawn.contains(id)) {
        drawn.add(id);
      }
    }
    return drawn;
  }

  /** Live items that the patch does not know keep their place before live ones that it knows. */
  private static List<String> ordered(List<String> live, List<String> group) {
    List<String> others = new ArrayList<>(live);
    others.removeAll(group);
    List<String> result = new ArrayList<>();
    int own = 0;
    int other = 0;
    while (own < group.size() || other < others.size()) {
      boolean takeOther =
          own == group.size()
              || other < others.size()
                  && live.contains(group.get(own))
                  && live.indexOf(others.get(other)) < live.indexOf(group.get(own));
      result.add(takeOther ? others.get(other++) : group.get(own++));
    }
    return result;
  }
}
