package garrison.apiserver.admission;

import garrison.model.kind.Kinds;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A new node takes no pods before it is Ready: it starts with the taint that the node lifecycle
 * loop removes then (TaintNodesByCondition; spec: api-server 10.2).
 */
public final class NewNodeTaint implements AdmissionPlugin {
  private static final String KEY = "node.kubernetes.io/not-ready";
  private static final String EFFECT = "NoSchedule";

  @Override
  public void mutate(AdmissionRequest request) {
    ObjectNode node = request.document();
    if (node == null || !request.creates(Kinds.NODE)) {
      return;
    }
    ObjectNode spec = node.withObject("spec");
    for (JsonNode taint : spec.path("taints")) {
      if (taint.path("key").asString("").equals(KEY)
          && taint.path("effect").asString("").equals(EFFECT)) {
        return;
      }
    }
    ArrayNode taints =
        spec.get("taints") instanceof ArrayNode present ? present : spec.putArray("taints");
    taints.addObject().put("key", KEY).put("effect", EFFECT);
  }
}
