package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.json.Json;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Labels;
import garrison.model.rules.check.Members;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Pod disruption budgets (spec: api-server 15). Stateless. */
final class DisruptionBudgetRules implements Rules {
  private static final List<String> COUNTERS =
      List.of("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods");
  private static final List<String> POLICIES = List.of("AlwaysAllow", "IfHealthyBudget");

  @Override
  public void applyDefaults(ObjectNode budget) {
    Members.object(budget, "spec");
  }

  @Override
  public void prepareCreate(ObjectNode budget) {
    ObjectNode status = budget.putObject("status");
    COUNTERS.forEach(counter -> status.put(counter, 0));
  }

  @Override
  public List<FieldError> validateCreate(ObjectNode budget) {
    Errors errors = new Errors();
    At spec = At.of(budget).child("spec");
    if (spec.has("minAvailable") && spec.has("maxUnavailable")) {
      errors.invalid(spec, internal(spec), "minAvailable and maxUnavailable cannot be both set");
    }
    for (String bound : List.of("minAvailable", "maxUnavailable")) {
      if (spec.has(bound)) {
        IntOrPercentRules.positive(spec.child(bound), errors);
        IntOrPercentRules.atMostAll(spec.child(bound), errors);
      }
    }
    Labels.validateSelector(spec.child("selector"), errors);
    At policy = spec.child("unhealthyPodEvictionPolicy");
    if (policy.present() && !POLICIES.contains(policy.text())) {
      errors.notSupported(policy, policy.text(), POLICIES);
    }
    return errors.list();
  }

  /** The spec as upstream prints its own type. */
  private static ObjectNode internal(At spec) {
    ObjectNode internal = Json.object();
    for (Map.Entry<String, String> member :
        List.of(
            Map.entry("MinAvailable", "minAvailable"),
            Map.entry("Selector", "selector"),
            Map.entry("MaxUnavailable", "maxUnavailable"),
            Map.entry("UnhealthyPodEvictionPolicy", "unhealthyPodEvictionPolicy"))) {
      if (spec.has(member.getValue())) {
        internal.set(member.getKey(), spec.child(member.getValue()).node());
      } else {
        internal.putNull(member.getKey());
      }
    }
    return internal;
  }

  @Override
  public List<FieldError> validateStatusUpdate(ObjectNode budget, ObjectNode old) {
    Errors errors = new Errors();
    At status = At.of(budget).child("status");
    COUNTERS.forEach(counter -> errors.nonNegative(status.child(counter)));
    return errors.list();
  }
}
