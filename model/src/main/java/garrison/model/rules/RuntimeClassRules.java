package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.Labels;
import garrison.model.rules.pod.NodeLabelWarnings;
import garrison.model.rules.pod.ResourceRules;
import garrison.model.rules.pod.TolerationRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Runtime classes (spec: api-server 15). Stateless. */
final class RuntimeClassRules implements Rules {
  @Override
  public List<FieldError> validateCreate(ObjectNode document) {
    Errors errors = new Errors();
    At runtimeClass = At.of(document);
    At handler = runtimeClass.child("handler");
    if (handler.text().isEmpty()) {
      errors.required(handler);
    } else {
      errors.invalid(handler, Formats.dnsLabel(handler.text()));
    }
    At overhead = runtimeClass.child("overhead");
    if (overhead.present()) {
      ResourceRules.overhead(overhead, overhead.child("podFixed"), errors);
    }
    At scheduling = runtimeClass.child("scheduling");
    Labels.validate(scheduling.child("nodeSelector"), errors);
    TolerationRules.tolerations(scheduling.child("tolerations"), errors);
    Set<List<String>> seen = new HashSet<>();
    for (At toleration : scheduling.child("tolerations").items()) {
      List<String> key =
          List.of(
              toleration.text("key"),
              toleration.text("operator"),
              toleration.text("value"),
              toleration.text("effect"));
      if (!seen.add(key)) {
        errors.duplicate(toleration, toleration.node());
      }
    }
    return errors.list();
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode document, ObjectNode old) {
    Errors errors = new Errors();
    At handler = At.of(document).child("handler");
    if (!handler.text().equals(At.of(old).text("handler"))) {
      errors.invalid(handler, handler.text(), "field is immutable");
    }
    return errors.list();
  }

  @Override
  public List<String> warningsOnCreate(ObjectNode document) {
    List<String> warnings = new ArrayList<>();
    At.of(document)
        .child("scheduling", "nodeSelector")
        .entries(
            (key, at) -> {
              String why = NodeLabelWarnings.of(key);
              if (why != null) {
                warnings.add("scheduling.nodeSelector: " + why);
              }
            });
    return warnings;
  }

  @Override
  public List<String> warningsOnUpdate(ObjectNode document, ObjectNode old) {
    return warningsOnCreate(document);
  }
}
