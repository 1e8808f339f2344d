package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Labels;
import java.util.List;

/** How pods spread over a topology (spec: api-server 15.2). */
final class SpreadRules {
  private static final List<String> ACTIONS = List.of("DoNotSchedule", "ScheduleAnyway");
  private static final List<String> POLICIES = List.of("Honor", "Ignore");

  private SpreadRules() {}

  static void validate(At constraints, Errors errors) {
    List<At> all = constraints.items();
    for (int i = 0; i < all.size(); i++) {
      constraint(all.get(i), all.subList(i + 1, all.size()), errors);
    }
  }

  private static void constraint(At constraint, List<At> rest, Errors errors) {
    At skew = constraint.child("maxSkew");
    if (skew.number() <= 0) {
      errors.invalid(skew, skew.number(), "must be greater than zero");
    }
    String key = constraint.text("topologyKey");
    if (key.isEmpty()) {
      errors.required(constraint.child("topologyKey"), "can not be empty");
    }
    String action = constraint.text("whenUnsatisfiable");
    if (!ACTIONS.contains(action)) {
      errors.notSupported(constraint.child("whenUnsatisfiable"), action, ACTIONS);
    }
    for (At other : rest) {
      if (other.text("topologyKey").equals(key) && other.text("whenUnsatisfiable").equals(action)) {
        errors.duplicate(
            constraint.child("{topologyKey, whenUnsatisfiable}"), "{" + key + ", " + action + "}");
        break;
      }
    }
    minDomains(constraint.child("minDomains"), action, errors);
    for (String policy : List.of("nodeAffinityPolicy", "nodeTaintsPolicy")) {
      At at = constraint.child(policy);
      if (at.present() && !POLICIES.contains(at.text())) {
        errors.notSupported(at, at.text(), POLICIES);
      }
    }
    AffinityRules.labelKeys(constraint, errors);
    Labels.validateSelector(constraint.child("labelSelector"), errors);
  }

  private static void minDomains(At least, String action, Errors errors) {
    if (!least.present()) {
      return;
    }
    if (least.number() <= 0) {
      errors.invalid(least, "must be greater than zero");
    }
    if (!action.equals("DoNotSchedule")) {
      errors.invalid(
          least, "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not " + action);
    }
  }
}
