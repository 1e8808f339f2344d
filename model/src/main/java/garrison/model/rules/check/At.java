package garrison.model.rules.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;

/**
 * A place in a document: its path as errors name it, and what stands there. Going down never fails:
 * where nothing stands, the node is a missing one. A JSON null counts as nothing.
 *
 * @param path such as {@code spec.containers[0].image}, empty for the document itself
 * @param node what stands there
 */
public record At(String path, JsonNode node) {
  /** The document itself. */
  public static At of(JsonNode document) {
    return new At("", document);
  }

  /** A member of an object. */
  public At child(String name) {
    return new At(path.isEmpty() ? name : path + "." + name, node.path(name));
  }

  /** A member of a member, and so on. */
  public At child(String name, String... more) {
    At at = child(name);
    for (String next : more) {
      at = at.child(next);
    }
    return at;
  }

  /** An element of a list. */
  public At index(int index) {
    return new At(path + "[" + index + "]", node.path(index));
  }

  /** An entry of a map. */
  public At key(String key) {
    return new At(path + "[" + key + "]", node.path(key));
  }

  /** The elements of a list; none where there is no list. */
  public List<At> items() {
    if (!node.isArray()) {
      return List.of();
    }
    List<At> items = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      items.add(index(i));
    }
    return items;
  }

  /** Visits the entries of a map, in the order of the document. */
  public void entries(BiConsumer<String, At> visitor) {
    node.forEachEntry((key, value) -> visitor.accept(key, new At(path + "[" + key + "]", value)));
  }

  /** Whether anything stands here; an empty object does. */
  public boolean present() {
    return !node.isMissingNode() && !node.isNull();
  }

  /** Whether an object, list or map here has any content. */
  public boolean filled() {
    return !node.isEmpty();
  }

  /** The text here, empty where there is none. */
  public String text() {
    return node.isString() ? node.stringValue() : "";
  }

  /** The text of a member, empty where there is none. */
  public String text(String name) {
    JsonNode value = node.path(name);
    return value.isString() ? value.stringValue() : "";
  }

  /** The integer here, zero where there is none. */
  public long number() {
    return node.isIntegralNumber() ? node.longValue() : 0;
  }

  /** The integer of a member, zero where there is none. */
  public long number(String name) {
    JsonNode value = node.path(name);
    return value.isIntegralNumber() ? value.longValue() : 0;
  }

  /** Whether a member is true. */
  public boolean flag(String name) {
    JsonNode value = node.path(name);
    return value.isBoolean() && value.booleanValue();
  }

  /** Whether a member is there. */
  public boolean has(String name) {
    JsonNode value = node.path(name);
    return !value.isMissingNode() && !value.isNull();
  }
}
