package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Members;
import garrison.model.rules.check.Semantic;
import garrison.model.rules.pod.AlphaFields;
import garrison.model.rules.pod.PodDefaults;
import garrison.model.rules.pod.PodWarnings;
import garrison.model.rules.pod.TemplateRules;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Pod templates as objects of their own (spec: api-server 15). Stateless. */
final class PodTemplateRules implements Rules {
  @Override
  public void applyDefaults(ObjectNode document) {
    PodDefaults.ofTemplate(Members.object(document, "template"));
  }

  @Override
  public void prepareCreate(ObjectNode document) {
    AlphaFields.drop(Members.object(Members.object(document, "template"), "spec"));
  }

  @Override
  public void prepareUpdate(ObjectNode document, ObjectNode old) {
    prepareCreate(document);
  }

  @Override
  public List<FieldError> validateCreate(ObjectNode document) {
    Errors errors = new Errors();
    TemplateRules.validate(At.of(document).child("template"), errors);
    return errors.list();
  }

  @Override
  public List<String> warningsOnCreate(ObjectNode document) {
    return PodWarnings.ofTemplate(At.of(document).child("template"));
  }

  @Override
  public List<String> warningsOnUpdate(ObjectNode document, ObjectNode old) {
    return Semantic.equal(document.path("template"), old.path("template"))
        ? List.of()
        : warningsOnCreate(document);
  }
}
