package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.GoValue;
import garrison.model.rules.check.Semantic;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The three lists of containers (spec: api-server 15.2). */
final class ContainerRules {
  private static final List<String> PULL_POLICIES = List.of("Always", "IfNotPresent", "Never");

  /** What runs only beside the regular containers. */
  private static final List<String> LONG_LIVED =
      List.of("lifecycle", "livenessProbe", "readinessProbe", "startupProbe");

  /** What a container for debugging may not have, under upstream's names. */
  private static final List<String> NOT_EPHEMERAL =
      List.of(
          "ports",
          "resources",
          "resizePolicy",
          "restartPolicy",
          "restartPolicyRules",
          "livenessProbe",
          "readinessProbe",
          "startupProbe",
          "lifecycle");

  private ContainerRules() {}

  static void validate(PodContext context, Errors errors) {
    regular(context, errors);
    initial(context, errors);
    ephemeral(context, errors);
  }

  private static void regular(PodContext context, Errors errors) {
    At containers = context.spec().child("containers");
    if (!containers.filled()) {
      errors.required(containers);
      return;
    }
    Set<String> names = new HashSet<>();
    for (At container : containers.items()) {
      common(container, context, errors);
      if (!names.add(container.text("name"))) {
        errors.duplicate(container.child("name"), container.text("name"));
      }
      longLived(container, context, errors);
      RestartRules.ofContainer(container, errors);
    }
    PortRules.hostPortConflicts(containers.items(), errors);
  }

  private static void longLived(At container, PodContext context, Errors errors) {
    if (container.has("lifecycle")) {
      ProbeRules.lifecycle(container.child("lifecycle"), context, errors);
    }
    ProbeRules.liveness(container.child("livenessProbe"), context, errors);
    ProbeRules.readiness(container.child("readinessProbe"), context, errors);
    ProbeRules.startup(container.child("startupProbe"), context, errors);
  }

  private static void initial(PodContext context, Errors errors) {
    Set<String> names = new HashSet<>();
    for (At container : context.spec().child("containers").items()) {
      names.add(container.text("name"));
    }
    for (At container : context.spec().child("initContainers").items()) {
      common(container, context, errors);
      RestartRules.ofContainer(container, errors);
      String name = container.text("name");
      if (names.contains(name)) {
        errors.duplicate(container.child("name"), name);
      } else if (!name.isEmpty()) {
        names.add(name);
      }
      // One by one: init containers never run at the same time.
      initialPorts(container, context.spec().child("initContainers"), errors);
      if (Containers.isSidecar(container)) {
        longLived(container, context, errors);
      } else {
        shortLived(container, errors);
      }
    }
  }

  /** Upstream counts each of these lists from zero. */
  private static void initialPorts(At container, At list, Errors errors) {
    At first = new At(list.path() + "[0]", container.node());
    PortRules.hostPortConflicts(List.of(first), errors);
  }

  private static void shortLived(At container, Errors errors) {
    for (String member : LONG_LIVED) {
      if (container.has(member)) {
        errors.forbidden(
            container.child(member),
            "may not be set for init containers without restartPolicy=Always");
      }
    }
    for (At policy : container.child("resizePolicy").items()) {
      if (policy.text("restartPolicy").equals("RestartContainer")) {
        errors.invalid(
            policy.child("restartPolicy"),
            "must not be set to 'RestartContainer' for non-sidecar initContainers");
      }
    }
  }

  private static void ephemeral(PodContext context, Errors errors) {
    At list = context.spec().child("ephemeralContainers");
    Set<String> others = new HashSet<>();
    for (String kind : List.of("containers", "initContainers")) {
      context.spec().child(kind).items().forEach(at -> others.add(at.text("name")));
    }
    Set<String> names = new HashSet<>(others);
    for (At container : list.items()) {
      common(container, context, errors);
      trimmedImage(container, errors);
      if (!names.add(container.text("name"))) {
        errors.duplicate(container.child("name"), container.text("name"));
      }
      At target = container.child("targetContainerName");
      if (!target.text().isEmpty() && !others.contains(target.text())) {
        errors.notFound(target, target.text());
      }
      onlyForDebugging(container, errors);
    }
  }

  /** Those for debugging that are there stay as they are: only others may come. */
  static void onlyAdded(At spec, At old, Errors errors) {
    At list = spec.child("ephemeralContainers");
    Map<String, At> now = new HashMap<>();
    list.items().forEach(container -> now.put(container.text("name"), container));
    for (At before : old.child("ephemeralContainers").items()) {
      String name = before.text("name");
      At kept = now.get(name);
      String subject = "existing ephemeral containers " + GoValue.quoted(name);
      if (kept == null) {
        errors.forbidden(list, subject + " may not be removed\n");
      } else if (!Semantic.equal(kept.node(), before.node())) {
        errors.forbidden(list, subject + " may not be changed\n");
      }
    }
  }

  private static void onlyForDebugging(At container, Errors errors) {
    String why = "cannot be set for an Ephemeral Container";
    for (String member : NOT_EPHEMERAL) {
      At at = container.child(member);
      boolean set = member.equals("resources") ? at.filled() : at.present();
      if (set) {
        errors.forbidden(at, why);
      }
    }
    for (At mount : container.child("volumeMounts").items()) {
      for (String member : List.of("subPath", "subPathExpr")) {
        if (!mount.text(member).isEmpty()) {
          errors.forbidden(mount.child(member), why);
        }
      }
    }
  }

  private static void common(At container, PodContext context, Errors errors) {
    At name = container.child("name");
    if (name.text().isEmpty()) {
      errors.required(name);
    } else {
      errors.invalid(name, Formats.dnsLabel(name.text()));
    }
    if (container.text("image").isEmpty()) {
      errors.required(container.child("image"));
    }
    messagePolicy(container.child("terminationMessagePolicy"), errors);
    PortRules.validate(container.child("ports"), errors);
    EnvironmentRules.validate(container, errors);
    MountRules.validate(container, context.volumes(), errors);
    pullPolicy(container.child("imagePullPolicy"), errors);
    ResourceRules.ofContainer(container.child("resources"), context.claims(), errors);
    RestartRules.resize(container.child("resizePolicy"), context.restartPolicy(), errors);
    SecurityRules.ofContainer(container.child("securityContext"), context.hostUsers(), errors);
  }

  private static void messagePolicy(At policy, Errors errors) {
    switch (policy.text()) {
      case "File", "FallbackToLogsOnError" -> {}
      case "" -> errors.required(policy);
      default -> errors.notSupported(policy, policy.text(), "File", "FallbackToLogsOnError");
    }
  }

  private static void pullPolicy(At policy, Errors errors) {
    if (policy.text().isEmpty()) {
      errors.required(policy);
    } else if (!PULL_POLICIES.contains(policy.text())) {
      errors.notSupported(policy, policy.text(), PULL_POLICIES);
    }
  }

  /** What a pod demands of an image's name, and a template does not. */
  static void trimmedImages(At containers, Errors errors) {
    containers.items().forEach(container -> trimmedImage(container, errors));
  }

  private static void trimmedImage(At container, Errors errors) {
    String image = container.text("image");
    if (!image.strip().equals(image)) {
      errors.invalid(container.child("image"), "must not have leading or trailing whitespace");
    }
  }
}
