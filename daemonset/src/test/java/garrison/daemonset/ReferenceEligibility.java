package garrison.daemonset;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The rules of spec: daemonset 2, written straight from their text, over plain documents. */
final class ReferenceEligibility {
  private static final String LABEL = "([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?";
  private static final String NUMBER = "[+-]?[0-9]{1,18}";

  private ReferenceEligibility() {}

  /** Runs, Stays or Excluded (2.1). */
  static String verdict(
      JsonNode podSpec, String name, Map<String, String> labels, List<JsonNode> taints) {
    String wanted = podSpec.path("nodeName").asString("");
    if (!wanted.isEmpty() && !wanted.equals(name)) {
      return "Excluded";
    }
    for (Map.Entry<String, JsonNode> label : podSpec.path("nodeSelector").properties()) {
      if (!label.getValue().asString("").equals(labels.get(label.getKey()))) {
        return "Excluded";
      }
    }
    JsonNode required =
        podSpec.at("/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution");
    if (required.isObject() && !matches(required, name, labels)) {
      return "Excluded";
    }
    boolean stays = false;
    for (JsonNode taint : taints) {
      String effect = taint.path("effect").asString("");
      if (effect.equals("PreferNoSchedule") || tolerated(podSpec, taint)) {
        continue;
      }
      if (effect.equals("NoExecute")) {
        return "Excluded";
      }
      stays = true;
    }
    return stays ? "Stays" : "Runs";
  }

  /** 2.2: terms are ORed. */
  private static boolean matches(JsonNode required, String name, Map<String, String> labels) {
    for (JsonNode term : required.path("nodeSelectorTerms")) {
      if (termMatches(term, name, labels)) {
        return true;
      }
    }
    return false;
  }

  private static boolean termMatches(JsonNode term, String name, Map<String, String> labels) {
    JsonNode expressions = term.path("matchExpressions");
    JsonNode fields = term.path("matchFields");
    if (expressions.isEmpty() && fields.isEmpty()) {
      return false;
    }
    boolean all = true;
    for (JsonNode expression : expressions) {
      List<String> values = values(expression);
      if (!readable(expression, values)) {
        return false;
      }
      all &= holds(expression, values, labels.get(expression.path("key").asString("")));
    }
    for (JsonNode field : fields) {
      List<String> values = values(field);
      String operator = field.path("operator").asString("");
      if (values.size() != 1 || !(operator.equals("In") || operator.equals("NotIn"))) {
        return false;
      }
      String actual = field.path("key").asString("").equals("metadata.name") ? name : "";
      all &= actual.equals(values.getFirst()) == operator.equals("In");
    }
    return all;
  }

  private static boolean readable(JsonNode expression, List<String> values) {
    boolean legal = values.stream().allMatch(value -> value.matches(LABEL));
    return legal
        && switch (expression.path("operator").asString("")) {
          case "In", "NotIn" -> !values.isEmpty();
          case "Exists", "DoesNotExist" -> values.isEmpty();
          case "Gt", "Lt" -> values.size() == 1 && values.getFirst().matches(NUMBER);
          default -> false;
        };
  }

  private static boolean holds(JsonNode expression, List<String> values, String actual) {
    return switch (expression.path("operator").asString("")) {
      case "In" -> actual != null && values.contains(actual);
      case "NotIn" -> actual == null || !values.contains(actual);
      case "Exists" -> actual != null;
      case "DoesNotExist" -> actual == null;
      case "Gt" -> number(actual) && Long.parseLong(actual) > Long.parseLong(values.getFirst());
      default -> number(actual) && Long.parseLong(actual) < Long.parseLong(values.getFirst());
    };
  }

  private static boolean number(String text) {
    return text != null && text.matches(NUMBER);
  }

  /** 2.3 and 2.4. */
  private static boolean tolerated(JsonNode podSpec, JsonNode taint) {
    String key = taint.path("key").asString("");
    String effect = taint.path("effect").asString("");
    List<String> automatic =
        new ArrayList<>(
            List.of(
                "node.kubernetes.io/not-ready:NoExecute",
                "node.kubernetes.io/unreachable:NoExecute",
                "node.kubernetes.io/disk-pressure:NoSchedule",
                "node.kubernetes.io/memory-pressure:NoSchedule",
                "node.kubernetes.io/pid-pressure:NoSchedule",
                "node.kubernetes.io/unschedulable:NoSchedule"));
    if (podSpec.path("hostNetwork").asBoolean(false)) {
      automatic.add("node.kubernetes.io/network-unavailable:NoSchedule");
    }
    if (automatic.contains(key + ":" + effect)) {
      return true;
    }
    for (JsonNode toleration : podSpec.path("tolerations")) {
      boolean sameEffect = List.of("", effect).contains(toleration.path("effect").asString(""));
      boolean sameKey = List.of("", key).contains(toleration.path("key").asString(""));
      boolean sameValue =
          toleration.path("value").asString("").equals(taint.path("value").asString(""));
      boolean operator =
          switch (toleration.path("operator").asString("")) {
            case "", "Equal" -> sameValue;
            case "Exists" -> true;
            default -> false;
          };
      if (sameEffect && sameKey && operator) {
        return true;
      }
    }
    return false;
  }

  private static List<String> values(JsonNode expression) {
    List<String> values = new ArrayList<>();
    expression.path("values").forEach(value -> values.add(value.asString("")));
    return values;
  }
}
