package garrison.model.rules.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fills in members that are not there. As in Go, an empty text and a zero count as not there, which
 * is what a default is for. All work in place.
 */
public final class Members {
  private Members() {}

  /** Sets a text that is absent or empty. */
  public static void text(ObjectNode object, String name, String value) {
    JsonNode present = object.path(name);
    if (!present.isString() || present.stringValue().isEmpty()) {
      object.put(name, value);
    }
  }

  /** Sets a number that is absent or zero. */
  public static void number(ObjectNode object, String name, long value) {
    JsonNode present = object.path(name);
    if (!present.isIntegralNumber() || present.longValue() == 0) {
      put(object, name, value);
    }
  }

  /** Sets a number that is absent; a zero stands. */
  public static void missingNumber(ObjectNode object, String name, long value) {
    if (absent(object, name)) {
      put(object, name, value);
    }
  }

  /** Sets a number as a reader of JSON would: small ones as int, so that documents compare. */
  public static void put(ObjectNode object, String name, long value) {
    if (value == (int) value) {
      object.put(name, (int) value);
    } else {
      object.put(name, value);
    }
  }

  /** Sets a text that is absent; an empty one stands. */
  public static void missingText(ObjectNode object, String name, String value) {
    if (absent(object, name)) {
      object.put(name, value);
    }
  }

  /** Sets a flag that is absent; a false stands. */
  public static void missingFlag(ObjectNode object, String name, boolean value) {
    if (absent(object, name)) {
      object.put(name, value);
    }
  }

  /** The object that is a member, made where it is absent. */
  public static ObjectNode object(ObjectNode object, String name) {
    return object.path(name) instanceof ObjectNode present ? present : object.putObject(name);
  }

  /** Does something with a member that is an object, and nothing where it is none. */
  public static void with(ObjectNode object, String name, Consumer<ObjectNode> change) {
    if (object.path(name) instanceof ObjectNode present) {
      change.accept(present);
    }
  }

  /** Does something with each object in a list. */
  public static void each(ObjectNode object, String name, Consumer<ObjectNode> change) {
    for (ObjectNode element : objects(object, name)) {
      change.accept(element);
    }
  }

  /** The objects in a list; none where there is no list. */
  public static List<ObjectNode> objects(JsonNode object, String name) {
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode element : object.path(name)) {
      if (element instanceof ObjectNode child) {
        objects.add(child);
      }
    }
    return objects;
  }

  /** Sets a member to a copy of what another document has there, or removes it. */
  public static void carry(JsonNode from, ObjectNode to, String name) {
    JsonNode value = from.path(name);
    if (value.isMissingNode()) {
      to.remove(name);
    } else {
      to.set(name, value.deepCopy());
    }
  }

  /** Whether nothing is there. */
  public static boolean absent(JsonNode object, String name) {
    @Nullable JsonNode value = object.get(name);
    return value == null || value.isNull();
  }
}
