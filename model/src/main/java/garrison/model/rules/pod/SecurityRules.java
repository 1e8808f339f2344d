package garrison.model.rules.pod;

import garrison.model.json.Json;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Security contexts of pods and of containers (spec: api-server 15.2). */
final class SecurityRules {
  private static final List<String> PROFILE_TYPES =
      List.of("Localhost", "RuntimeDefault", "Unconfined");
  private static final int LONGEST_PATH = 4095;
  private static final int LONGEST_SYSCTL = 253;
  private static final Pattern SYSCTL_SEGMENT =
      Pattern.compile("[a-z0-9](?:[-_a-z0-9]*+(?<=[a-z0-9]))?");
  private static final String SYSCTL_PATTERN =
      "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
  private static final List<String> NET_SYSCTLS = List.of("net.");
  private static final List<String> IPC_SYSCTLS = List.of("kernel.shm", "kernel.msg", "fs.mqueue.");

  /** The members of a container's context, as upstream's own type has and names them. */
  private static final Map<String, String> INTERNAL = new LinkedHashMap<>();

  static {
    for (String member :
        List.of(
            "capabilities",
            "privileged",
            "seLinuxOptions",
            "windowsOptions",
            "runAsUser",
            "runAsGroup",
            "runAsNonRoot",
            "readOnlyRootFilesystem",
            "allowPrivilegeEscalation",
            "procMount",
            "seccompProfile",
            "appArmorProfile")) {
      INTERNAL.put(member, Character.toUpperCase(member.charAt(0)) + member.substring(1));
    }
    INTERNAL.put("seLinuxOptions", "SELinuxOptions");
  }

  private SecurityRules() {}

  static void ofContainer(At context, boolean hostUsers, Errors errors) {
    if (!context.present()) {
      return;
    }
    id(context.child("runAsUser"), errors);
    id(context.child("runAsGroup"), errors);
    procMount(context.child("procMount"), hostUsers, errors);
    seccomp(context.child("seccompProfile"), errors);
    if (context.has("allowPrivilegeEscalation") && !context.flag("allowPrivilegeEscalation")) {
      escalation(context, errors);
    }
    WindowsRules.options(context.child("windowsOptions"), errors);
    appArmor(context.child("appArmorProfile"), errors);
  }

  private static void id(At id, Errors errors) {
    if (id.present()) {
      errors.invalid(id, id.number(), Formats.userId(id.number()));
    }
  }

  private static void procMount(At mount, boolean hostUsers, Errors errors) {
    if (!mount.present()) {
      return;
    }
    if (!List.of("Default", "Unmasked").contains(mount.text())) {
      errors.notSupported(mount, mount.text(), "Default", "Unmasked");
    }
    if (hostUsers && mount.text().equals("Unmasked")) {
      errors.invalid(mount, "`hostUsers` must be false to use `Unmasked`");
    }
  }

