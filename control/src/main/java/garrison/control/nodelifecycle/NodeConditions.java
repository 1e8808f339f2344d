package garrison.control.nodelifecycle;

import garrison.model.Condition;
import garrison.model.Node;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a silent node's conditions become (spec: daemonset 9.3). Pure. */
final class NodeConditions {
  private static final List<String> TYPES =
      List.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

  private NodeConditions() {}

  /** The strategic patch that makes them Unknown; null where they all are. */
  static @Nullable ObjectNode unknown(Node node, Instant now) {
    ObjectNode patch = Json.object();
    ArrayNode conditions = patch.putObject("status").putArray("conditions");
    for (String type : TYPES) {
      Condition present = node.condition(type);
      if (present == null) {
        conditions.add(neverReported(type, node, now));
      } else if (!present.status().equals("Unknown")) {
        ObjectNode condition = conditions.addObject();
        condition.put("type", type);
        condition.put("status", "Unknown");
        condition.put("reason", "NodeStatusUnknown");
        condition.put("message", "Kubelet stopped posting node status.");
        condition.put("lastTransitionTime", Timestamps.seconds(now));
      }
    }
    return conditions.isEmpty() ? null : patch;
  }

  private static ObjectNode neverReported(String type, Node node, Instant now) {
    Instant created = node.meta().creationTimestamp();
    ObjectNode condition = Json.object();
    condition.put("type", type);
    condition.put("status", "Unknown");
    condition.put("reason", "NodeStatusNeverUpdated");
    condition.put("message", "Kubelet never posted node status.");
    condition.put("lastHeartbeatTime", Timestamps.seconds(created == null ? now : created));
    condition.put("lastTransitionTime", Timestamps.seconds(now));
    return condition;
  }
}
