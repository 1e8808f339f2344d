package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import java.util.Set;
import java.util.TreeSet;

/** Volumes of files made from other objects (spec: api-server 15.2). */
final class FileRules {
  private static final Set<String> FIELDS =
      new TreeSet<>(
          Set.of(
              "metadata.name",
              "metadata.namespace",
              "metadata.labels",
              "metadata.annotations",
              "metadata.uid"));

  private FileRules() {}

  static void secret(At source, Errors errors) {
    files(source, "secretName", errors);
  }

  static void configMap(At source, Errors errors) {
    files(source, "name", errors);
  }

  private static void files(At source, String name, Errors errors) {
    if (source.text(name).isEmpty()) {
      errors.required(source.child(name));
    }
    PathRules.fileMode(source.child("defaultMode"), errors);
    for (At item : source.child("items").items()) {
      keyToPath(item, errors);
    }
  }

  static void keyToPath(At item, Errors errors) {
    if (item.text("key").isEmpty()) {
      errors.required(item.child("key"));
    }
    if (item.text("path").isEmpty()) {
      errors.required(item.child("path"));
    }
    PathRules.notReserved(item.child("path"), item.text("path"), errors);
    PathRules.fileMode(item.child("mode"), errors);
  }

  static void downwardApi(At source, Errors errors) {
    PathRules.fileMode(source.child("defaultMode"), errors);
    for (At item : source.child("items").items()) {
      // Upstream reports an item at the whole source.
      downwardApiFile(new At(source.path(), item.node()), errors);
    }
  }

  static void downwardApiFile(At file, Errors errors) {
    if (file.text("path").isEmpty()) {
      errors.required(file.child("path"));
    }
    PathRules.notReserved(file.child("path"), file.text("path"), errors);
    At field = file.child("fieldRef");
    At resource = file.child("resourceFieldRef");
    if (field.present()) {
      ReferenceRules.field(field, FIELDS, errors);
      if (resource.present()) {
        errors.invalid(
            file, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
      }
    } else if (resource.present()) {
      ReferenceRules.resource(resource, true, errors);
    } else {
      errors.required(file, "one of fieldRef and resourceFieldRef is required");
    }
    PathRules.fileMode(file.child("mode"), errors);
  }
}
