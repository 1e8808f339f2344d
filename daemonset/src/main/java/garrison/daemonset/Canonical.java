package garrison.daemonset;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The one text of a JSON value by which revisions are compared (spec: daemonset 5.1): members
 * sorted bytewise, no blanks, {@code <}, {@code >} and {@code &} escaped.
 */
final class Canonical {
  private static final String HEX = "0123456789abcdef";

  private Canonical() {}

  static String text(JsonNode value) {
    StringBuilder out = new StringBuilder(512);
    write(value, out);
    return out.toString();
  }

  private static void write(JsonNode value, StringBuilder out) {
    if (value.isObject()) {
      char separator = '{';
      for (Map.Entry<String, JsonNode> member :
          value.properties().stream()
              .sorted((a, b) -> Arrays.compareUnsigned(utf8(a.getKey()), utf8(b.getKey())))
              .toList()) {
        out.append(separator);
        quote(member.getKey(), out);
        out.append(':');
        write(member.getValue(), out);
        separator = ',';
      }
      out.append(separator == '{' ? "{}" : "}");
    } else if (value.isArray()) {
      char separator = '[';
      for (JsonNode element : value) {
        out.append(separator);
        write(element, out);
        separator = ',';
      }
      out.append(separator == '[' ? "[]" : "]");
    } else if (value.isString()) {
      quote(value.stringValue(), out);
    } else {
      out.append(value);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
            out.append("\\u");
            for (int shift = 12; shift >= 0; shift -= 4) {
              out.append(HEX.charAt((c >> shift) & 15));
            }
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
