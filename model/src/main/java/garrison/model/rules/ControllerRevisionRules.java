package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Controller revisions: their data never changes (spec: daemonset 1.3, 5.1). Stateless. */
final class ControllerRevisionRules implements Rules {
  @Override
  public List<FieldError> validateCreate(ObjectNode revision) {
    Errors errors = new Errors();
    errors.nonNegative(At.of(revision).child("revision"));
    At data = At.of(revision).child("data");
    if (!data.present()) {
      errors.required(data, "data is mandatory");
    } else if (!data.node().isObject()) {
      errors.required(data, "data must be a valid JSON object");
    }
    return errors.list();
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode revision, ObjectNode old) {
    Errors errors = new Errors();
    errors.nonNegative(At.of(revision).child("revision"));
    At data = At.of(revision).child("data");
    if (!data.node().equals(old.path("data"))) {
      errors.invalid(data, "field is immutable");
    }
    return errors.list();
  }
}
