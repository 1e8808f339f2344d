package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.Labels;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which nodes a pod may run on, and beside which other pods (spec: api-server 15.2). */
final class AffinityRules {
  private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
  private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

  private AffinityRules() {}

  static void validate(At affinity, Errors errors) {
    nodes(affinity.child("nodeAffinity"), errors);
    pods(affinity.child("podAffinity"), errors);
    pods(affinity.child("podAntiAffinity"), errors);
  }

  private static void nodes(At nodes, Errors errors) {
    At required = nodes.child(REQUIRED);
    if (required.present()) {
      At terms = required.child("nodeSelectorTerms");
      if (!terms.filled()) {
        errors.required(terms, "must have at least one node selector term");
      }
      terms.items().forEach(term -> nodeTerm(term, true, errors));
    }
    for (At preferred : nodes.child(PREFERRED).items()) {
      weight(preferred, errors);
      // A preference that matches nothing does no harm, so its values may be anything.
      nodeTerm(preferred.child("preference"), false, errors);
    }
  }

  private static void weight(At preferred, Errors errors) {
    long weight = preferred.number("weight");
    if (weight <= 0 || weight > 100) {
      errors.invalid(preferred.child("weight"), weight, "must be in the range 1-100");
    }
  }

  private static void nodeTerm(At term, boolean checkValues, Errors errors) {
    for (At expression : term.child("matchExpressions").items()) {
      nodeExpression(expression, checkValues, errors);
    }
    for (At field : term.child("matchFields").items()) {
      nodeField(field, errors);
    }
  }

  private static void nodeExpression(At expression, boolean checkValues, Errors errors) {
    At values = expression.child("values");
    At operator = expression.child("operator");
    switch (operator.text()) {
      case "In", "NotIn" -> {
        if (!values.filled()) {
          errors.required(values, "must be specified when `operator` is 'In' or 'NotIn'");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (values.filled()) {
          errors.forbidden(
              values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
      }
      case "Gt", "Lt" -> {
        if (values.node().size() != 1) {
          errors.required(values, "must be specified single value when `operator` is 'Lt' or 'Gt'");
        }
      }
      default -> errors.invalid(operator, operator.text(), "not a valid selector operator");
    }
    Labels.validateKey(expression.child("key"), errors);
    if (checkValues) {
      for (At value : values.items()) {
        errors.invalid(value, Formats.labelValue(value.text()));
      }
    }
  }

  private static void nodeField(At field, Errors errors) {
    At values = field.child("values");
    At operator = field.child("operator");
    if (!List.of("In", "NotIn").contains(operator.text())) {
      errors.invalid(operator, operator.text(), "not a valid selector operator");
    } else if (values.node().size() != 1) {
      errors.required(
          values,
          "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
    }
    At key = field.child("key");
    if (!key.text().equals("metadata.name")) {
      errors.invalid(key, key.text(), "not a valid field selector key");
      return;
    }
    for (At value : values.items()) {
      errors.invalid(value, Formats.subdomain(value.text()));
    }
  }

  private static void pods(At pods, Errors errors) {
    for (At term : pods.child(REQUIRED).items()) {
      podTerm(term, errors);
    }
    for (At preferred : pods.child(PREFERRED).items()) {
      weight(preferred, errors);
      podTerm(preferred.child("podAffinityTerm"), errors);
    }
  }

  private static void podTerm(At term, Errors errors) {
    Labels.validateSelector(term.child("labelSelector"), errors);
    Labels.validateSelector(term.child("namespaceSelector"), errors);
    for (At namespace : term.child("namespaces").items()) {
      errors.invalid(term.child("namespace"), namespace.text(), Formats.dnsLabel(namespace.text()));
    }
    labelKeys(term, errors);
    At topology = term.child("topologyKey");
    if (topology.text().isEmpty()) {
      errors.required(topology, "can not be empty");
    }
    Labels.validateKey(topology, errors);
  }

  /** Keys whose values are taken from the pod itself. */
  static void labelKeys(At term, Errors errors) {
    At match = term.child("matchLabelKeys");
    At mismatch = term.child("mismatchLabelKeys");
    At selector = term.child("labelSelector");
    keys(match, selector, errors);
    keys(mismatch, selector, errors);
    if (selector.present()) {
      alsoInSelector(term, match, selector, errors);
    }
    Set<String> other = new HashSet<>();
    mismatch.items().forEach(key -> other.add(key.text()));
    for (At key : match.items()) {
      if (other.contains(key.text())) {
        errors.invalid(key, "exists in both matchLabelKeys and mismatchLabelKeys");
      }
    }
  }

  private static void keys(At keys, At selector, Errors errors) {
    if (!keys.filled()) {
      return;
    }
    if (!selector.present()) {
      errors.forbidden(keys, "must not be specified when labelSelector is not set");
      return;
    }
    keys.items().forEach(key -> Labels.validateKey(key, errors));
  }

  /**
   * The selector already holds one expression for each key, made from the pod's labels: a second
   * one is the client's.
   */
  private static void alsoInSelector(At term, At match, At selector, Errors errors) {
    Map<String, Integer> position = new HashMap<>();
    int index = 0;
    for (At key : match.items()) {
      position.put(key.text(), index++);
    }
    Set<String> seen = new HashSet<>(selector.child("matchLabels").node().propertyNames());
    for (At expression : selector.child("matchExpressions").items()) {
      String key = expression.text("key");
      Integer at = position.get(key);
      if (at != null && seen.contains(key)) {
        errors.invalid(term.index(at), key, "exists in both matchLabelKeys and labelSelector");
      }
      seen.add(key);
    }
  }
}
