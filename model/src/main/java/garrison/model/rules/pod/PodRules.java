package garrison.model.rules.pod;

import garrison.model.FieldError;
import garrison.model.Quantity;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Pods (spec: api-server 10.4, 15). Stateless. */
public final class PodRules implements Rules {
  @Override
  public void applyDefaults(ObjectNode pod) {
    PodDefaults.ofPod(pod);
    Members.with(pod, "status", PodStatusRules::mirrorAddresses);
  }

  /**
   * Resets the status. A pod that is held back is so since its creation, which the server noted.
   */
  @Override
  public void prepareCreate(ObjectNode pod) {
    ObjectNode spec = Members.object(pod, "spec");
    AlphaFields.drop(spec);
    SelectorKeys.complete(pod);
    AppArmor.complete(pod);
    podLevelRequests(spec);
    ObjectNode status = pod.putObject("status");
    status.put("phase", "Pending");
    if (!spec.path("schedulingGates").isEmpty()) {
      ObjectNode condition = status.putArray("conditions").addObject();
      condition.put("type", "PodScheduled");
      condition.put("status", "False");
      condition.putNull("lastProbeTime");
      String created = pod.path("metadata").path("creationTimestamp").asString("");
      condition.put("lastTransitionTime", created.isEmpty() ? null : created);
      condition.put("reason", "SchedulingGated");
      condition.put("message", "Scheduling is blocked due to non-empty scheduling gates");
    }
    status.put("qosClass", Qos.of(spec));
  }

  /** A pod that limits itself as a whole also requests as a whole. */
  private static void podLevelRequests(ObjectNode spec) {
    if (!(spec.path("resources") instanceof ObjectNode resources)
        || resources.path("limits").isEmpty()) {
      return;
    }
    ObjectNode requests = Members.object(resources, "requests");
    for (Map.Entry<String, Quantity> sum : PodTotals.of(spec, "requests").entrySet()) {
      String name = sum.getKey();
      if (Members.absent(requests, name)
          && ResourceNames.isPodLevel(name)
          && ResourceNames.allowsOvercommit(name)) {
        requests.put(name, sum.getValue().written());
      }
    }
    resources
        .path("limits")
        .forEachEntry(
            (name, limit) -> {
              if (Members.absent(requests, name) && ResourceNames.isPodLevel(name)) {
                requests.set(name, limit);
              }
            });
    if (requests.isEmpty()) {
      resources.remove("requests");
    }
  }

  @Override
  public void prepareUpdate(ObjectNode pod, ObjectNode old) {
    ObjectNode spec = Members.object(pod, "spec");
    if (Members.absent(spec, "resources")) {
      Members.carry(old.path("spec"), spec, "resources");
    }
    AlphaFields.drop(spec);
  }

  @Override
  public void prepareStatusUpdate(ObjectNode pod, ObjectNode old) {
    ObjectNode status = Members.object(pod, "status");
    PodStatusRules.mirrorAddresses(status);
    PodStatusRules.carryOver(status, old.path("status"));
  }

  @Override
  public List<FieldError> validateCreate(ObjectNode pod) {
    Errors errors = new Errors();
    At at = At.of(pod);
    At spec = at.child("spec");
    At annotations = at.child("metadata", "annotations");
    whole(at, spec, annotations, errors);
    if (spec.child("ephemeralContainers").filled()) {
      errors.forbidden(spec.child("ephemeralContainers"), "cannot be set on create");
    }
    if (!spec.text("nodeName").isEmpty() && spec.child("schedulingGates").filled()) {
      errors.forbidden(
          spec.child("nodeName"), "cannot be set until all schedulingGates have been cleared");
    }
    AnnotationRules.matchFields(annotations, spec, errors);
    return errors.list();
  }

  private static void whole(At pod, At spec, At annotations, Errors errors) {
    AnnotationRules.validate(annotations, spec, errors);
    PodSpecRules.validate(spec, true, pod.child("metadata").text("name"), errors);
    if (spec.text("serviceAccountName").isEmpty()) {
      tokens(spec, errors);
    }
    errors.nonNegative(spec.child("terminationGracePeriodSeconds"));
    ContainerRules.trimmedImages(spec.child("containers"), errors);
    ContainerRules.trimmedImages(spec.child("initContainers"), errors);
  }

  private static void tokens(At spec, Errors errors) {
    for (At volume : spec.child("volumes").items()) {
      for (At source : volume.child("projected", "sources").items()) {
        if (source.has("serviceAccountToken")) {
          errors.forbidden(
              source.child("serviceAccountToken"),
              "must not be specified when serviceAccountName is not set");
        }
      }
    }
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode pod, ObjectNode old) {
    Errors errors = new Errors();
    At at = At.of(pod);
    At spec = at.child("spec");
    At annotations = at.child("metadata", "annotations");
    whole(at, spec, annotations, errors);
    AnnotationRules.validateUpdate(
        annotations, At.of(old).child("metadata", "annotations"), errors);
    PodUpdateRules.validate(spec, At.of(old).child("spec"), errors);
    return errors.list();
  }

  @Override
  public List<FieldError> validatePartUpdate(String subresource, ObjectNode pod, ObjectNode old) {
    Errors errors = new Errors();
    At at = At.of(pod);
    At annotations = at.child("metadata", "annotations");
    if (annotations.has(AnnotationRules.MIRROR)) {
      errors.forbidden(At.of(pod), "static pods do not support ephemeral containers");
      return errors.list();
    }
    whole(at, at.child("spec"), annotations, errors);
    ContainerRules.onlyAdded(at.child("spec"), At.of(old).child("spec"), errors);
    return errors.list();
  }

  @Override
  public List<FieldError> validateStatusUpdate(ObjectNode pod, ObjectNode old) {
    Errors errors = new Errors();
    AnnotationRules.validateUpdate(
        At.of(pod).child("metadata", "annotations"),
        At.of(old).child("metadata", "annotations"),
        errors);
    PodStatusRules.validate(At.of(pod), At.of(old), errors);
    return errors.list();
  }

  @Override
  public List<String> warningsOnCreate(ObjectNode pod) {
    List<String> warnings = new ArrayList<>();
    List<String> wrong = Formats.dnsLabel(pod.path("metadata").path("name").asString(""));
    if (!wrong.isEmpty()) {
      warnings.add(
          "metadata.name: this is used in the Pod's hostname, which can result in surprising"
              + " behavior; a DNS label is recommended: ["
              + String.join(" ", wrong)
              + "]");
    }
    warnings.addAll(AppArmor.warnings(At.of(pod)));
    warnings.addAll(PodWarnings.ofPod(At.of(pod)));
    return warnings;
  }
}
