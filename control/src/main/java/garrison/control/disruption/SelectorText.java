package garrison.control.disruption;

import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A label selector as Go prints it into an event. Pure. */
final class SelectorText {
  private SelectorText() {}

  static String of(@Nullable JsonNode selector) {
    if (selector == null || !selector.isObject()) {
      return "nil";
    }
    StringBuilder text = new StringBuilder("&LabelSelector{MatchLabels:map[string]string{");
    JsonNode labels = selector.path("matchLabels");
    for (String key : new TreeSet<>(labels.propertyNames())) {
      text.append(key).append(": ").append(labels.path(key).asString("")).append(',');
    }
    text.append("},MatchExpressions:[]LabelSelectorRequirement{");
    for (JsonNode expression : selector.path("matchExpressions")) {
      StringJoiner values = new StringJoiner(" ", "[", "]");
      expression.path("values").forEach(value -> values.add(value.asString("")));
      text.append("LabelSelectorRequirement{Key:")
          .append(expression.path("key").asString(""))
          .append(",Operator:")
          .append(expression.path("operator").asString(""))
          .append(",Values:")
          .append(values)
          .append(",},");
    }
    return text.append("},}").toString();
  }
}
