package garrison.model.patch;

import garrison.model.json.Json;
import garrison.model.schema.Field;
import garrison.model.schema.Schema;
import garrison.model.schema.Struct;
import garrison.model.schema.Type;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Strategic merge patch (spec: api-server 11.1): objects merge member by member, lists by the merge
 * key that their struct names, and directives in the patch say what else to do. Pure.
 */
public final class StrategicPatch {
  static final String DIRECTIVE = "$patch";
  private static final String RETAIN_KEYS = "$retainKeys";
  private static final String ELEMENT_ORDER = "$setElementOrder/";
  private static final String DELETE_FROM_LIST = "$deleteFromPrimitiveList/";

  private StrategicPatch() {}

  /**
   * The patched copy.
   *
   * @param struct of the document
   * @throws PatchException where the patch is no object, or breaks the rules of its directives
   */
  public static ObjectNode apply(Struct struct, ObjectNode document, JsonNode patch) {
    if (!(patch instanceof ObjectNode object)) {
      throw MergePatch.notAnObject(patch);
    }
    return merge(struct, document, object);
  }

  /** Merges one object; {@code struct} is null where nobody describes it. */
  static ObjectNode merge(@Nullable Struct struct, ObjectNode live, ObjectNode patch) {
    JsonNode directive = patch.get(DIRECTIVE);
    if (directive != null) {
      switch (directive.asString("")) {
        case "replace" -> {
          return plain(patch);
        }
        case "delete" -> {
          return Json.object();
        }
        case "merge" -> {}
        default ->
            throw PatchException.malformed(
                "unknown patch type: "
                    + GoNotation.of(directive)
                    + " in map: "
                    + GoNotation.of(patch));
      }
    }
    ObjectNode result = live.deepCopy();
    Set<String> lists = new HashSet<>();
    for (var member : patch.properties()) {
      String name = member.getKey();
      if (name.startsWith(ELEMENT_ORDER)) {
        lists.add(name.substring(ELEMENT_ORDER.length()));
      } else if (name.startsWith(DELETE_FROM_LIST)) {
        lists.add(name.substring(DELETE_FROM_LIST.length()));
      } else if (!name.equals(DIRECTIVE) && !name.equals(RETAIN_KEYS)) {
        if (member.getValue().isArray()) {
          lists.add(name);
        } else {
          set(struct, result, name, member.getValue());
        }
      }
    }
    for (String name : lists) {
      mergeList(struct, result, name, patch);
    }
    retain(result, patch);
    return result;
  }

  private static void set(@Nullable Struct struct, ObjectNode result, String name, JsonNode value) {
    if (value.isNull()) {
      result.remove(name);
      return;
    }
    if (!(value instanceof ObjectNode members)) {
      result.set(name, value.deepCopy());
      return;
    }
    Field field = struct == null ? null : struct.field(name);
    boolean replaced = field != null && field.patchStrategies().contains("replace");
    ObjectNode present =
        !replaced && result.get(name) instanceof ObjectNode object ? object : Json.object();
    result.set(name, merge(nested(field), present, members));
    if (members.path(DIRECTIVE).asString("").equals("delete")) {
      result.remove(name);
    }
  }

  private static @Nullable Struct nested(@Nullable Field field) {
    return field != null && field.type() instanceof Type.Ref(String name)
        ? Schema.find(name)
        : null;
  }

  private static void mergeList(
      @Nullable Struct struct, ObjectNode result, String name, ObjectNode patch) {
    Field field = struct == null ? null : struct.field(name);
    JsonNode change = patch.get(name);
    if (change != null && !change.isArray()) {
      // Set or removed already; what it was ordered by does not matter any more.
      return;
    }
    ArrayNode items = change instanceof ArrayNode array ? array : null;
    if (field == null || !field.merges()) {
      if (items != null) {
        result.set(name, items.deepCopy());
      }
      return;
    }
    ArrayNode live = result.get(name) instanceof ArrayNode array ? array : null;
    if (live == null && items == null) {
      return;
    }
    Struct element =
        field.type() instanceof Type.ListOf(Type.Ref(String ref)) ? Schema.find(ref) : null;
    ListMerge merge =
        new ListMerge(
            element,
            element == null ? "" : field.patchMergeKey(),
            patch.get(ELEMENT_ORDER + name),
            patch.path(DELETE_FROM_LIST + name));
    result.set(
        name,
        merge.merge(
            live == null ? result.arrayNode() : live, items == null ? result.arrayNode() : items));
  }

  /** Drops what the patch does not name as kept. */
  private static void retain(ObjectNode result, ObjectNode patch) {
    if (!(patch.get(RETAIN_KEYS) instanceof ArrayNode kept)) {
      return;
    }
    Set<String> names = new HashSet<>();
    kept.forEach(name -> names.add(name.asString("")));
    for (String name : patch.propertyNames()) {
      if (!name.startsWith("$") && !names.contains(name)) {
        throw PatchException.malformed(
            "all keys in the patch must be in " + RETAIN_KEYS + ": " + name + " is not");
      }
    }
    result.retain(names);
  }

  /** A value of a patch that meets nothing: what is left of it without directives and nulls. */
  private static ObjectNode plain(ObjectNode patch) {
    ObjectNode copy = patch.deepCopy();
    copy.remove(DIRECTIVE);
    return copy;
  }
}
