package garrison.model.patch;

import java.util.StringJoiner;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Values as Go prints them, which some messages show (spec: api-server 13). Pure. */
public final class GoNotation {
  private GoNotation() {}

  /** Such as {@code map[a:1 b:[x y]]}. */
  public static String of(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> {
        StringJoiner members = new StringJoiner(" ", "map[", "]");
        for (String name : new TreeSet<>(value.propertyNames())) {
          members.add(name + ":" + of(value.path(name)));
        }
        yield members.toString();
      }
      case ARRAY -> {
        StringJoiner items = new StringJoiner(" ", "[", "]");
        value.forEach(item -> items.add(of(item)));
        yield items.toString();
      }
      case STRING -> value.stringValue();
      case NULL, MISSING -> "<nil>";
      default -> value.toString();
    };
  }

  /** The name of a JSON type in messages. */
  static String kindOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "string";
      case NUMBER -> "number";
      case BOOLEAN -> "bool";
      case ARRAY -> "array";
      default -> "object";
    };
  }
}
