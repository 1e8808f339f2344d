package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;

/** Whether a pod may push others from a node (spec: api-server 15.2). */
public final class PreemptionRules {
  private PreemptionRules() {}

  /** A policy that is given. */
  public static void validate(At policy, Errors errors) {
    switch (policy.text()) {
      case "PreemptLowerPriority", "Never" -> {}
      case "" -> errors.required(policy);
      default -> errors.notSupported(policy, policy.text(), "PreemptLowerPriority", "Never");
    }
  }
}
