package garrison.model.rules.check;

import garrison.model.Quantity;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Whether two documents mean the same (spec: daemonset 1.4): absent, null, an empty list and an
 * empty map are alike, quantities are compared by value. An empty object that is no map is
 * something ({@code emptyDir: {}}). Pure.
 */
public final class Semantic {
  private static final Set<String> MAPS =
      Set.of(
          "annotations",
          "binaryData",
          "capacity",
          "data",
          "labels",
          "limits",
          "matchLabels",
          "nodeSelector",
          "options",
          "overhead",
          "podFixed",
          "requests",
          "stringData",
          "volumeAttributes");

  private static final Set<String> QUANTITY_MAPS =
      Set.of("allocatable", "capacity", "limits", "overhead", "podFixed", "requests");

  private static final Set<String> QUANTITIES = Set.of("divisor", "sizeLimit");

  private Semantic() {}

  /** Whether both mean the same. */
  public static boolean equal(JsonNode a, JsonNode b) {
    return equal(a, b, "", "");
  }

  private static boolean equal(JsonNode a, JsonNode b, String name, String parent) {
    boolean nothingA = nothing(a, name);
    if (nothingA || nothing(b, name)) {
      return nothingA && nothing(b, name);
    }
    if (a.isObject() && b.isObject()) {
      return sameMembers(a, b, name);
    }
    if (a.isArray() && b.isArray()) {
      return sameElements(a, b, name);
    }
    if (a.isNumber() && b.isNumber()) {
      return a.decimalValue().compareTo(b.decimalValue()) == 0;
    }
    return a.equals(b) || (isQuantity(name, parent) && sameQuantity(a, b));
  }

  private static boolean sameMembers(JsonNode a, JsonNode b, String name) {
    Set<String> names = new LinkedHashSet<>(a.propertyNames());
    names.addAll(b.propertyNames());
    for (String member : names) {
      if (!equal(a.path(member), b.path(member), member, name)) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameElements(JsonNode a, JsonNode b, String name) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!equal(a.path(i), b.path(i), "", name)) {
        return false;
      }
    }
    return true;
  }

  private static boolean nothing(JsonNode node, String name) {
    return node.isMissingNode()
        || node.isNull()
        || (node.isEmpty() && (node.isArray() || (node.isObject() && isMap(name))));
  }

  private static boolean isMap(String name) {
    return MAPS.contains(name);
  }

  private static boolean isQuantity(String name, String parent) {
    return QUANTITY_MAPS.contains(parent) || QUANTITIES.contains(name);
  }

  private static boolean sameQuantity(JsonNode a, JsonNode b) {
    if (!a.isString() || !b.isString()) {
      return false;
    }
    try {
      return Quantity.parse(a.stringValue()).compareTo(Quantity.parse(b.stringValue())) == 0;
    } catch (IllegalArgumentException e) {
      // A label may be called like a resource map; then the texts decide, and they differ.
      return false;
    }
  }
}
