package garrison.agent.pod;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Which list of a pod's spec a container stands in. */
public enum ContainerRole {
  /** Runs to its end before the main ones start, or beside them as a sidecar. */
  INIT("initContainers", "initContainerStatuses"),
  /** What the pod is there for. */
  MAIN("containers", "containerStatuses"),
  /** Added to a pod for debugging: runs once, and nothing about the pod depends on it. */
  EPHEMERAL("ephemeralContainers", "ephemeralContainerStatuses");

  private final String list;
  private final String statuses;

  ContainerRole(String list, String statuses) {
    this.list = list;
    this.statuses = statuses;
  }

  /** The member of the spec. */
  public String list() {
    return list;
  }

  /** The member of the status. */
  public String statuses() {
    return statuses;
  }

  /** That of the container of that name, which is unique in a pod; null where there is none. */
  static @Nullable ContainerRole of(JsonNode podSpec, String container) {
    for (ContainerRole role : values()) {
      for (JsonNode one : podSpec.path(role.list)) {
        if (one.path("name").asString("").equals(container)) {
          return role;
        }
      }
    }
    return null;
  }
}
