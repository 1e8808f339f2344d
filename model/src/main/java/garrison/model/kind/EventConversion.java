package garrison.model.kind;

import garrison.model.json.Json;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The two faces of an event, {@code v1} and {@code events.k8s.io/v1}, over one stored document. */
final class EventConversion {
  private static final Map<String, String> CORE_TO_EVENTS =
      Map.of(
          "involvedObject", "regarding",
          "message", "note",
          "source", "deprecatedSource",
          "firstTimestamp", "deprecatedFirstTimestamp",
          "lastTimestamp", "deprecatedLastTimestamp",
          "count", "deprecatedCount",
          "reportingComponent", "reportingController");

  private static final Map<String, String> EVENTS_TO_CORE =
      CORE_TO_EVENTS.entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

  /** Written by the core kind even when they are empty. */
  private static final Set<String> ALWAYS_IN_CORE =
      Set.of("source", "firstTimestamp", "lastTimestamp");

  private EventConversion() {}

  static ObjectNode toCore(ObjectNode event) {
    ObjectNode core = renamed(event, "v1", EVENTS_TO_CORE);
    for (String name : ALWAYS_IN_CORE) {
      if (!core.has(name)) {
        if (name.equals("source")) {
          core.putObject(name);
        } else {
          core.putNull(name);
        }
      }
    }
    return core;
  }

  static ObjectNode fromCore(ObjectNode core) {
    return renamed(core, "events.k8s.io/v1", CORE_TO_EVENTS);
  }

  private static ObjectNode renamed(
      ObjectNode document, String apiVersion, Map<String, String> names) {
    ObjectNode result = Json.object();
    for (Map.Entry<String, JsonNode> member : document.properties()) {
      result.set(
          names.getOrDefault(member.getKey(), member.getKey()), member.getValue().deepCopy());
    }
    if (result.has("apiVersion")) {
      result.put("apiVersion", apiVersion);
    }
    return result;
  }
}
