package garrison.model.rules.pod;

import garrison.model.json.Json;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.Labels;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Taints, and what tolerates them (spec: api-server 15.2). */
public final class TolerationRules {
  private static final List<String> EFFECTS =
      List.of("NoSchedule", "PreferNoSchedule", "NoExecute");

  private TolerationRules() {}

  /** The tolerations of a pod or of a runtime class. */
  public static void tolerations(At tolerations, Errors errors) {
    for (At toleration : tolerations.items()) {
      toleration(toleration, errors);
    }
  }

  private static void toleration(At toleration, Errors errors) {
    At key = toleration.child("key");
    At operator = toleration.child("operator");
    At effect = toleration.child("effect");
    String value = toleration.text("value");
    if (!key.text().isEmpty()) {
      Labels.validateKey(key, errors);
    } else if (!operator.text().equals("Exists")) {
      errors.invalid(
          operator,
          operator.text(),
          "operator must be Exists when `key` is empty, which means \"match all values and all"
              + " keys\"");
    }
    if (toleration.has("tolerationSeconds") && !effect.text().equals("NoExecute")) {
      errors.invalid(
          effect, effect.text(), "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    switch (operator.text()) {
      case "", "Equal" -> {
        List<String> wrong = Formats.labelValue(value);
        if (!wrong.isEmpty()) {
          errors.invalid(operator, value, String.join(";", wrong));
        }
      }
      case "Exists" -> {
        if (!value.isEmpty()) {
          errors.invalid(operator, value, "value must be empty when `operator` is 'Exists'");
        }
      }
      case "Lt", "Gt" ->
          errors.notSupported(operator, operator.text(), "Equal", "Exists", "Lt", "Gt");
      default -> errors.notSupported(operator, operator.text(), "Equal", "Exists");
    }
    if (!effect.text().isEmpty()) {
      effect(effect, errors);
    }
  }

  private static void effect(At effect, Errors errors) {
    if (effect.text().isEmpty()) {
      errors.required(effect);
    } else if (!EFFECTS.contains(effect.text())) {
      errors.notSupported(effect, effect.text(), EFFECTS);
    }
  }

  /** The taints of a node: each pair of key and effect once. */
  public static void taints(At taints, Errors errors) {
    Set<String> seen = new HashSet<>();
    for (At taint : taints.items()) {
      Labels.validateKey(taint.child("key"), errors);
      List<String> wrong = Formats.labelValue(taint.text("value"));
      if (!wrong.isEmpty()) {
        errors.invalid(taint.child("value"), taint.text("value"), String.join(";", wrong));
      }
      effect(taint.child("effect"), errors);
      if (!seen.add(taint.text("effect") + "/" + taint.text("key"))) {
        errors.duplicate(taint, internal(taint), "taints must be unique by key and effect pair");
      }
    }
  }

  private static ObjectNode internal(At taint) {
    ObjectNode internal = Json.object();
    internal.put("Key", taint.text("key"));
    internal.put("Value", taint.text("value"));
    internal.put("Effect", taint.text("effect"));
    if (taint.has("timeAdded")) {
      internal.put("TimeAdded", taint.text("timeAdded"));
    } else {
      internal.putNull("TimeAdded");
    }
    return internal;
  }
}
