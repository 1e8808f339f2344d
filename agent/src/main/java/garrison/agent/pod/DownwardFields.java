package garrison.agent.pod;

import garrison.agent.runtime.RuntimeFailure;
import garrison.model.Quantity;
import garrison.model.Resources;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** What fieldRef and resourceFieldRef name (spec: node-agent 3.10). Pure. */
final class DownwardFields {
  private DownwardFields() {}

  /** The value of a field of the pod. */
  static String field(PodContext context, String path) {
    JsonNode metadata = context.metadata();
    return switch (path) {
      case "metadata.name" -> context.name();
      case "metadata.namespace" -> context.namespace();
      case "metadata.uid" -> context.uid();
      case "metadata.labels" -> lines(metadata.path("labels"));
      case "metadata.annotations" -> lines(metadata.path("annotations"));
      case "spec.nodeName" -> context.node();
      case "spec.serviceAccountName" -> context.spec().path("serviceAccountName").asString("");
      case "status.hostIP", "status.hostIPs" -> context.address();
      case "status.podIP" -> context.podIps().isEmpty() ? "" : context.podIps().getFirst();
      case "status.podIPs" -> String.join(",", context.podIps());
      default -> {
        String label = key(path, "metadata.labels['");
        String annotation = key(path, "metadata.annotations['");
        if (!label.isEmpty()) {
          yield metadata.path("labels").path(label).asString("");
        }
        if (!annotation.isEmpty()) {
          yield metadata.path("annotations").path(annotation).asString("");
        }
        throw new RuntimeFailure("CreateContainerConfigError", "unsupported fieldPath: " + path);
      }
    };
  }

  /** The container of that name; a missing one for a name that is none. */
  static JsonNode container(PodContext context, String name) {
    for (String list : List.of("containers", "initContainers")) {
      for (JsonNode container : context.spec().path(list)) {
        if (container.path("name").asString("").equals(name)) {
          return container;
        }
      }
    }
    return context.spec().path("containers").path("none");
  }

  /**
   * The value of a resource of one of the pod's containers, rounded up to whole divisors. A limit
   * that is not set is the whole pod's, or else what the node has for pods.
   */
  static String resource(PodContext context, JsonNode container, JsonNode reference) {
    String path = reference.path("resource").asString("");
    int dot = path.indexOf('.');
    String list = dot < 0 ? path : path.substring(0, dot);
    String name = dot < 0 ? "" : path.substring(dot + 1);
    JsonNode own = container.path("resources").path(list).path(name);
    if (own.isMissingNode() && list.equals("limits")) {
      own = context.spec().path("resources").path(list).path(name);
    }
    long milli;
    if (own.isMissingNode() && list.equals("limits")) {
      milli = allocatable(context.allocatable(), name);
    } else {
      milli = own.isMissingNode() ? 0 : Quantity.parse(own.asString("0")).milli();
    }
    String divisor = reference.path("divisor").asString("0");
    long by = Quantity.parse(divisor).milli();
    return Long.toString(Math.ceilDiv(milli, by == 0 ? 1000 : by));
  }

  private static long allocatable(Resources all, String name) {
    return switch (name) {
      case "cpu" -> all.milliCpu();
      case "memory" -> all.memory() * 1000;
      case "ephemeral-storage" -> all.ephemeralStorage() * 1000;
      default -> all.scalars().getOrDefault(name, 0L) * 1000;
    };
  }

  private static String key(String path, String prefix) {
    return path.startsWith(prefix) && path.endsWith("']")
        ? path.substring(prefix.length(), path.length() - 2)
        : "";
  }

  /** A whole map: {@code key="value"}, a line each, sorted. */
  private static String lines(JsonNode map) {
    TreeMap<String, String> sorted = new TreeMap<>();
    map.forEachEntry((key, value) -> sorted.put(key, value.asString("")));
    StringBuilder lines = new StringBuilder();
    sorted.forEach(
        (key, value) -> {
          if (!lines.isEmpty()) {
            lines.append('\n');
          }
          lines.append(key).append('=');
          quote(value, lines);
        });
    return lines.toString();
  }

  /** As Go quotes a string, so that a value stays on its line. */
  private static void quote(String value, StringBuilder to) {
    to.append('"');
    value
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> to.append("\\\"");
                case '\\' -> to.append("\\\\");
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                case '\t' -> to.append("\\t");
                case '\b' -> to.append("\\b");
                case '\f' -> to.append("\\f");
                case 7 -> to.append("\\a");
                case 11 -> to.append("\\v");
                default -> printable(c, to);
              }
            });
    to.append('"');
  }

  private static void printable(int c, StringBuilder to) {
    int type = Character.getType(c);
    boolean shown =
        c == ' '
            || (c >= ' '
                && type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.UNASSIGNED
                && type != Character.PRIVATE_USE
                && type != Character.SURROGATE
                && !Character.isSpaceChar(c));
    if (shown) {
      to.appendCodePoint(c);
    } else if (c < 0x80) {
      to.append(String.format(Locale.ROOT, "\\x%02x", c));
    } else if (c < 0x10000) {
      to.append(String.format(Locale.ROOT, "\\u%04x", c));
    } else {
      to.append(String.format(Locale.ROOT, "\\U%08x", c));
    }
  }
}
