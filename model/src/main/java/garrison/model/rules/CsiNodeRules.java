package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.Semantic;
import garrison.model.rules.pod.DriverNames;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** What storage drivers a node has (spec: api-server 1, 16). Stateless. */
final class CsiNodeRules implements Rules {
  private static final int LONGEST_ID = 256;

  @Override
  public List<FieldError> validateCreate(ObjectNode node) {
    Errors errors = new Errors();
    validate(node, errors);
    return errors.list();
  }

  private static void validate(ObjectNode node, Errors errors) {
    Set<String> names = new HashSet<>();
    for (At driver : At.of(node).child("spec", "drivers").items()) {
      DriverNames.validate(driver.child("name"), errors);
      At id = driver.child("nodeID");
      if (id.text().isEmpty()) {
        errors.required(id);
      } else if (Formats.bytes(id.text()) > LONGEST_ID) {
        errors.invalid(id, "must be " + LONGEST_ID + " characters or less");
      }
      errors.nonNegative(driver.child("allocatable", "count"));
      if (!names.add(driver.text("name"))) {
        errors.duplicate(driver.child("name"), driver.text("name"));
      }
      topologyKeys(driver, errors);
    }
  }

  private static void topologyKeys(At driver, Errors errors) {
    Set<String> keys = new HashSet<>();
    for (At key : driver.child("topologyKeys").items()) {
      // Upstream reports keys at the driver.
      if (key.text().isEmpty()) {
        errors.required(driver);
      }
      if (!keys.add(key.text())) {
        errors.duplicate(driver, key.text());
      }
      errors.invalid(driver, key.text(), Formats.qualifiedName(key.text()));
    }
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode node, ObjectNode old) {
    Errors errors = new Errors();
    validate(node, errors);
    At drivers = At.of(node).child("spec", "drivers");
    for (At before : At.of(old).child("spec", "drivers").items()) {
      for (At now : drivers.items()) {
        if (now.text("name").equals(before.text("name")) && !sameButCount(now, before)) {
          errors.invalid(drivers, now.node(), "field is immutable");
        }
      }
    }
    return errors.list();
  }

  private static boolean sameButCount(At a, At b) {
    return a.text("nodeID").equals(b.text("nodeID"))
        && Semantic.equal(a.child("topologyKeys").node(), b.child("topologyKeys").node());
  }
}
