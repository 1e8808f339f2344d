package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What pods may say of Windows, and what pods for Windows may not say (spec: api-server 15.2). */
final class WindowsRules {
  private static final int LARGEST_SPEC_KIB = 64;
  private static final int DOMAIN_LIMIT = 256;
  private static final int LONGEST_USER = 104;

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final Pattern NET_BIOS =
      Pattern.compile("[^\\\\/:*?\"<>|.][^\\\\/:*?\"<>|]{0,14}");
  private static final Pattern DNS_LABEL =
      Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?");
  private static final Pattern DOTS_AND_BLANKS = Pattern.compile("[. ]+");
  private static final Pattern BAD_IN_USER = Pattern.compile("[\"/\\\\:;|=,+*?<>@\\[\\]]");

  private static final List<String> POD_CONTEXT =
      List.of(
          "appArmorProfile",
          "seLinuxOptions",
          "seccompProfile",
          "fsGroup",
          "fsGroupChangePolicy",
          "sysctls",
          "runAsUser",
          "runAsGroup",
          "supplementalGroups",
          "supplementalGroupsPolicy");

  private static final List<String> CONTAINER_CONTEXT =
      List.of(
          "appArmorProfile",
          "seLinuxOptions",
          "seccompProfile",
          "capabilities",
          "readOnlyRootFilesystem",
          "privileged",
          "allowPrivilegeEscalation",
          "procMount",
          "runAsUser",
          "runAsGroup");

  private WindowsRules() {}

  /** The operating system, and what it rules out. */
  static void system(At spec, Errors errors) {
    At os = spec.child("os");
    if (!os.present()) {
      return;
    }
    switch (os.text("name")) {
      case "" -> errors.required(os.child("name"));
      case "linux" -> linux(spec, errors);
      case "windows" -> windows(spec, errors);
      default -> errors.notSupported(os, os.text("name"), "linux", "windows");
    }
  }

  private static void linux(At spec, Errors errors) {
    List<At> contexts = new ArrayList<>(List.of(spec.child("securityContext")));
    Containers.each(spec, container -> contexts.add(container.child("securityContext")));
    for (At context : contexts) {
      if (context.has("windowsOptions")) {
        errors.forbidden(
            context.child("windowsOptions"), "windows options cannot be set for a linux pod");
      }
    }
  }

  private static void windows(At spec, Errors errors) {
    String why = "cannot be set for a windows pod";
    At context = spec.child("securityContext");
    for (String member : POD_CONTEXT) {
      if (context.has(member)) {
        errors.forbidden(context.child(member), why);
      }
    }
    for (String flag : List.of("hostPID", "hostIPC", "shareProcessNamespace")) {
      if (spec.flag(flag)) {
        errors.forbidden(spec.child(flag), why);
      }
    }
    Containers.each(
        spec,
        container -> {
          At own = container.child("securityContext");
          for (String member : CONTAINER_CONTEXT) {
            if (own.has(member)) {
              errors.forbidden(own.child(member), why);
            }
          }
        });
  }

  static void options(At options, Errors errors) {
    if (!options.present()) {
      return;
    }
    At specName = options.child("gmsaCredentialSpecName");
    if (specName.present()) {
      errors.invalid(specName, Formats.subdomain(specName.text()));
    }
    At spec = options.child("gmsaCredentialSpec");
    if (spec.present()) {
      if (spec.text().isEmpty()) {
        errors.invalid(spec, "gmsaCredentialSpec cannot be an empty string");
      } else if (Formats.bytes(spec.text()) > LARGEST_SPEC_KIB * 1024) {
        errors.invalid(spec, "gmsaCredentialSpec size must be under " + LARGEST_SPEC_KIB + " KiB");
      }
    }
    At user = options.child("runAsUserName");
    if (user.present()) {
      for (String why : wrongUser(user.text())) {
        errors.invalid(user, why);
      }
    }
  }

  private static List<String> wrongUser(String text) {
    if (text.isEmpty()) {
      return List.of("runAsUserName cannot be an empty string");
    }
    if (CONTROL.matcher(text).find()) {
      return List.of("runAsUserName cannot contain control characters");
    }
    String[] parts = text.split("\\\\", -1);
    if (parts.length > 2) {
      return List.of("runAsUserName cannot contain more than one backslash");
    }
    List<String> wrong = new ArrayList<>();
    if (parts.length == 2) {
      if (parts[0].length() >= DOMAIN_LIMIT) {
        wrong.add("runAsUserName's Domain length must be under " + DOMAIN_LIMIT + " characters");
      }
      if (!NET_BIOS.matcher(parts[0]).matches() && !isDnsName(parts[0])) {
        wrong.add("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
      }
    }
    String user = parts[parts.length - 1];
    if (user.isEmpty()) {
      wrong.add("runAsUserName's User cannot be empty");
    } else if (user.length() > LONGEST_USER) {
      wrong.add(
          "runAsUserName's User length must not be longer than " + LONGEST_USER + " characters");
    }
    if (DOTS_AND_BLANKS.matcher(user).matches()) {
      wrong.add("runAsUserName's User cannot contain only periods or spaces");
    }
    if (BAD_IN_USER.matcher(user).find()) {
      wrong.add("runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
    }
    return wrong;
  }

  private static boolean isDnsName(String domain) {
    for (String label : domain.split("\\.", -1)) {
      if (!DNS_LABEL.matcher(label).matches()) {
        return false;
      }
    }
    return true;
  }

  /** Either all containers are processes of the host, or none. */
  static void hostProcess(At spec, Errors errors) {
    At pod = spec.child("securityContext", "windowsOptions", "hostProcess");
    int[] containers = {0, 0};
    Containers.each(
        spec,
        container -> {
          At own = container.child("securityContext", "windowsOptions", "hostProcess");
          boolean ofPod = pod.node().asBoolean(false);
          boolean effective = own.present() ? own.node().asBoolean(false) : ofPod;
          if (pod.present() && own.present() && effective != ofPod) {
            errors.invalid(
                own, "pod hostProcess value must be identical if both are specified, was " + ofPod);
          }
          containers[0]++;
          containers[1] += effective ? 1 : 0;
        });
    if (containers[1] == 0) {
      return;
    }
    if (containers[1] != containers[0]) {
      errors.invalid(
          spec,
          "",
          "If pod contains any hostProcess containers then all containers must be HostProcess"
              + " containers");
    }
    if (!spec.flag("hostNetwork")) {
      errors.invalid(
          spec.child("hostNetwork"),
          false,
          "hostNetwork must be true if pod contains any hostProcess containers");
    }
  }
}
