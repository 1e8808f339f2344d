package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** When containers are started again, and what a resize does to them (spec: api-server 15.2). */
final class RestartRules {
  private static final List<String> POLICIES = List.of("Always", "Never", "OnFailure");
  private static final List<String> POD_POLICIES = List.of("Always", "OnFailure", "Never");
  private static final List<String> ACTIONS = List.of("Restart", "RestartAllContainers");
  private static final List<String> OPERATORS = List.of("In", "NotIn");
  private static final List<String> RESIZABLE = List.of("cpu", "memory");
  private static final List<String> RESIZE_POLICIES = List.of("NotRequired", "RestartContainer");
  private static final int MOST_RULES = 20;
  private static final int MOST_EXIT_CODES = 255;

  private RestartRules() {}

  /** The policy of the pod. */
  static void ofPod(At policy, Errors errors) {
    if (policy.text().isEmpty()) {
      errors.required(policy);
    } else if (!POD_POLICIES.contains(policy.text())) {
      errors.notSupported(policy, policy.text(), POD_POLICIES);
    }
  }

  /** The policy and the rules of one container. */
  static void ofContainer(At container, Errors errors) {
    At policy = container.child("restartPolicy");
    At rules = container.child("restartPolicyRules");
    if (!policy.present()) {
      if (!rules.filled()) {
        return;
      }
      errors.required(policy, "must specify restartPolicy when restart rules are used");
    } else if (!POLICIES.contains(policy.text())) {
      errors.notSupported(policy, policy.text(), POLICIES);
    }
    if (rules.node().size() > MOST_RULES) {
      errors.tooMany(rules, rules.node().size(), MOST_RULES);
    }
    rules.items().forEach(rule -> rule(rule, errors));
  }

  private static void rule(At rule, Errors errors) {
    if (!ACTIONS.contains(rule.text("action"))) {
      errors.notSupported(rule.child("action"), rule.text("action"), ACTIONS);
    }
    At codes = rule.child("exitCodes");
    if (!codes.present()) {
      errors.required(codes, "must be specified");
      return;
    }
    if (!OPERATORS.contains(codes.text("operator"))) {
      errors.notSupported(codes.child("operator"), codes.text("operator"), OPERATORS);
    }
    At values = codes.child("values");
    if (values.node().size() > MOST_EXIT_CODES) {
      errors.tooMany(values, values.node().size(), MOST_EXIT_CODES);
    }
  }

  /** What a change of resources does to a container. */
  static void resize(At policies, String podPolicy, Errors errors) {
    Set<String> seen = new HashSet<>();
    for (At policy : policies.items()) {
      String resource = policy.text("resourceName");
      if (!seen.add(resource)) {
        errors.duplicate(policy, resource);
      }
      // Upstream reports the rest at the list.
      oneOf(policies, resource, RESIZABLE, errors);
      String restart = policy.text("restartPolicy");
      oneOf(policies, restart, RESIZE_POLICIES, errors);
      if (podPolicy.equals("Never") && !restart.equals("NotRequired")) {
        errors.invalid(
            policies, restart, "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
      }
    }
  }

  private static void oneOf(At at, String value, List<String> allowed, Errors errors) {
    if (value.isEmpty()) {
      errors.required(at);
    } else if (!allowed.contains(value)) {
      errors.notSupported(at, value, allowed);
    }
  }
}
