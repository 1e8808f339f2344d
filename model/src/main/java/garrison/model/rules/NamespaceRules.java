package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.Members;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Namespaces (spec: api-server 10.5, 15). Stateless. */
final class NamespaceRules implements Rules {
  private static final String NAME_LABEL = "kubernetes.io/metadata.name";

  @Override
  public void applyDefaults(ObjectNode namespace) {
    String name = namespace.path("metadata").path("name").asString("");
    if (!name.isEmpty()) {
      label(namespace, name);
    }
    Members.text(Members.object(namespace, "status"), "phase", "Active");
  }

  private static void label(ObjectNode namespace, String name) {
    Members.object(Members.object(namespace, "metadata"), "labels").put(NAME_LABEL, name);
  }

  @Override
  public void prepareCreate(ObjectNode namespace) {
    // A generated name is known only now.
    label(namespace, namespace.path("metadata").path("name").asString(""));
    namespace.putObject("status").put("phase", "Active");
    ObjectNode spec = Members.object(namespace, "spec");
    ArrayNode finalizers =
        spec.path("finalizers") instanceof ArrayNode present
            ? present
            : spec.putArray("finalizers");
    for (JsonNode finalizer : finalizers) {
      if (finalizer.asString("").equals("kubernetes")) {
        return;
      }
    }
    finalizers.add("kubernetes");
  }

  @Override
  public void prepareUpdate(ObjectNode namespace, ObjectNode old) {
    JsonNode spec = old.path("spec");
    Members.carry(spec, Members.object(namespace, "spec"), "finalizers");
    Members.carry(old, namespace, "status");
  }

  @Override
  public List<FieldError> validateCreate(ObjectNode namespace) {
    Errors errors = new Errors();
    At finalizers = At.of(namespace).child("spec", "finalizers");
    for (At finalizer : finalizers.items()) {
      // Upstream reports them at the list here, and one by one when they are changed.
      finalizer(finalizers, finalizer.text(), errors);
    }
    return errors.list();
  }

  private static void finalizer(At at, String name, Errors errors) {
    errors.invalid(at, name, Formats.qualifiedName(name));
    MetadataRules.standardFinalizer(at, name, errors);
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode namespace, ObjectNode old) {
    return List.of();
  }

  /** Holds for the status subresource and for the finalize subresource alike. */
  @Override
  public List<FieldError> validateStatusUpdate(ObjectNode namespace, ObjectNode old) {
    Errors errors = new Errors();
    At at = At.of(namespace);
    boolean deleting = at.child("metadata").has("deletionTimestamp");
    String phase = at.child("status").text("phase");
    if (!deleting && !phase.equals("Active")) {
      errors.invalid(
          at.child("status", "Phase"),
          phase,
          "may only be 'Active' if `deletionTimestamp` is empty");
    } else if (deleting && !phase.equals("Terminating")) {
      errors.invalid(
          at.child("status", "Phase"),
          phase,
          "may only be 'Terminating' if `deletionTimestamp` is not empty");
    }
    for (At finalizer : at.child("spec", "finalizers").items()) {
      finalizer(finalizer, finalizer.text(), errors);
    }
    return errors.list();
  }
}
