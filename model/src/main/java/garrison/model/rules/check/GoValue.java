package garrison.model.rules.check;

import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Prints a value as upstream's errors do: texts quoted, numbers and flags plain, all else as
 * compact JSON with its HTML-safe escapes (spec: api-server 13). Pure.
 */
public final class GoValue {
  private GoValue() {}

  /** The value as it stands in a message; a missing one is {@code null}. */
  public static String of(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String text -> quoted(text);
      case JsonNode node -> ofNode(node);
      default -> value.toString();
    };
  }

  private static String ofNode(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return "null";
    }
    return node.isString() ? quoted(node.stringValue()) : json(node);
  }

  /** Compact JSON, with the characters escaped that HTML cares for. */
  public static String json(JsonNode node) {
    String plain = new String(Json.bytes(node), StandardCharsets.UTF_8);
    StringBuilder escaped = new StringBuilder(plain.length());
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      switch (c) {
        case '<', '>', '&', '\u2028', '\u2029' -> escaped.append(String.format("\\u%04x", (int) c));
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  /** A map with its keys in order, as maps are printed; a missing node where there is none. */
  public static JsonNode sorted(JsonNode map) {
    if (!map.isObject()) {
      return map;
    }
    TreeMap<String, JsonNode> entries = new TreeMap<>();
    map.forEachEntry(entries::put);
    ObjectNode sorted = Json.object();
    entries.forEach(sorted::set);
    return sorted;
  }

  /** A text in double quotes, with what is not printable escaped. */
  public static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(c -> append(quoted, c));
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder quoted, int c) {
    switch (c) {
      case '"' -> quoted.append("\\\"");
      case '\\' -> quoted.append("\\\\");
      case 0x07 -> quoted.append("\\a");
      case '\b' -> quoted.append("\\b");
      case '\f' -> quoted.append("\\f");
      case '\n' -> quoted.append("\\n");
      case '\r' -> quoted.append("\\r");
      case '\t' -> quoted.append("\\t");
      case 0x0b -> quoted.append("\\v");
      default -> {
        if (printable(c)) {
          quoted.appendCodePoint(c);
        } else if (c < 0x80) {
          quoted.append(String.format("\\x%02x", c));
        } else if (c < 0x10000) {
          quoted.append(String.format("\\u%04x", c));
        } else {
          quoted.append(String.format("\\U%08x", c));
        }
      }
    }
  }

  private static boolean printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }
}
