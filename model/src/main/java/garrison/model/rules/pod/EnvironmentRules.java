package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The environment of a container (spec: api-server 15.2). */
final class EnvironmentRules {
  private static final Set<String> FIELDS =
      new TreeSet<>(
          Set.of(
              "metadata.name",
              "metadata.namespace",
              "metadata.uid",
              "spec.nodeName",
              "spec.serviceAccountName",
              "status.hostIP",
              "status.hostIPs",
              "status.podIP",
              "status.podIPs"));

  private EnvironmentRules() {}

  static void validate(At container, Errors errors) {
    for (At variable : container.child("env").items()) {
      At name = variable.child("name");
      if (name.text().isEmpty()) {
        errors.required(name);
      } else {
        errors.invalid(name, Formats.environmentName(name.text()));
      }
      if (variable.has("valueFrom")) {
        valueFrom(variable.child("valueFrom"), variable.text("value"), errors);
      }
    }
    At all = container.child("envFrom");
    for (At source : all.items()) {
      envFrom(source, all, errors);
    }
  }

  private static void valueFrom(At from, String value, Errors errors) {
    int sources = 0;
    if (from.has("fieldRef")) {
      sources++;
      ReferenceRules.field(from.child("fieldRef"), FIELDS, errors);
    }
    if (from.has("resourceFieldRef")) {
      sources++;
      ReferenceRules.resource(from.child("resourceFieldRef"), false, errors);
    }
    for (String keyed : List.of("configMapKeyRef", "secretKeyRef")) {
      if (from.has(keyed)) {
        sources++;
        key(from.child(keyed), errors);
      }
    }
    if (from.has("fileKeyRef")) {
      sources++;
      fileKey(from.child("fileKeyRef"), errors);
    }
    if (sources == 0) {
      errors.invalid(
          from,
          "",
          "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef`"
              + " or `fileKeyRef`");
    } else if (!value.isEmpty()) {
      errors.invalid(from, "", "may not be specified when `value` is not empty");
    } else if (sources > 1) {
      errors.invalid(from, "", "may not have more than one field specified at a time");
    }
  }

  private static void key(At reference, Errors errors) {
    errors.invalid(
        reference.child("name"), reference.text("name"), Formats.subdomain(reference.text("name")));
    At key = reference.child("key");
    if (key.text().isEmpty()) {
      errors.required(key);
    } else {
      errors.invalid(key, Formats.configKey(key.text()));
    }
  }

  private static void fileKey(At reference, Errors errors) {
    At key = reference.child("key");
    if (key.text().isEmpty()) {
      errors.required(key);
    } else {
      errors.invalid(key, Formats.environmentName(key.text()));
    }
    At volume = reference.child("volumeName");
    if (volume.text().isEmpty()) {
      errors.required(volume);
    } else {
      errors.invalid(volume, Formats.dnsLabel(volume.text()));
    }
    At path = reference.child("path");
    if (path.text().isEmpty()) {
      errors.required(path);
    } else {
      PathRules.noBacksteps(path, errors);
    }
  }

  private static void envFrom(At source, At all, Errors errors) {
    At prefix = source.child("prefix");
    if (!prefix.text().isEmpty()) {
      errors.invalid(prefix, Formats.environmentName(prefix.text()));
    }
    int sources = 0;
    for (String member : List.of("configMapRef", "secretRef")) {
      At name = source.child(member).child("name");
      if (!source.has(member)) {
        continue;
      }
      sources++;
      if (name.text().isEmpty()) {
        errors.required(name);
      } else {
        errors.invalid(name, name.text(), Formats.subdomain(Formats.maskTrailingDash(name.text())));
      }
    }
    // Upstream reports both at the list, not at the element.
    if (sources == 0) {
      errors.invalid(all, "", "must specify one of: `configMapRef` or `secretRef`");
    } else if (sources > 1) {
      errors.invalid(all, "", "may not have more than one field specified at a time");
    }
  }

  /** Files with variables can only stand in volumes that containers of the pod write. */
  static void fileVolumes(At spec, Errors errors) {
    Containers.each(
        spec,
        container -> {
          for (At variable : container.child("env").items()) {
            At reference = variable.child("valueFrom", "fileKeyRef");
            if (reference.present()) {
              fileVolume(spec, reference.child("volumeName"), errors);
            }
          }
        });
  }

  private static void fileVolume(At spec, At name, Errors errors) {
    for (At volume : spec.child("volumes").items()) {
      if (volume.text("name").equals(name.text())) {
        if (!volume.has("emptyDir")) {
          errors.invalid(name, "referenced volume must be of type emptyDir");
        }
        return;
      }
    }
    errors.notFound(name, name.text());
  }
}
