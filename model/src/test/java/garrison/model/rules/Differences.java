package garrison.model.rules;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Where two documents differ, one line for each place: whole documents are too long to compare by
 * eye.
 */
final class Differences {
  private Differences() {}

  static List<String> between(JsonNode found, JsonNode wanted) {
    List<String> lines = new ArrayList<>();
    compare("", found, wanted, lines);
    return lines;
  }

  private static void compare(String path, JsonNode found, JsonNode wanted, List<String> lines) {
    if (found.isObject() && wanted.isObject()) {
      Set<String> names = new LinkedHashSet<>(wanted.propertyNames());
      names.addAll(found.propertyNames());
      for (String name : names) {
        compare(path + "." + name, found.path(name), wanted.path(name), lines);
      }
    } else if (found.isArray() && wanted.isArray()) {
      for (int i = 0; i < Math.max(found.size(), wanted.size()); i++) {
        compare(path + "[" + i + "]", found.path(i), wanted.path(i), lines);
      }
    } else if (!same(found, wanted)) {
      lines.add(path + ": found " + text(found) + ", wanted " + text(wanted));
    }
  }

  private static boolean same(JsonNode found, JsonNode wanted) {
    if (found.isNumber() && wanted.isNumber()) {
      return found.decimalValue().compareTo(wanted.decimalValue()) == 0;
    }
    return found.equals(wanted);
  }

  private static String text(JsonNode node) {
    return node.isMissingNode() ? "nothing" : node.toString();
  }
}
