package garrison.model.patch;

import garrison.model.json.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** RFC 7386: null removes, objects merge, all else replaces. Pure. */
public final class MergePatch {
  private MergePatch() {}

  /**
   * The patched copy.
   *
   * @throws PatchException where the patch is no object
   */
  public static ObjectNode apply(ObjectNode document, JsonNode patch) {
    if (!(patch instanceof ObjectNode object)) {
      throw notAnObject(patch);
    }
    ObjectNode result = document.deepCopy();
    merge(result, object);
    return result;
  }

  static PatchException notAnObject(JsonNode patch) {
    return PatchException.malformed(
        "error decoding patch: json: cannot unmarshal "
            + GoNotation.kindOf(patch)
            + " into Go value of type map[string]interface {}");
  }

  private static void merge(ObjectNode target, ObjectNode patch) {
    patch.forEachEntry(
        (name, value) -> {
          if (value.isNull()) {
            target.remove(name);
          } else if (value instanceof ObjectNode members) {
            ObjectNode nested =
                target.get(name) instanceof ObjectNode present ? present : Json.object();
            merge(nested, members);
            target.set(name, nested);
          } else {
            target.set(name, value.deepCopy());
          }
        });
  }
}
