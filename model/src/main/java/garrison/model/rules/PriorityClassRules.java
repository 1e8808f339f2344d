package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Members;
import garrison.model.rules.pod.PreemptionRules;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Priority classes (spec: api-server 15). Stateless. */
final class PriorityClassRules implements Rules {
  private static final long HIGHEST_OF_USERS = 1_000_000_000;
  private static final String SYSTEM = "system-";
  private static final Map<String, Long> SYSTEM_CLASSES =
      Map.of("system-node-critical", 2_000_001_000L, "system-cluster-critical", 2_000_000_000L);

  @Override
  public void applyDefaults(ObjectNode priorityClass) {
    Members.missingText(priorityClass, "preemptionPolicy", "PreemptLowerPriority");
  }

  @Override
  public List<FieldError> validateCreate(ObjectNode document) {
    Errors errors = new Errors();
    At priorityClass = At.of(document);
    At name = priorityClass.child("metadata", "name");
    At value = priorityClass.child("value");
    if (name.text().startsWith(SYSTEM)) {
      String wrong = wrongSystemClass(name.text(), value.number(), priorityClass);
      if (!wrong.isEmpty()) {
        errors.forbidden(
            name,
            "priority class names with 'system-' prefix are reserved for system use only. error: "
                + wrong);
      }
    } else if (value.number() > HIGHEST_OF_USERS) {
      errors.forbidden(
          value, "maximum allowed value of a user defined priority is " + HIGHEST_OF_USERS);
    }
    At policy = priorityClass.child("preemptionPolicy");
    if (policy.present()) {
      PreemptionRules.validate(policy, errors);
    }
    return errors.list();
  }

  private static String wrongSystemClass(String name, long value, At priorityClass) {
    Long right = SYSTEM_CLASSES.get(name);
    if (right == null) {
      return name + " is not a known system priority class";
    }
    if (right != value) {
      return "value of " + name + " PriorityClass must be " + right;
    }
    return priorityClass.flag("globalDefault")
        ? "globalDefault of " + name + " PriorityClass must be false"
        : "";
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode document, ObjectNode old) {
    Errors errors = new Errors();
    At priorityClass = At.of(document);
    if (priorityClass.number("value") != At.of(old).number("value")) {
      errors.forbidden(priorityClass.child("value"), "may not be changed in an update.");
    }
    At policy = priorityClass.child("preemptionPolicy");
    if (!policy.text().equals(At.of(old).text("preemptionPolicy"))) {
      errors.invalid(policy, "field is immutable");
    }
    return errors.list();
  }
}
