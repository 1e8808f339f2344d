package garrison.agent.pod;

import garrison.agent.runtime.RuntimeFailure;
import garrison.model.Quantity;
import garrison.model.Resources;
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

  /** The value of a resource of one of the pod's containers, rounded up to whole divisors. */
  static String resource(PodContext context, JsonNode container, JsonNode reference) {
    String path = reference.path("resource").asString("");
    int dot = path.indexOf('.');
    String list = dot < 0 ? path : path.substring(0, dot);
    String name = dot < 0 ? "" : path.substring(dot + 1);
    JsonNode own = container.path("resources").path(list).path(name);
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
          lines.append(key).append("=\"");
          lines.append(value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
          lines.append('"');
        });
    return lines.toString();
  }
}
