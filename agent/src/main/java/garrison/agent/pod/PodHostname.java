package garrison.agent.pod;

import garrison.agent.runtime.RuntimeFailure;
import tools.jackson.databind.JsonNode;

/**
 * How a pod's machine is called (spec: node-agent 3.11). Immutable.
 *
 * @param name its short name
 * @param full with its domain, empty where it has none
 * @param kernel what the kernel is told
 */
record PodHostname(String name, String full, String kernel) {
  private static final int LONGEST_LABEL = 63;
  private static final int LONGEST_KERNEL = 64;

  /**
   * Of that pod.
   *
   * @param domain of the cluster's names, empty for none
   * @throws RuntimeFailure where the kernel would not take the name that the pod asks for
   */
  static PodHostname of(PodContext context, String domain) {
    JsonNode spec = context.spec();
    String override = spec.path("hostnameOverride").asString("");
    if (!override.isEmpty()) {
      return new PodHostname(override, "", kernel(override));
    }
    String asked = spec.path("hostname").asString("");
    String name = label(asked.isEmpty() ? context.name() : asked);
    String subdomain = spec.path("subdomain").asString("");
    String full =
        subdomain.isEmpty() || domain.isEmpty()
            ? ""
            : name + "." + subdomain + "." + context.namespace() + ".svc." + domain;
    boolean fullInKernel = spec.path("setHostnameAsFQDN").asBoolean(false) && !full.isEmpty();
    return new PodHostname(name, full, fullInKernel ? kernel(full) : name);
  }

  /** Cut to what a label of DNS may have. */
  private static String label(String name) {
    if (name.length() <= LONGEST_LABEL) {
      return name;
    }
    int end = LONGEST_LABEL;
    while (end > 0 && (name.charAt(end - 1) == '-' || name.charAt(end - 1) == '.')) {
      end--; // no name ends so
    }
    return name.substring(0, end);
  }

  private static String kernel(String name) {
    if (name.length() > LONGEST_KERNEL) {
      throw new RuntimeFailure(
          "FailedCreatePodSandBox",
          "Failed to construct FQDN from pod hostname and cluster domain, FQDN "
              + name
              + " is too long (64 characters is the max, "
              + name.length()
              + " characters requested)");
    }
    return name;
  }
}
