package garrison.model.rules.pod;

import garrison.model.json.Json;
import garrison.model.rules.check.Members;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns matchLabelKeys and mismatchLabelKeys of a new pod into expressions over its own labels, as
 * schedulers read them. In place.
 */
final class SelectorKeys {
  private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
  private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

  private SelectorKeys() {}

  static void complete(ObjectNode pod) {
    JsonNode labels = pod.path("metadata").path("labels");
    JsonNode spec = pod.path("spec");
    for (String kind : List.of("podAffinity", "podAntiAffinity")) {
      JsonNode affinity = spec.path("affinity").path(kind);
      for (ObjectNode term : Members.objects(affinity, REQUIRED)) {
        complete(term, labels);
      }
      for (ObjectNode preferred : Members.objects(affinity, PREFERRED)) {
        Members.with(preferred, "podAffinityTerm", term -> complete(term, labels));
      }
    }
    for (ObjectNode constraint : Members.objects(spec, "topologySpreadConstraints")) {
      complete(constraint, labels);
    }
  }

  private static void complete(ObjectNode term, JsonNode labels) {
    if (term.path("labelSelector") instanceof ObjectNode selector) {
      add(selector, term.path("matchLabelKeys"), "In", labels);
      add(selector, term.path("mismatchLabelKeys"), "NotIn", labels);
    }
  }

  private static void add(ObjectNode selector, JsonNode keys, String operator, JsonNode labels) {
    for (JsonNode key : keys) {
      String name = key.asString("");
      if (labels.has(name)) {
        ObjectNode expression = Json.object();
        expression.put("key", name).put("operator", operator);
        expression.putArray("values").add(labels.path(name).asString(""));
        selector.withArray("matchExpressions").add(expression);
      }
    }
  }
}
