package garrison.apiserver.resource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The conditions of a status. Pure but for the document named. */
final class Conditions {
  private Conditions() {}

  /**
   * Sets a condition, in the place of the one of its type; one that says the same keeps its time.
   * In place.
   */
  static void set(ObjectNode document, ObjectNode condition) {
    ObjectNode status = document.withObject("status");
    ArrayNode conditions =
        status.get("conditions") instanceof ArrayNode present
            ? present
            : status.putArray("conditions");
    for (int i = 0; i < conditions.size(); i++) {
      JsonNode present = conditions.get(i);
      if (Documents.text(present, "type").equals(Documents.text(condition, "type"))) {
        if (Documents.text(present, "status").equals(Documents.text(condition, "status"))
            && present.has("lastTransitionTime")) {
          condition.set("lastTransitionTime", present.get("lastTransitionTime"));
        }
        conditions.set(i, condition);
        return;
      }
    }
    conditions.add(condition);
  }

  /** Whether a condition is True. */
  static boolean isTrue(JsonNode document, String type) {
    for (JsonNode condition : document.path("status").path("conditions")) {
      if (Documents.text(condition, "type").equals(type)) {
        return Documents.text(condition, "status").equals("True");
      }
    }
    return false;
  }
}
