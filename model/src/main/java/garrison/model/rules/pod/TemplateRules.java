package garrison.model.rules.pod;

import garrison.model.rules.check.Annotations;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Labels;

/** A template of pods, as DaemonSets and pod templates carry it (spec: api-server 15.2). */
public final class TemplateRules {
  private TemplateRules() {}

  /** Everything wrong with a template that has its defaults. */
  public static void validate(At template, Errors errors) {
    At metadata = template.child("metadata");
    At spec = template.child("spec");
    // Labels and annotations are reported beside the metadata, not within.
    Labels.validate(
        new At(template.child("labels").path(), metadata.child("labels").node()), errors);
    At annotations =
        new At(template.child("annotations").path(), metadata.child("annotations").node());
    Annotations.validate(annotations, errors);
    AnnotationRules.validate(annotations, spec, errors);
    PodSpecRules.validate(spec, false, "", errors);
    AnnotationRules.matchFields(annotations, spec, errors);
    if (spec.child("ephemeralContainers").filled()) {
      errors.forbidden(
          spec.child("ephemeralContainers"), "ephemeral containers not allowed in pod template");
    }
  }
}
