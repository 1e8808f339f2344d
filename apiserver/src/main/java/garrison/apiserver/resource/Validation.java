package garrison.apiserver.resource;

import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** Collects what is wrong with a document, metadata first, and refuses it with all of that. */
final class Validation {
  private Validation() {}

  static void created(Kind kind, ObjectNode document, Consumer<String> warnings) {
    List<FieldError> errors = new ArrayList<>();
    if (Documents.name(document).isEmpty()) {
      errors.add(
          new FieldError(
              "metadata.name",
              FieldError.Type.REQUIRED,
              "Required value: name or generateName is required"));
    }
    errors.addAll(kind.rules().validateCreate(document));
    refuse(kind, document, errors);
    kind.rules().warningsOnCreate(document).forEach(warnings);
  }

  static void updated(Kind kind, ObjectNode document, ObjectNode old, Consumer<String> warnings) {
    List<FieldError> errors = metadata(document, old);
    errors.addAll(kind.rules().validateUpdate(document, old));
    refuse(kind, document, errors);
    kind.rules().warningsOnUpdate(document, old).forEach(warnings);
  }

  static void statusUpdated(Kind kind, ObjectNode document, ObjectNode old) {
    List<FieldError> errors = metadata(document, old);
    errors.addAll(kind.rules().validateStatusUpdate(document, old));
    refuse(kind, document, errors);
  }

  private static List<FieldError> metadata(ObjectNode document, ObjectNode old) {
    List<FieldError> errors = new ArrayList<>();
    ObjectNode now = Documents.metadata(document);
    ObjectNode before = Documents.metadata(old);
    for (String member :
        List.of("uid", "deletionTimestamp", "deletionGracePeriodSeconds", "name", "namespace")) {
      if (!Documents.same(now.get(member), before.get(member))) {
        errors.add(
            new FieldError(
                "metadata." + member,
                FieldError.Type.INVALID,
                "Invalid value: " + now.path(member) + ": field is immutable"));
      }
    }
    return errors;
  }

  private static void refuse(Kind kind, ObjectNode document, List<FieldError> errors) {
    if (!errors.isEmpty()) {
      throw StatusException.invalid(kind, Documents.name(document), errors);
    }
  }
}
