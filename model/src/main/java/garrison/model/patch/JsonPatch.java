package garrison.model.patch;

import garrison.model.json.Depth;
import garrison.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** RFC 6902: a list of operations, of which all apply or none. Pure. */
public final class JsonPatch {
  private static final int MOST_OPERATIONS = 10_000;

  /** Bytes that all copies of one patch may add; ten of them could double a document ten times. */
  private static final long MOST_COPIED = 3L << 20;

  private long copied;

  private JsonPatch() {}

  /**
   * The patched copy.
   *
   * @throws PatchException where the patch is no list, or an operation fails
   */
  public static JsonNode apply(JsonNode document, JsonNode patch) {
    if (!patch.isArray()) {
      throw PatchException.malformed(
          "error decoding patch: json: cannot unmarshal "
              + GoNotation.kindOf(patch)
              + " into Go value of type []handlers.jsonPatchOp");
    }
    if (patch.size() > MOST_OPERATIONS) {
      throw new PatchException(
          PatchException.Kind.TOO_LARGE,
          "Request entity too large: The allowed maximum operations in a JSON patch is "
              + MOST_OPERATIONS
              + ", got "
              + patch.size());
    }
    JsonNode result = document.deepCopy();
    JsonPatch running = new JsonPatch();
    for (JsonNode operation : patch) {
      result = running.step(result, operation);
    }
    return result;
  }

  private JsonNode step(JsonNode document, JsonNode operation) {
    List<String> path = pointer(operation, "path");
    return switch (operation.path("op").asString("")) {
      case "add" -> add(document, path, value(operation));
      case "replace" -> replace(document, path, value(operation));
      case "remove" -> {
        remove(document, path);
        yield document;
      }
      case "test" -> {
        test(document, path, operation.path("value"));
        yield document;
      }
      case "copy" -> add(document, path, copy(get(document, pointer(operation, "from"))));
      case "move" -> {
        List<String> from = pointer(operation, "from");
        JsonNode moved = get(document, from);
        remove(document, from);
        yield add(document, path, moved);
      }
      default ->
          throw PatchException.rejected("unexpected kind: " + operation.path("op").asString(""));
    };
  }

  private JsonNode copy(JsonNode original) {
    copied += Json.bytes(original).length;
    if (copied > MOST_COPIED) {
      throw PatchException.rejected("the copies of this patch exceed " + MOST_COPIED + " bytes");
    }
    return original.deepCopy();
  }

  private static JsonNode value(JsonNode operation) {
    if (!operation.has("value")) {
      throw PatchException.rejected("missing value");
    }
    return operation.path("value").deepCopy();
  }

  private static List<String> pointer(JsonNode operation, String member) {
    JsonNode text = operation.path(member);
    if (!text.isString() || !text.stringValue().isEmpty() && text.stringValue().charAt(0) != '/') {
      throw PatchException.rejected("no JSON pointer in " + member);
    }
    List<String> steps = new ArrayList<>();
    String[] parts = text.stringValue().split("/", -1);
    for (int i = 1; i < parts.length; i++) {
      steps.add(parts[i].replace("~1", "/").replace("~0", "~"));
    }
    return steps;
  }

  private static JsonNode get(JsonNode document, List<String> path) {
    JsonNode node = document;
    for (String step : path) {
      node = child(node, step);
    }
    return node;
  }

  private static JsonNode child(JsonNode parent, String step) {
    JsonNode child =
        parent instanceof ArrayNode array
            ? array.get(index(array, step, array.size() - 1))
            : parent.get(step);
    if (child == null) {
      throw PatchException.rejected("no such path: " + step);
    }
    return child;
  }

  private static int index(ArrayNode array, String step, int most) {
    int index;
    try {
      index = Integer.parseInt(step);
    } catch (NumberFormatException e) {
      throw PatchException.rejected("no index: " + step);
    }
    if (index < 0) {
      index += array.size();
    }
    if (index < 0 || index > most) {
      throw PatchException.rejected("index out of bounds: " + step);
    }
    return index;
  }

  private static JsonNode parent(JsonNode document, List<String> path) {
    return get(document, path.subList(0, path.size() - 1));
  }

  private static JsonNode add(JsonNode document, List<String> path, JsonNode value) {
    checkDepth(path, value);
    if (path.isEmpty()) {
      return value;
    }
    switch (parent(document, path)) {
      case ObjectNode object -> object.set(path.getLast(), value);
      case ArrayNode array -> {
        if (path.getLast().equals("-")) {
          array.add(value);
        } else {
          array.insert(index(array, path.getLast(), array.size()), value);
        }
      }
      default -> throw PatchException.rejected("no container at the path");
    }
    return document;
  }

  private static JsonNode replace(JsonNode document, List<String> path, JsonNode value) {
    checkDepth(path, value);
    if (path.isEmpty()) {
      return value;
    }
    JsonNode parent = parent(document, path);
    child(parent, path.getLast());
    switch (parent) {
      case ObjectNode object -> object.set(path.getLast(), value);
      case ArrayNode array -> array.set(index(array, path.getLast(), array.size() - 1), value);
      default -> throw PatchException.rejected("no container at the path");
    }
    return document;
  }

  private static void checkDepth(List<String> path, JsonNode value) {
    if (Depth.exceeds(value, Depth.MOST - path.size())) {
      throw PatchException.rejected("nested more than " + Depth.MOST + " levels deep");
    }
  }

  private static void remove(JsonNode document, List<String> path) {
    if (path.isEmpty()) {
      throw PatchException.rejected("the whole document cannot be removed");
    }
    JsonNode parent = parent(document, path);
    child(parent, path.getLast());
    switch (parent) {
      case ObjectNode object -> object.remove(path.getLast());
      case ArrayNode array -> array.remove(index(array, path.getLast(), array.size() - 1));
      default -> throw PatchException.rejected("no container at the path");
    }
  }

  private static void test(JsonNode document, List<String> path, JsonNode expected) {
    JsonNode present;
    try {
      present = get(document, path);
    } catch (PatchException e) {
      if (expected.isNull()) {
        return;
      }
      throw e;
    }
    if (!present.equals(JsonPatch::compare, expected)) {
      throw PatchException.rejected("testing value failed");
    }
  }

  private static int compare(JsonNode a, JsonNode b) {
    boolean same =
        a.equals(b)
            || a.isNumber() && b.isNumber() && a.decimalValue().compareTo(b.decimalValue()) == 0;
    return same ? 0 : 1;
  }
}
