package garrison.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
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
    Map<String, String> texts = new LinkedHashMap<>();
    map.forEachEntry((key, value) -> texts.put(key, value.isString() ? value.stringValue() : ""));
    return Collections.unmodifiableMap(texts);
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
