package garrison.model.rules.pod;

import garrison.model.rules.check.Members;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a pod and a pod template are given where they say nothing (spec: api-server 15.1). A
 * template gets less: requests, host ports and service links are filled in only on the pod made of
 * it. Pure, in place.
 */
public final class PodDefaults {
  private PodDefaults() {}

  /** Defaults of a template, such as {@code spec.template} of a DaemonSet. */
  public static void ofTemplate(ObjectNode template) {
    Members.object(template, "metadata");
    ofSpec(Members.object(template, "spec"));
  }

  /** Defaults of a pod. */
  static void ofPod(ObjectNode pod) {
    ObjectNode spec = Members.object(pod, "spec");
    ofSpec(spec);
    if (spec.path("terminationGracePeriodSeconds").asLong(0) < 0) {
      spec.put("terminationGracePeriodSeconds", 1);
    }
    Members.each(spec, "containers", ContainerDefaults::requestsFromLimits);
    Members.each(spec, "initContainers", ContainerDefaults::requestsFromLimits);
    Members.missingFlag(spec, "enableServiceLinks", true);
    if (spec.path("hostNetwork").asBoolean(false)) {
      Members.each(spec, "containers", ContainerDefaults::hostPorts);
      Members.each(spec, "initContainers", ContainerDefaults::hostPorts);
    }
  }

  private static void ofSpec(ObjectNode spec) {
    String account = spec.path("serviceAccountName").asString("");
    if (account.isEmpty()) {
      account = spec.path("serviceAccount").asString("");
    }
    if (!account.isEmpty()) {
      spec.put("serviceAccountName", account);
      spec.put("serviceAccount", account);
    }
    Members.text(spec, "restartPolicy", "Always");
    Members.missingNumber(spec, "terminationGracePeriodSeconds", 30);
    Members.text(spec, "dnsPolicy", "ClusterFirst");
    Members.object(spec, "securityContext");
    Members.text(spec, "schedulerName", "default-scheduler");
    Members.each(spec, "volumes", VolumeDefaults::of);
    Members.each(spec, "initContainers", ContainerDefaults::of);
    Members.each(spec, "containers", ContainerDefaults::of);
    Members.each(spec, "ephemeralContainers", ContainerDefaults::of);
    Members.with(spec, "resources", ContainerDefaults::roundResources);
    Members.with(spec, "overhead", ContainerDefaults::round);
  }
}
