package garrison.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads members of documents that may lack anything. Pure. */
final class Fields {
  private Fields() {}

  /** The text of a member, empty where it is absent, null or no text. */
  static String text(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isString() ? value.stringValue() : "";
  }

  /** The same, for what many objects say alike. */
  static String word(JsonNode object, String name) {
    return SharedTexts.of(text(object, name));
  }

  /** The number of a member, or {@code otherwise}. */
  static long number(JsonNode object, String name, long otherwise) {
    JsonNode value = object.path(name);
    return value.isIntegralNumber() ? value.longValue() : otherwise;
  }

  /** The number of a member, null where there is none. */
  static @Nullable Long numberOrNull(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isIntegralNumber() ? value.longValue() : null;
  }

  /** Whether a member is true. */
  static boolean flag(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isBoolean() && value.booleanValue();
  }

  /** A map of texts, in the order of the document; empty where it is absent. */
  static Map<String, String> texts(JsonNode map) {
    if (!map.isObject() || map.isEmpty()) {
      return Map.of();
    }
    List<String> texts = new ArrayList<>(2 * map.size());
    map.forEachEntry(
        (key, value) -> {
          texts.add(key);
          texts.add(value.isString() ? SharedTexts.of(value.stringValue()) : "");
        });
    return TextMap.of(texts);
  }

  /** A list, each element read by {@code read}; empty where it is absent. */
  static <T> List<T> list(JsonNode array, Function<JsonNode, T> read) {
    if (!array.isArray() || array.isEmpty()) {
      return List.of();
    }
    List<T> list = new ArrayList<>(array.size());
    for (JsonNode element : array) {
      list.add(read.apply(element));
    }
    return List.copyOf(list);
  }
}
