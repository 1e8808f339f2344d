package garrison.model.rules.pod;

import garrison.model.Quantity;
import garrison.model.rules.check.Annotations;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.Labels;
import java.util.List;
import java.util.Set;

/** The claim that an ephemeral volume carries within itself (spec: api-server 15.2). */
final class ClaimRules {
  private static final Set<String> TEMPLATE_METADATA = Set.of("labels", "annotations");
  private static final List<String> MODES =
      List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");

  private ClaimRules() {}

  static void ephemeral(At source, Errors errors) {
    At template = source.child("volumeClaimTemplate");
    if (!template.present()) {
      errors.required(template);
      return;
    }
    At metadata = template.child("metadata");
    Annotations.validate(metadata.child("annotations"), errors);
    Labels.validate(metadata.child("labels"), errors);
    metadata
        .node()
        .forEachEntry(
            (name, value) -> {
              if (!TEMPLATE_METADATA.contains(name) && !value.isNull()) {
                errors.forbidden(metadata.child(name), "cannot be set");
              }
            });
    spec(template.child("spec"), errors);
  }

  private static void spec(At spec, Errors errors) {
    At modes = spec.child("accessModes");
    if (!modes.filled()) {
      errors.required(modes, "at least 1 access mode is required");
    }
    Labels.validateSelector(spec.child("selector"), errors);
    boolean single = false;
    for (At mode : modes.items()) {
      if (!MODES.contains(mode.text())) {
        errors.notSupported(modes, mode.text(), MODES);
      }
      single |= mode.text().equals("ReadWriteOncePod");
    }
    if (single && modes.node().size() > 1) {
      errors.forbidden(modes, "may not use ReadWriteOncePod with other access modes");
    }
    At requests = spec.child("resources", "requests");
    At storage = new At(requests.path() + "[storage]", requests.node().path("storage"));
    if (!storage.present()) {
      errors.required(storage);
    } else if (Quantity.parse(storage.text()).signum() <= 0) {
      errors.invalid(storage, "must be greater than zero");
    }
    At storageClass = spec.child("storageClassName");
    if (!storageClass.text().isEmpty()) {
      errors.invalid(storageClass, Formats.subdomain(storageClass.text()));
    }
    At mode = spec.child("volumeMode");
    if (mode.present() && !List.of("Block", "Filesystem").contains(mode.text())) {
      errors.notSupported(mode, mode.text(), "Block", "Filesystem");
    }
  }
}