  private static void escalation(At context, Errors errors) {
    if (context.flag("privileged")) {
      errors.invalid(
          context,
          internal(context.node()),
          "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
    }
    for (At capability : context.child("capabilities", "add").items()) {
      if (capability.text().equals("CAP_SYS_ADMIN")) {
        errors.invalid(
            context,
            internal(context.node()),
            "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
      }
    }
  }

  /** The context as upstream prints its own type: every member, under its Go name. */
  private static ObjectNode internal(JsonNode context) {
    ObjectNode internal = Json.object();
    INTERNAL.forEach((member, name) -> internal.set(name, capitalized(context.path(member))));
    return internal;
  }

  private static JsonNode capitalized(JsonNode node) {
    if (!(node instanceof ObjectNode object)) {
      return node.isMissingNode() ? Json.mapper().nullNode() : node;
    }
    ObjectNode capitalized = Json.object();
    object.forEachEntry(
        (name, value) ->
            capitalized.set(
                Character.toUpperCase(name.charAt(0)) + name.substring(1), capitalized(value)));
    return capitalized;
  }

  static void ofPod(At spec, Errors errors) {
    At context = spec.child("securityContext");
    if (!context.present()) {
      return;
    }
    id(context.child("fsGroup"), errors);
    id(context.child("runAsUser"), errors);
    id(context.child("runAsGroup"), errors);
    for (At group : context.child("supplementalGroups").items()) {
      id(group, errors);
    }
    sysctls(spec, context.child("sysctls"), errors);
    oneOf(context.child("fsGroupChangePolicy"), errors, "Always", "OnRootMismatch");
    seccomp(context.child("seccompProfile"), errors);
    WindowsRules.options(context.child("windowsOptions"), errors);
    appArmor(context.child("appArmorProfile"), errors);
    oneOf(context.child("supplementalGroupsPolicy"), errors, "Merge", "Strict");
    oneOf(context.child("seLinuxChangePolicy"), errors, "MountOption", "Recursive");
  }

  private static void oneOf(At at, Errors errors, String... allowed) {
    if (at.present() && !Arrays.asList(allowed).contains(at.text())) {
      errors.notSupported(at, at.text(), allowed);
    }
  }

  private static void sysctls(At spec, At sysctls, Errors errors) {
    Set<String> seen = new HashSet<>();
    for (At sysctl : sysctls.items()) {
      At name = sysctl.child("name");
      if (name.text().isEmpty()) {
        errors.required(name);
      } else if (!isSysctl(name.text())) {
        errors.invalid(
            name,
            "must have at most "
                + LONGEST_SYSCTL
                + " characters and match regex "
                + SYSCTL_PATTERN);
      } else if (seen.contains(name.text())) {
        errors.duplicate(name, name.text());
      }
      seen.add(name.text());
      if (spec.flag("hostNetwork") && startsWithAny(name.text(), NET_SYSCTLS)) {
        errors.invalid(name, "may not be specified when 'hostNetwork' is true");
      } else if (spec.flag("hostIPC") && startsWithAny(name.text(), IPC_SYSCTLS)) {
        errors.invalid(name, "may not be specified when 'hostIPC' is true");
      }
    }
  }

  private static boolean isSysctl(String name) {
    return name.length() <= LONGEST_SYSCTL
        && Arrays.stream(name.split("[./]", -1))
            .allMatch(segment -> SYSCTL_SEGMENT.matcher(segment).matches());
  }

  private static boolean startsWithAny(String name, List<String> prefixes) {
    String dotted = name.replace('/', '.');
    return prefixes.stream().anyMatch(dotted::startsWith);
  }

  static void seccomp(At profile, Errors errors) {
    if (!profile.present()) {
      return;
    }
    At type = profile.child("type");
    At local = profile.child("localhostProfile");
    if (type.text().isEmpty()) {
      errors.required(type, "type is required when seccompProfile is set");
    } else if (!PROFILE_TYPES.contains(type.text())) {
      errors.notSupported(type, type.text(), PROFILE_TYPES);
    }
    if (!type.text().equals("Localhost")) {
      if (local.present()) {
        errors.invalid(
            local, capitalized(profile.node()), "can only be set when seccomp type is Localhost");
      }
    } else if (local.present()) {
      PathRules.descending(local, local.text(), errors);
    } else {
      errors.required(local, "must be set when seccomp type is Localhost");
    }
  }

  static void appArmor(At profile, Errors errors) {
    if (!profile.present()) {
      return;
    }
    At local = profile.child("localhostProfile");
    switch (profile.text("type")) {
      case "Localhost" -> localAppArmor(local, errors);
      case "RuntimeDefault", "Unconfined" -> {
        if (local.present()) {
          errors.invalid(local, "can only be set when AppArmor type is Localhost");
        }
      }
      case "" ->
          errors.required(profile.child("type"), "type is required when appArmorProfile is set");
      default -> errors.notSupported(profile.child("type"), profile.text("type"), PROFILE_TYPES);
    }
  }

  private static void localAppArmor(At local, Errors errors) {
    if (!local.present() || local.text().isEmpty()) {
      errors.required(local, "must be set when AppArmor type is Localhost");
    } else if (!local.text().strip().equals(local.text())) {
      errors.invalid(local, "must not be padded with whitespace");
    }
    if (Formats.bytes(local.text()) > LONGEST_PATH) {
      errors.tooLong(local, LONGEST_PATH);
    }
  }

  /** Host namespaces do not go together with users of the pod's own. */
  static void hostUsers(At spec, Errors errors) {
    if (!spec.has("hostUsers") || spec.flag("hostUsers")) {
      return;
    }
    String why = "when `hostUsers` is false";
    if (spec.flag("hostNetwork")) {
      errors.forbidden(spec.child("hostNetwork"), why);
    }
    if (spec.flag("hostPID")) {
      errors.forbidden(spec.child("HostPID"), why);
    }
    if (spec.flag("hostIPC")) {
      errors.forbidden(spec.child("HostIPC"), why);
    }
    Containers.each(
        spec,
        container -> {
          if (container.child("volumeDevices").filled()) {
            errors.forbidden(container.child("volumeDevices"), why);
          }
        });
  }
}
