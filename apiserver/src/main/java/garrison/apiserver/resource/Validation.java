package garrison.apiserver.resource;

import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.rules.MetadataRules;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** Collects what is wrong with a document, metadata first, and refuses it with all of that. */
final class Validation {
  private Validation() {}

  static void created(Kind kind, ObjectNode document, Consumer<String> warnings) {
    List<FieldError> errors = new ArrayList<>(MetadataRules.validateCreate(kind, document));
    errors.addAll(kind.rules().validateCreate(document));
    refuse(kind, document, errors);
    kind.rules().warningsOnCreate(document).forEach(warnings);
  }

  static void updated(Kind kind, ObjectNode document, ObjectNode old, Consumer<String> warnings) {
    List<FieldError> errors = new ArrayList<>(MetadataRules.validateUpdate(kind, document, old));
    errors.addAll(kind.rules().validateUpdate(document, old));
    refuse(kind, document, errors);
    kind.rules().warningsOnUpdate(document, old).forEach(warnings);
  }

  static void statusUpdated(Kind kind, ObjectNode document, ObjectNode old) {
    List<FieldError> errors = new ArrayList<>(MetadataRules.validateUpdate(kind, document, old));
    errors.addAll(kind.rules().validateStatusUpdate(document, old));
    refuse(kind, document, errors);
  }

  static void partUpdated(Kind kind, String subresource, ObjectNode document, ObjectNode old) {
    List<FieldError> errors = new ArrayList<>(MetadataRules.validateUpdate(kind, document, old));
    errors.addAll(kind.rules().validatePartUpdate(subresource, document, old));
    refuse(kind, document, errors);
  }

  private static void refuse(Kind kind, ObjectNode document, List<FieldError> errors) {
    if (!errors.isEmpty()) {
      throw StatusException.invalid(kind, Documents.name(document), errors);
    }
  }
}
