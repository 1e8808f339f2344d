package garrison.model.rules.pod;

import garrison.model.json.Json;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Members;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * AppArmor profiles, which stood in annotations before they had a field. On a new pod each is
 * copied to where the other is missing, so that old and new nodes read the same.
 */
final class AppArmor {
  static final String DEPRECATED =
      "deprecated since v1.30; use the \"appArmorProfile\" field instead";

  private static final String LOCAL = "localhost/";

  private AppArmor() {}

  /** The field that an annotation stands for; an empty object where it stands for none. */
  static ObjectNode profile(String annotation) {
    ObjectNode profile = Json.object();
    if (annotation.equals("runtime/default")) {
      profile.put("type", "RuntimeDefault");
    } else if (annotation.equals("unconfined")) {
      profile.put("type", "Unconfined");
    } else if (annotation.startsWith(LOCAL) && annotation.length() > LOCAL.length()) {
      profile
          .put("type", "Localhost")
          .put("localhostProfile", annotation.substring(LOCAL.length()));
    }
    return profile;
  }

  private static String annotation(JsonNode profile) {
    return switch (profile.path("type").asString("")) {
      case "RuntimeDefault" -> "runtime/default";
      case "Unconfined" -> "unconfined";
      case "Localhost" -> LOCAL + profile.path("localhostProfile").asString("");
      default -> "";
    };
  }

  /** Completes a new pod. In place. */
  static void complete(ObjectNode pod) {
    ObjectNode spec = Members.object(pod, "spec");
    if (spec.path("os").path("name").asString("").equals("windows")) {
      return;
    }
    for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
      Members.each(spec, list, container -> complete(pod, spec, container));
    }
  }

  private static void complete(ObjectNode pod, ObjectNode spec, ObjectNode container) {
    String key = AnnotationRules.APP_ARMOR + container.path("name").asString("");
    JsonNode own = container.path("securityContext").path("appArmorProfile");
    JsonNode annotations = pod.path("metadata").path("annotations");
    if (!annotations.has(key)) {
      JsonNode effective =
          own.isObject() ? own : spec.path("securityContext").path("appArmorProfile");
      String annotation = annotation(effective);
      if (!annotation.isEmpty()) {
        Members.object(Members.object(pod, "metadata"), "annotations").put(key, annotation);
      }
    } else if (!own.isObject()) {
      ObjectNode profile = profile(annotations.path(key).asString(""));
      if (isValid(profile)) {
        Members.object(container, "securityContext").set("appArmorProfile", profile);
      }
    }
  }

  private static boolean isValid(ObjectNode profile) {
    Errors errors = new Errors();
    SecurityRules.appArmor(At.of(profile), errors);
    return errors.count() == 0;
  }

  /**
   * Warnings for a pod whose profiles came from annotations. {@code pod} is as {@link #complete}
   * left it, so that the two agree; the pod's own profile needs no annotation.
   */
  static List<String> warnings(At pod) {
    List<String> warnings = new ArrayList<>();
    At annotations = pod.child("metadata", "annotations");
    JsonNode ofPod = pod.child("spec", "securityContext", "appArmorProfile").node();
    Containers.each(
        pod.child("spec"),
        container -> {
          String key = AnnotationRules.APP_ARMOR + container.text("name");
          JsonNode own = container.child("securityContext", "appArmorProfile").node();
          boolean fromAnnotation =
              annotations.has(key)
                  && own.isObject()
                  && own.equals(profile(annotations.text(key)))
                  && !own.equals(ofPod);
          if (fromAnnotation) {
            warnings.add(annotations.key(key).path() + ": " + DEPRECATED);
          }
        });
    return warnings;
  }
}
