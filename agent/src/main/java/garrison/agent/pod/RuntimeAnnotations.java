package garrison.agent.pod;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a container carries in its runtime, so that an agent that has lost the pod's document can
 * still end it rightly (spec: node-agent 1.4). Pure.
 */
final class RuntimeAnnotations {
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

  private static void seconds(Map<String, String> annotations, String key, JsonNode value) {
    if (value.isIntegralNumber()) {
      annotations.put(key, Long.toString(value.longValue()));
    }
  }
}
