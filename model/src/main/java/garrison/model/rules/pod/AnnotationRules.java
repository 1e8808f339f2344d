package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.GoValue;

/** Annotations that mean something to pods (spec: api-server 15.2). */
final class AnnotationRules {
  static final String MIRROR = "kubernetes.io/config.mirror";
  static final String SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
  static final String SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";
  static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";
  private static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

  private AnnotationRules() {}

  static void validate(At annotations, At spec, Errors errors) {
    if (annotations.has(MIRROR) && spec.text("nodeName").isEmpty()) {
      errors.invalid(
          annotations.key(MIRROR), "must set spec.nodeName if mirror pod annotation is set");
    }
    deletionCost(annotations, errors);
    annotations.entries(
        (key, at) -> {
          if (key.equals(SECCOMP_POD) || key.startsWith(SECCOMP_CONTAINER)) {
            seccomp(annotations.child(key), at.text(), errors);
          }
        });
    annotations.entries(
        (key, at) -> {
          if (key.startsWith(APP_ARMOR)) {
            appArmor(at, key.substring(APP_ARMOR.length()), spec, errors);
          }
        });
  }

  private static void deletionCost(At annotations, Errors errors) {
    String cost = annotations.text(DELETION_COST);
    if (!annotations.has(DELETION_COST)) {
      return;
    }
    try {
      boolean padded = cost.length() > 1 && (cost.startsWith("0") || cost.startsWith("+"));
      if (!padded) {
        Integer.parseInt(cost);
        return;
      }
    } catch (NumberFormatException e) {
      // Reported below, as a padded number is.
    }
    errors.invalid(annotations.key(DELETION_COST), cost, "must be a 32bit integer");
  }

  private static void seccomp(At at, String profile, Errors errors) {
    switch (profile) {
      case "runtime/default", "docker/default", "unconfined" -> {}
      default -> {
        if (profile.startsWith("localhost/")) {
          PathRules.descending(at, profile.substring("localhost/".length()), errors);
        } else {
          errors.invalid(at, profile, "must be a valid seccomp profile");
        }
      }
    }
  }

  private static void appArmor(At at, String container, At spec, Errors errors) {
    if (!Containers.named(spec, container)) {
      errors.invalid(at, container, "container not found");
    }
    String profile = at.text();
    boolean known =
        profile.isEmpty()
            || profile.equals("runtime/default")
            || profile.equals("unconfined")
            || profile.startsWith("localhost/");
    if (!known) {
      errors.invalid(at, profile, "invalid AppArmor profile name: " + GoValue.quoted(profile));
    }
  }

  /** Where a field and an annotation say which profile to use, they must say the same. */
  static void matchFields(At annotations, At spec, Errors errors) {
    At context = spec.child("securityContext");
    if (annotations.has(SECCOMP_POD)) {
      sameSeccomp(context.child("seccompProfile"), annotations.text(SECCOMP_POD), errors);
    }
    Containers.each(
        spec,
        container -> {
          String key = SECCOMP_CONTAINER + container.text("name");
          if (annotations.has(key)) {
            sameSeccomp(
                container.child("securityContext", "seccompProfile"),
                annotations.text(key),
                errors);
          }
        });
    if (!spec.child("os").text("name").equals("windows")) {
      Containers.each(spec, container -> sameAppArmor(annotations, context, container, errors));
    }
  }

  private static void sameSeccomp(At profile, String annotation, Errors errors) {
    boolean same =
        switch (profile.text("type")) {
          case "Unconfined" -> annotation.equals("unconfined");
          case "RuntimeDefault" ->
              annotation.equals("runtime/default") || annotation.equals("docker/default");
          case "Localhost" -> annotation.startsWith("localhost/");
          default -> true;
        };
    same("seccomp", same, profile, annotation, errors);
  }

  private static void sameAppArmor(At annotations, At pod, At container, Errors errors) {
    String key = APP_ARMOR + container.text("name");
    At own = container.child("securityContext", "appArmorProfile");
    At effective = own.present() ? own : new At(own.path(), pod.child("appArmorProfile").node());
    if (!annotations.has(key)) {
      return;
    }
    String annotation = annotations.text(key);
    boolean same =
        switch (effective.text("type")) {
          case "Unconfined" -> annotation.equals("unconfined");
          case "RuntimeDefault" -> annotation.equals("runtime/default");
          case "Localhost" -> annotation.startsWith("localhost/");
          default -> true;
        };
    same("apparmor", same, effective, annotation, errors);
  }

  private static void same(
      String what, boolean sameType, At profile, String annotation, Errors errors) {
    if (!sameType) {
      errors.forbidden(profile.child("type"), what + " type in annotation and field must match");
    } else if (profile.text("type").equals("Localhost")
        && !annotation.equals("localhost/" + profile.text("localhostProfile"))) {
      errors.forbidden(
          profile.child("localhostProfile"), what + " profile in annotation and field must match");
    }
  }

  /** On an update, some must stay as they are. */
  static void validateUpdate(At annotations, At old, Errors errors) {
    old.entries(
        (key, at) -> {
          if (!annotations.text(key).equals(at.text()) || !annotations.has(key)) {
            frozen(annotations.key(key), key, "remove or update", errors);
          }
        });
    annotations.entries(
        (key, at) -> {
          if (!old.has(key)) {
            frozen(at, key, "add", errors);
          }
        });
  }

  private static void frozen(At at, String key, String verb, Errors errors) {
    if (key.startsWith(APP_ARMOR)) {
      errors.forbidden(at, "may not " + verb + " AppArmor annotations");
    }
    if (key.equals(MIRROR)) {
      errors.forbidden(at, "may not " + verb + " mirror pod annotation");
    }
  }
}
