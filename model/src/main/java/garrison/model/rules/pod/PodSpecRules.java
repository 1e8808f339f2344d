package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.Labels;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A whole pod spec, part by part in upstream's order (spec: api-server 15.2). */
final class PodSpecRules {
  private PodSpecRules() {}

  /**
   * Checks a spec.
   *
   * @param pod whether it is that of a pod, not of a template
   * @param podName the name of the pod, empty for a template
   */
  static void validate(At spec, boolean pod, String podName, Errors errors) {
    if (!spec.has("terminationGracePeriodSeconds")) {
      errors.required(spec.child("terminationGracePeriodSeconds"));
    }
    Map<String, JsonNode> volumes = VolumeRules.validate(spec.child("volumes"), podName, errors);
    PodContext context = PodContext.of(pod, spec, volumes);
    resourceClaims(spec.child("resourceClaims"), errors);
    ContainerRules.validate(context, errors);
    ResourceRules.ofPod(context, errors);
    PortRules.onHostNetwork(context, errors);
    RestartRules.ofPod(spec.child("restartPolicy"), errors);
    DnsRules.policy(spec.child("dnsPolicy"), errors);
    Labels.validate(spec.child("nodeSelector"), errors);
    SecurityRules.ofPod(spec, errors);
    if (spec.flag("shareProcessNamespace") && spec.flag("hostPID")) {
      errors.invalid(
          spec.child("shareProcessNamespace"),
          "ShareProcessNamespace and HostPID cannot both be enabled");
    }
    AffinityRules.validate(spec.child("affinity"), errors);
    DnsRules.config(spec.child("dnsConfig"), spec.text("dnsPolicy"), errors);
    for (At gate : spec.child("readinessGates").items()) {
      Labels.validateKey(gate.child("conditionType"), errors);
    }
    schedulingGates(spec.child("schedulingGates"), errors);
    SpreadRules.validate(spec.child("topologySpreadConstraints"), errors);
    WindowsRules.hostProcess(spec, errors);
    SecurityRules.hostUsers(spec, errors);
    DnsRules.hostNameOverride(spec, errors);
    names(spec, errors);
    placement(spec, errors);
    WindowsRules.system(spec, errors);
    EnvironmentRules.fileVolumes(spec, errors);
  }

  private static void names(At spec, Errors errors) {
    named(spec.child("serviceAccountName"), errors);
    String account = spec.text("serviceAccountName");
    if (!spec.text("serviceAccount").equals(account)) {
      errors.invalid(
          spec.child("deprecatedServiceAccount"),
          spec.text("serviceAccount"),
          "must be the same as serviceAccountName: \"" + account + "\"");
    }
    named(spec.child("nodeName"), errors);
    At deadline = spec.child("activeDeadlineSeconds");
    if (deadline.present()) {
      errors.invalid(
          deadline, deadline.number(), Formats.inRange(deadline.number(), 1, Integer.MAX_VALUE));
    }
    for (String member : List.of("hostname", "subdomain")) {
      At name = spec.child(member);
      if (!name.text().isEmpty()) {
        errors.invalid(name, Formats.dnsLabel(name.text()));
      }
    }
  }

  /** The name of another object, where it is given. */
  private static void named(At name, Errors errors) {
    if (!name.text().isEmpty()) {
      errors.invalid(name, Formats.subdomain(name.text()));
    }
  }

  private static void placement(At spec, Errors errors) {
    TolerationRules.tolerations(spec.child("tolerations"), errors);
    DnsRules.hostAliases(spec.child("hostAliases"), errors);
    named(spec.child("priorityClassName"), errors);
    At runtime = spec.child("runtimeClassName");
    if (runtime.present()) {
      errors.invalid(runtime, runtime.text(), Formats.subdomain(runtime.text()));
    }
    At preemption = spec.child("preemptionPolicy");
    if (preemption.present()) {
      PreemptionRules.validate(preemption, errors);
    }
    At overhead = spec.child("overhead");
    if (overhead.present()) {
      ResourceRules.overhead(overhead, overhead, errors);
    }
  }

  private static void schedulingGates(At gates, Errors errors) {
    Set<String> seen = new HashSet<>();
    for (At gate : gates.items()) {
      String name = gate.text("name");
      errors.invalid(gate, name, Formats.qualifiedName(name));
      if (!seen.add(name)) {
        errors.duplicate(gate, name);
      }
    }
  }

  private static void resourceClaims(At claims, Errors errors) {
    Set<String> names = new HashSet<>();
    for (At claim : claims.items()) {
      At name = claim.child("name");
      if (name.text().isEmpty()) {
        errors.required(name);
      } else if (!names.add(name.text())) {
        errors.duplicate(name, name.text());
      } else {
        errors.invalid(name, Formats.dnsLabel(name.text()));
      }
      boolean direct = claim.has("resourceClaimName");
      boolean template = claim.has("resourceClaimTemplateName");
      if (direct && template) {
        errors.invalid(
            claim,
            "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
      }
      if (!direct && !template) {
        errors.invalid(
            claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
      }
      for (String member : List.of("resourceClaimName", "resourceClaimTemplateName")) {
        At reference = claim.child(member);
        if (reference.present()) {
          errors.invalid(reference, reference.text(), Formats.subdomain(reference.text()));
        }
      }
    }
  }
}
