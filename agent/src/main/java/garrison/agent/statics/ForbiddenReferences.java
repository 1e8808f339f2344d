package garrison.agent.statics;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a static pod may not name (spec: node-agent 3.1): it has to run without an API server, and
 * whoever can write its file has not thereby a right to the cluster's secrets. Pure.
 */
final class ForbiddenReferences {
  private static final List<String> CONTAINERS =
      List.of("initContainers", "containers", "ephemeralContainers");

  private ForbiddenReferences() {}

  /** The first of them, as {@code static pods may not reference …} ends; null where all is well. */
  static @Nullable String in(JsonNode spec) {
    if (!spec.path("serviceAccountName").asString("").isEmpty()) {
      return "serviceaccounts";
    }
    if (!spec.path("imagePullSecrets").isEmpty()) {
      return "secrets";
    }
    if (!spec.path("resourceClaims").isEmpty()) {
      return "resourceclaims";
    }
    for (JsonNode volume : spec.path("volumes")) {
      String found = volume(volume);
      if (found != null) {
        return found;
      }
    }
    for (String list : CONTAINERS) {
      for (JsonNode container : spec.path(list)) {
        String found = container(container);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private static @Nullable String volume(JsonNode volume) {
    if (volume.has("secret")) {
      return "secrets";
    }
    if (volume.has("configMap")) {
      return "configmaps";
    }
    if (volume.has("persistentVolumeClaim")) {
      return "persistentvolumeclaims";
    }
    for (String type : List.of("ephemeral", "csi", "azureFile", "glusterfs")) {
      if (volume.has(type)) {
        return type + " volumes";
      }
    }
    for (JsonNode source : volume.path("projected").path("sources")) {
      if (!source.has("downwardAPI")) {
        return "projected volumes other than downwardAPI";
      }
    }
    for (JsonNode source : volume) {
      if (source.has("secretRef")) {
        return "secrets";
      }
    }
    return null;
  }

  private static @Nullable String container(JsonNode container) {
    for (JsonNode source : container.path("envFrom")) {
      if (source.has("secretRef")) {
        return "secrets";
      }
      if (source.has("configMapRef")) {
        return "configmaps";
      }
    }
    for (JsonNode variable : container.path("env")) {
      JsonNode from = variable.path("valueFrom");
      if (from.has("secretKeyRef")) {
        return "secrets";
      }
      if (from.has("configMapKeyRef")) {
        return "configmaps";
      }
    }
    return null;
  }
}
