package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Members;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Leases (spec: api-server 15). Stateless. */
final class LeaseRules implements Rules {
  @Override
  public void prepareCreate(ObjectNode lease) {
    // Coordinated leader election is switched off in 1.37 by default.
    Members.object(lease, "spec").remove(List.of("strategy", "preferredHolder"));
  }

  @Override
  public void prepareUpdate(ObjectNode lease, ObjectNode old) {
    prepareCreate(lease);
  }

  @Override
  public List<FieldError> validateCreate(ObjectNode lease) {
    Errors errors = new Errors();
    At spec = At.of(lease).child("spec");
    At duration = spec.child("leaseDurationSeconds");
    if (duration.present() && duration.number() <= 0) {
      errors.invalid(duration, "must be greater than 0");
    }
    errors.nonNegative(spec.child("leaseTransitions"));
    return errors.list();
  }
}
