package garrison.agent.node;

import garrison.model.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How the node is, in upstream's order and words, Ready last (spec: node-agent 2). Pure.
 *
 * @param pressure what it is short of
 * @param problems why it cannot run pods; empty for ready
 * @param limitsProblem why limits are not enforced, null where they are
 */
public record NodeConditions(
    Pressure pressure, List<String> problems, @Nullable String limitsProblem) {
  /** Whether containers are held to their limits; only there when they are not. */
  public static final String LIMITS = "ResourceLimitsUnenforced";

  private record Line(String type, boolean status, String reason, String message) {}

  /** The conditions, with the time of their last change taken from {@code before}. */
  public ArrayNode toJson(JsonNode before, Instant now) {
    ArrayNode array = Json.mapper().createArrayNode();
    for (Line line : lines()) {
      String status = line.status() ? "True" : "False";
      ObjectNode condition = array.addObject();
      condition.put("type", line.type());
      condition.put("status", status);
      condition.put("lastHeartbeatTime", NodeDocument.time(now));
      condition.put("lastTransitionTime", since(before, line.type(), status, now));
      condition.put("reason", line.reason());
      condition.put("message", line.message());
    }
    return array;
  }

  private List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    lines.add(
        pressure.memory()
            ? new Line(
                "MemoryPressure",
                true,
                "KubeletHasInsufficientMemory",
                "kubelet has insufficient memory available")
            : new Line(
                "MemoryPressure",
                false,
                "KubeletHasSufficientMemory",
                "kubelet has sufficient memory available"));
    lines.add(
        pressure.disk()
            ? new Line("DiskPressure", true, "KubeletHasDiskPressure", "kubelet has disk pressure")
            : new Line(
                "DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"));
    lines.add(
        pressure.pids()
            ? new Line(
                "PIDPressure",
                true,
                "KubeletHasInsufficientPID",
                "kubelet has insufficient PID available")
            : new Line(
                "PIDPressure",
                false,
                "KubeletHasSufficientPID",
                "kubelet has sufficient PID available"));
    if (limitsProblem != null) {
      lines.add(new Line(LIMITS, true, "CgroupsNotWritable", limitsMessage(limitsProblem)));
    }
    lines.add(
        problems.isEmpty()
            ? new Line("Ready", true, "KubeletReady", "kubelet is posting ready status")
            : new Line("Ready", false, "KubeletNotReady", joined(problems)));
    return lines;
  }

  /** The sentence about limits, for the condition and for the event. */
  public static String limitsMessage(String problem) {
    return "containers run without cpu and memory limits: "
        + problem
        + "; start the agent as root, or give it a delegated cgroup v2 tree";
  }

  private static String joined(List<String> problems) {
    return problems.size() == 1 ? problems.getFirst() : problems.toString();
  }

  private static String since(JsonNode before, String type, String status, Instant now) {
    for (JsonNode condition : before) {
      if (condition.path("type").asString("").equals(type)
          && condition.path("status").asString("").equals(status)) {
        return condition.path("lastTransitionTime").asString(NodeDocument.time(now));
      }
    }
    return NodeDocument.time(now);
  }
}
