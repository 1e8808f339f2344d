package garrison.apiserver.admission;

import garrison.model.Taint;
import garrison.model.Toleration;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A pod stays five minutes on a node that is lost, unless it says otherwise (15.1). */
public final class DefaultTolerations implements AdmissionPlugin {
  private static final long SECONDS = 300;
  private static final List<String> KEYS =
      List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");

  @Override
  public void mutate(AdmissionRequest request) {
    ObjectNode pod = request.document();
    if (pod == null
        || request.operation() == Verb.DELETE
        || !request.subresource().isEmpty()
        || !request.kind().equals(Kinds.POD)) {
      return;
    }
    ObjectNode spec = pod.withObject("spec");
    for (String key : KEYS) {
      if (!tolerates(spec.path("tolerations"), new Taint(key, "", "NoExecute", null))) {
        ArrayNode tolerations =
            spec.get("tolerations") instanceof ArrayNode present
                ? present
                : spec.putArray("tolerations");
        tolerations
            .addObject()
            .put("key", key)
            .put("operator", "Exists")
            .put("effect", "NoExecute")
            .put("tolerationSeconds", SECONDS);
      }
    }
  }

  private static boolean tolerates(JsonNode tolerations, Taint taint) {
    for (JsonNode toleration : tolerations) {
      if (Toleration.of(toleration).tolerates(taint)) {
        return true;
      }
    }
    return false;
  }
}
