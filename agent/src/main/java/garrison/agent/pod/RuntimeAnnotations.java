package garrison.agent.pod;

import garrison.agent.runtime.Container;
import garrison.model.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a container carries in its runtime, so that an agent that has lost the pod's document can
 * still end it rightly (spec: node-agent 1.4). Pure.
 */
final class RuntimeAnnotations {
  private static final Logger log = LoggerFactory.getLogger(RuntimeAnnotations.class);

  private RuntimeAnnotations() {}

  /** Those of one container. */
  static Map<String, String> of(PodContext context, JsonNode container, int attempt, String hash) {
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put("io.kubernetes.container.hash", hash);
    annotations.put("io.kubernetes.container.restartCount", Integer.toString(attempt));
    annotations.put(
        "io.kubernetes.container.terminationMessagePath",
        container.path("terminationMessagePath").asString("/dev/termination-log"));
    annotations.put(
        "io.kubernetes.container.terminationMessagePolicy",
        container.path("terminationMessagePolicy").asString("File"));
    JsonNode preStop = container.path("lifecycle").path("preStop");
    if (!preStop.isEmpty()) {
      annotations.put("io.kubernetes.container.preStopHandler", preStop.toString());
    }
    if (!container.path("ports").isEmpty()) {
      annotations.put("io.kubernetes.container.ports", container.path("ports").toString());
    }
    seconds(
        annotations,
        "io.kubernetes.pod.deletionGracePeriod",
        context.metadata().path("deletionGracePeriodSeconds"));
    seconds(
        annotations,
        "io.kubernetes.pod.terminationGracePeriod",
        context.spec().path("terminationGracePeriodSeconds"));
    return annotations;
  }

  /** A container as far as what it carries says, for its end. */
  static ContainerView view(Container container) {
    ObjectNode spec = Json.object().put("name", container.name());
    ObjectNode lifecycle = Json.object();
    parse(container, "io.kubernetes.container.preStopHandler", lifecycle, "preStop");
    if (!lifecycle.isEmpty()) {
      spec.set("lifecycle", lifecycle);
    }
    parse(container, "io.kubernetes.container.ports", spec, "ports");
    return new ContainerView(spec, ContainerRole.MAIN, container, null, null, false, false);
  }

  private static void parse(Container container, String key, ObjectNode into, String member) {
    String text = container.annotations().getOrDefault(key, "");
    if (!text.isEmpty()) {
      try {
        into.set(member, Json.mapper().readTree(text));
      } catch (JacksonException e) {
        log.warn("container {}: its annotation {} cannot be read", container.id(), key, e);
      }
    }
  }

  private static void seconds(Map<String, String> annotations, String key, JsonNode value) {
    if (value.isIntegralNumber()) {
      annotations.put(key, Long.toString(value.longValue()));
    }
  }
}
