package garrison.apiserver.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An Accept header, item by item, in the order of preference (spec: api-server 5.1). Immutable.
 *
 * @param items the best first
 */
record Accept(List<Item> items) {
  private static final Accept ANYTHING = new Accept(List.of(new Item("*/*", Map.of())));

  /**
   * One media type.
   *
   * @param type such as {@code application/json}, lower case
   * @param parameters such as {@code as}
   */
  record Item(String type, Map<String, String> parameters) {
    /** A parameter, empty where it is not given. */
    String parameter(String name) {
      return parameters.getOrDefault(name, "");
    }

    /** Whether JSON answers it. */
    boolean json() {
      return type.equals("application/json") || type.equals("*/*") || type.equals("application/*");
    }

    private double quality() {
      try {
        return parameters.containsKey("q") ? Double.parseDouble(parameter("q")) : 1;
      } catch (NumberFormatException e) {
        return 1;
      }
    }
  }

  /** Reads a header; none at all accepts anything. */
  static Accept parse(@Nullable String header) {
    if (header == null || header.isBlank()) {
      return ANYTHING;
    }
    List<Item> items = new ArrayList<>();
    for (String clause : header.split(",")) {
      String[] parts = clause.split(";");
      Map<String, String> parameters = new TreeMap<>();
      for (int i = 1; i < parts.length; i++) {
        int equals = parts[i].indexOf('=');
        if (equals > 0) {
          parameters.put(
              parts[i].substring(0, equals).trim(), parts[i].substring(equals + 1).trim());
        }
      }
      String type = parts[0].trim().toLowerCase(Locale.ROOT);
      if (!type.isEmpty()) {
        items.add(new Item(type, parameters));
      }
    }
    // A stable sort: among equals, the client's own order counts.
    items.sort(Comparator.comparingDouble(Item::quality).reversed());
    return items.isEmpty() ? ANYTHING : new Accept(List.copyOf(items));
  }

  /** The first item of one of these types, wildcards included; null where there is none. */
  @Nullable Item first(String... types) {
    for (Item item : items) {
      for (String type : types) {
        if (item.type().equals(type)
            || item.type().equals("*/*")
            || (item.type().endsWith("/*")
                && type.startsWith(item.type().substring(0, item.type().length() - 1)))) {
          return item;
        }
      }
    }
    return null;
  }
}
