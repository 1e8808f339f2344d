package garrison.apiserver.auth;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a pod names of its namespace: what its node must be able to read. Pure. */
final class PodReferences {
  private PodReferences() {}

  /**
   * One object named.
   *
   * @param resource secrets, configmaps or persistentvolumeclaims
   */
  record Reference(String resource, String name) {}

  /** Everything named, in the order in which it stands; the service account is not among it. */
  static List<Reference> of(JsonNode pod) {
    List<Reference> found = new ArrayList<>();
    JsonNode spec = pod.path("spec");
    for (JsonNode secret : spec.path("imagePullSecrets")) {
      add(found, "secrets", secret.path("name"));
    }
    for (JsonNode volume : spec.path("volumes")) {
      volume(found, volume);
    }
    for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
      for (JsonNode container : spec.path(list)) {
        container(found, container);
      }
    }
    return found;
  }

  private static void volume(List<Reference> found, JsonNode volume) {
    add(found, "secrets", volume.path("secret").path("secretName"));
    add(found, "configmaps", volume.path("configMap").path("name"));
    add(found, "persistentvolumeclaims", volume.path("persistentVolumeClaim").path("claimName"));
    for (JsonNode source : volume.path("projected").path("sources")) {
      add(found, "secrets", source.path("secret").path("name"));
      add(found, "configmaps", source.path("configMap").path("name"));
    }
    for (String driver : List.of("cephfs", "rbd", "iscsi", "flexVolume", "scaleIO", "storageos")) {
      add(found, "secrets", volume.path(driver).path("secretRef").path("name"));
    }
    add(found, "secrets", volume.path("azureFile").path("secretName"));
    add(found, "secrets", volume.path("csi").path("nodePublishSecretRef").path("name"));
  }

  private static void container(List<Reference> found, JsonNode container) {
    for (JsonNode source : container.path("envFrom")) {
      add(found, "secrets", source.path("secretRef").path("name"));
      add(found, "configmaps", source.path("configMapRef").path("name"));
    }
    for (JsonNode variable : container.path("env")) {
      JsonNode source = variable.path("valueFrom");
      add(found, "secrets", source.path("secretKeyRef").path("name"));
      add(found, "configmaps", source.path("configMapKeyRef").path("name"));
    }
  }

  private static void add(List<Reference> found, String resource, JsonNode name) {
    String text = name.asString("");
    if (!text.isEmpty()) {
      found.add(new Reference(resource, text));
    }
  }
}
