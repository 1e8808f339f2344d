package garrison.agent.pod;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Who of a pod uses a volume, and how. Pure. */
final class VolumeUse {
  private static final List<String> LISTS =
      List.of("initContainers", "containers", "ephemeralContainers");

  /** Those that a pod is taken with; debugging must not change what its volumes are to them. */
  private static final List<String> LASTING = List.of("initContainers", "containers");

  private VolumeUse() {}

  /** Whether any container uses it; one that nobody uses is not set up. */
  static boolean any(JsonNode podSpec, String volume) {
    return find(podSpec, LISTS, volume, false);
  }

  /** Whether any container may write it, apart from those for debugging. */
  static boolean written(JsonNode podSpec, String volume) {
    return find(podSpec, LASTING, volume, true);
  }

  /**
   * Whether mounts that come later pass between any container's view of it and the node's, apart
   * from those for debugging.
   */
  static boolean propagated(JsonNode podSpec, String volume) {
    for (String list : LASTING) {
      for (JsonNode container : podSpec.path(list)) {
        for (JsonNode mount : container.path("volumeMounts")) {
          if (mount.path("name").asString("").equals(volume)
              && !mount.path("mountPropagation").asString("None").equals("None")) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean find(
      JsonNode podSpec, List<String> lists, String volume, boolean writable) {
    for (String list : lists) {
      for (JsonNode container : podSpec.path(list)) {
        for (JsonNode mount : container.path("volumeMounts")) {
          if (mount.path("name").asString("").equals(volume)
              && !(writable && mount.path("readOnly").asBoolean(false))) {
            return true;
          }
        }
        for (JsonNode device : container.path("volumeDevices")) {
          if (device.path("name").asString("").equals(volume)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** The user that all containers are to run as; null where one says nothing, or they differ. */
  static @Nullable Long onlyUser(JsonNode podSpec) {
    JsonNode pod = podSpec.path("securityContext").path("runAsUser");
    Long only = null;
    for (String list : LISTS) {
      for (JsonNode container : podSpec.path(list)) {
        JsonNode own = container.path("securityContext").path("runAsUser");
        JsonNode user = own.isIntegralNumber() ? own : pod;
        if (!user.isIntegralNumber() || (only != null && only != user.longValue())) {
          return null;
        }
        only = user.longValue();
      }
    }
    return only;
  }
}
