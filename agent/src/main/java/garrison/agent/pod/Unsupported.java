package garrison.agent.pod;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What host processes cannot give, and is refused instead of ignored (spec: node-agent 4). Pure.
 */
final class Unsupported {
  private Unsupported() {}

  /** The first thing of a container that cannot be had; null where all can. */
  static @Nullable String in(JsonNode podSpec, JsonNode container, boolean root) {
    boolean hostNetwork = podSpec.path("hostNetwork").asBoolean(false);
    for (JsonNode port : container.path("ports")) {
      int inside = port.path("containerPort").asInt(0);
      int outside = port.path("hostPort").asInt(0);
      if (!hostNetwork && outside != inside) {
        return "containerPort " + inside + " without hostNetwork: true";
      }
    }
    JsonNode pod = podSpec.path("securityContext");
    JsonNode own = container.path("securityContext");
    for (JsonNode context : List.of(pod, own)) {
      if (context.path("seccompProfile").path("type").asString("").equals("Localhost")) {
        return "seccompProfile Localhost";
      }
      if (context.path("appArmorProfile").path("type").asString("").equals("Localhost")) {
        return "appArmorProfile Localhost";
      }
      if (context.has("seLinuxOptions")) {
        return "seLinuxOptions";
      }
    }
    Long user = Security.user(podSpec, container);
    boolean otherUser = user != null && user != 0;
    if (!own.path("capabilities").path("add").isEmpty() && (otherUser || !root)) {
      return "capabilities.add for a user other than root";
    }
    if (!root && needsRoot(podSpec, container, user)) {
      return "runAsUser, runAsGroup, fsGroup or readOnlyRootFilesystem with an agent that is not"
          + " root";
    }
    if (!pod.path("sysctls").isEmpty()) {
      return "securityContext.sysctls";
    }
    if (podSpec.path("hostUsers").asBoolean(true) == false) {
      return "hostUsers: false";
    }
    if (!container.path("volumeDevices").isEmpty()) {
      return "volumeDevices";
    }
    for (JsonNode mount : container.path("volumeMounts")) {
      if (mount.path("mountPropagation").asString("").equals("Bidirectional")) {
        return "mountPropagation Bidirectional";
      }
    }
    return null;
  }

  private static boolean needsRoot(JsonNode podSpec, JsonNode container, @Nullable Long user) {
    return user != null
        || Security.group(podSpec, container) != null
        || podSpec.path("securityContext").has("fsGroup")
        || container.path("securityContext").path("readOnlyRootFilesystem").asBoolean(false);
  }

  /** What is accepted but has no effect on a host process; told once, never silent. */
  static List<String> withoutEffect(JsonNode podSpec) {
    List<String> fields = new ArrayList<>();
    if (!podSpec.path("hostAliases").isEmpty()) {
      fields.add("hostAliases");
    }
    if (!podSpec.path("dnsConfig").isEmpty()) {
      fields.add("dnsConfig");
    }
    String dns = podSpec.path("dnsPolicy").asString("");
    if (dns.equals("None") || dns.equals("ClusterFirstWithHostNet")) {
      fields.add("dnsPolicy " + dns);
    }
    boolean seccomp = runtimeDefault(podSpec);
    boolean message = false;
    for (JsonNode container : podSpec.path("containers")) {
      seccomp |= runtimeDefault(container);
      String path = container.path("terminationMessagePath").asString("");
      message |= !path.isEmpty() && !path.equals("/dev/termination-log");
    }
    if (seccomp) {
      fields.add("seccompProfile RuntimeDefault");
    }
    if (message) {
      fields.add("terminationMessagePath");
    }
    return fields;
  }

  private static boolean runtimeDefault(JsonNode podOrContainer) {
    return podOrContainer
        .path("securityContext")
        .path("seccompProfile")
        .path("type")
        .asString("")
        .equals("RuntimeDefault");
  }
}
