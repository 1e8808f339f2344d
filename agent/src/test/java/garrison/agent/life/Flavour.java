package garrison.agent.life;

import garrison.agent.AgentConfig;
import garrison.model.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What pods of a test have to be for a runtime to run them; all else is the same for all.
 *
 * @param runtimeClass for the pod, empty for none
 * @param image with a {@code /bin/sh}
 * @param folder where a test's files have to be for the runtime to see what is mounted there; null
 *     for processes, which see all of the test's files as they are
 * @param agent what the agent needs to know beyond its usual configuration
 */
public record Flavour(
    String runtimeClass, String image, @Nullable Path folder, UnaryOperator<AgentConfig> agent) {
  /** Processes of the host. */
  public static final Flavour PROCESSES =
      new Flavour("process", "host/sh", null, UnaryOperator.identity());

  /** The same with more for the agent to know. */
  Flavour with(UnaryOperator<AgentConfig> more) {
    return new Flavour(runtimeClass, image, folder, config -> more.apply(agent.apply(config)));
  }

  /** Fits one container. */
  ObjectNode fitContainer(ObjectNode container, Path shared) {
    container.put("image", image);
    if (folder != null) {
      container
          .withArray("volumeMounts")
          .addObject()
          .put("name", "shared")
          .put("mountPath", shared.toString());
    }
    return container;
  }

  /** Fits a pod's spec: its network is the node's, and {@code shared} is the same path in it. */
  ObjectNode fit(ObjectNode spec, Path shared) {
    if (!runtimeClass.isEmpty()) {
      spec.put("runtimeClassName", runtimeClass);
    }
    spec.put("hostNetwork", true);
    for (String list : List.of("initContainers", "containers")) {
      for (JsonNode container : spec.path(list)) {
        fitContainer((ObjectNode) container, shared);
      }
    }
    if (folder != null) {
      ArrayNode volumes = spec.withArray("volumes");
      ObjectNode volume = volumes.addObject().put("name", "shared");
      volume.set("hostPath", Json.object().put("path", shared.toString()));
    }
    return spec;
  }
}
