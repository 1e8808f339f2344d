package garrison.agent.pod;

import garrison.agent.runtime.Container;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whether a container that ended starts again (spec: node-agent 3.5): its own rules first, then its
 * own policy, then the pod's. An init container that did its work never does. Pure.
 */
final class RestartPolicy {
  private RestartPolicy() {}

  /** The policy without the rules: Always, OnFailure or Never. */
  static String of(JsonNode podSpec, JsonNode container, boolean init) {
    String own = container.path("restartPolicy").asString("");
    String policy = own.isEmpty() ? podSpec.path("restartPolicy").asString("Always") : own;
    return init && own.isEmpty() && policy.equals("Always") ? "OnFailure" : policy;
  }

  /** Whether it starts again after that end. */
  static boolean again(JsonNode podSpec, JsonNode container, boolean init, Container ended) {
    boolean failed = ended.exitCode() != 0 || ended.reason().equals("OOMKilled");
    String own = container.path("restartPolicy").asString("");
    if (init && !failed && !own.equals("Always")) {
      return false;
    }
    if (!own.isEmpty() && rule(container, ended.exitCode())) {
      return true;
    }
    return switch (of(podSpec, container, init)) {
      case "Never" -> false;
      case "OnFailure" -> failed;
      default -> true;
    };
  }

  /** What no runtime of this agent does, so that the container is refused; null where nothing. */
  static @Nullable String unsupported(JsonNode container) {
    for (JsonNode rule : container.path("restartPolicyRules")) {
      if (rule.path("action").asString("").equals("RestartAllContainers")) {
        return "restartPolicyRules with action RestartAllContainers";
      }
    }
    return null;
  }

  /** The first rule that knows the exit code decides. */
  private static boolean rule(JsonNode container, int exitCode) {
    for (JsonNode rule : container.path("restartPolicyRules")) {
      JsonNode codes = rule.path("exitCodes");
      boolean listed = false;
      for (JsonNode value : codes.path("values")) {
        listed |= value.asInt(-1) == exitCode;
      }
      boolean matches =
          switch (codes.path("operator").asString("")) {
            case "In" -> listed;
            case "NotIn" -> !listed;
            default -> false;
          };
      if (matches) {
        return rule.path("action").asString("").equals("Restart");
      }
    }
    return false;
  }
}
