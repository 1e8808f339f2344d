package garrison.model.patch;

import garrison.model.schema.Field;
import garrison.model.schema.Schema;
import garrison.model.schema.Struct;
import garrison.model.schema.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Merges what is wanted into what is there, knowing what was wanted before: the client's side of
 * {@code kubectl apply} (spec: api-server 11.1). What was wanted before and is no longer goes, what
 * somebody else set stays. Lists with a merge key are merged item by item, others are replaced.
 */
public final class ThreeWayMerge {
  private ThreeWayMerge() {}

  /**
   * The merged document; none of the arguments is changed.
   *
   * @param struct key of the kind's struct in the schema, null for a kind outside it
   * @param earlier what was wanted before, an empty object where nothing was
   * @param live what is there
   * @param wanted what is wanted now
   */
  public static ObjectNode merge(
      @Nullable String struct, JsonNode earlier, ObjectNode live, ObjectNode wanted) {
    ObjectNode merged = live.deepCopy();
    mergeObject(struct == null ? null : Schema.find(struct), earlier, merged, wanted);
    return merged;
  }

  private static void mergeObject(
      @Nullable Struct type, JsonNode earlier, ObjectNode target, ObjectNode wanted) {
    for (String name : names(earlier)) {
      if (!wanted.has(name)) {
        target.remove(name);
      }
    }
    for (var member : wanted.properties()) {
      String name = member.getKey();
      JsonNode value = member.getValue();
      Field field = type == null ? null : type.field(name);
      JsonNode there = target.path(name);
      JsonNode before = earlier.path(name);
      if (value.isNull()) {
        target.remove(name);
      } else if (value instanceof ObjectNode object && there instanceof ObjectNode inner) {
        mergeObject(struct(field), before, inner, object);
      } else if (value instanceof ArrayNode list
          && there instanceof ArrayNode items
          && field != null
          && !field.patchMergeKey().isEmpty()) {
        target.set(name, mergeList(field, before, items, list));
      } else {
        target.set(name, value.deepCopy());
      }
    }
  }

  /** Items wanted come first, in their order, then those that only others set. */
  private static ArrayNode mergeList(
      Field field, JsonNode earlier, ArrayNode items, ArrayNode wanted) {
    String key = field.patchMergeKey();
    ArrayNode merged = items.arrayNode();
    for (JsonNode want : wanted) {
      JsonNode there = find(items, key, want.path(key));
      if (there instanceof ObjectNode item && want instanceof ObjectNode object) {
        ObjectNode copy = item.deepCopy();
        JsonNode before = find(earlier, key, want.path(key));
        mergeObject(struct(field), before == null ? copy.objectNode() : before, copy, object);
        merged.add(copy);
      } else {
        merged.add(want.deepCopy());
      }
    }
    for (JsonNode item : items) {
      boolean ours = find(wanted, key, item.path(key)) != null;
      boolean dropped = find(earlier, key, item.path(key)) != null;
      if (!ours && !dropped) {
        merged.add(item.deepCopy());
      }
    }
    return merged;
  }

  /** The struct of a member, or of the items of a list; null where there is none. */
  private static @Nullable Struct struct(@Nullable Field field) {
    return field == null
        ? null
        : switch (field.type()) {
          case Type.Ref(String name) -> Schema.find(name);
          case Type.ListOf(Type.Ref(String name)) -> Schema.find(name);
          default -> null;
        };
  }

  private static @Nullable JsonNode find(JsonNode list, String key, JsonNode value) {
    for (JsonNode item : list) {
      if (item.path(key).equals(value)) {
        return item;
      }
    }
    return null;
  }

  private static List<String> names(JsonNode object) {
    return object instanceof ObjectNode node ? List.copyOf(node.propertyNames()) : List.of();
  }
}
