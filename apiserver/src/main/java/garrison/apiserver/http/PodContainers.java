package garrison.apiserver.http;

import garrison.model.StatusException;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Which container of a pod is meant (spec: api-server 14.1). Pure. */
final class PodContainers {
  private PodContainers() {}

  /** The container of that name, or the only one; 400 where there is none, or a choice. */
  static String choose(JsonNode pod, String wanted) {
    String name = pod.path("metadata").path("name").asString("");
    List<String> containers = names(pod, "containers");
    List<String> init = names(pod, "initContainers");
    List<String> ephemeral = names(pod, "ephemeralContainers");
    if (!wanted.isEmpty()) {
      if (containers.contains(wanted) || init.contains(wanted) || ephemeral.contains(wanted)) {
        return wanted;
      }
      throw StatusException.badRequest("container " + wanted + " is not valid for pod " + name);
    }
    if (containers.size() == 1) {
      return containers.getFirst();
    }
    StringBuilder message =
        new StringBuilder("a container name must be specified for pod ")
            .append(name)
            .append(", choose one of: ")
            .append(list(containers));
    if (!init.isEmpty()) {
      message.append(" or one of the init containers: ").append(list(init));
    }
    if (!ephemeral.isEmpty()) {
      message.append(" or one of the ephemeral containers: ").append(list(ephemeral));
    }
    throw StatusException.badRequest(message.toString());
  }

  private static List<String> names(JsonNode pod, String list) {
    return pod.path("spec")
        .path(list)
        .valueStream()
        .map(container -> container.path("name").asString(""))
        .toList();
  }

  private static String list(List<String> names) {
    return "[" + String.join(" ", names) + "]";
  }
}
