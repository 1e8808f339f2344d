package garrison.apiserver.auth;

import garrison.model.StatusException;
import garrison.model.kind.Kinds;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Which tokens a node may have: those of its own pods' accounts, bound to the pod, for audiences
 * that the pod's volumes name (spec: api-server 18, "node admission"). Pure.
 */
final class NodeTokenRules {
  private NodeTokenRules() {}

  /** 403 for a token that would outlive its pod. */
  static void checkBinding(String node, String account, JsonNode reference) {
    if (!reference.path("kind").asString("").equals("Pod")
        || !reference.path("apiVersion").asString("").equals("v1")) {
      throw refuse(account, "node requested token not bound to a pod");
    }
    if (reference.path("uid").asString("").isEmpty()) {
      throw refuse(account, "node requested token with a pod binding without a uid");
    }
  }

  /** 403 for a pod of another node, or an audience that the pod does not ask for. */
  static void checkPod(String node, String account, JsonNode pod, List<String> audiences) {
    if (!pod.path("spec").path("nodeName").asString("").equals(node)) {
      throw refuse(account, "node requested token bound to a pod scheduled on a different node");
    }
    List<String> named = audiencesOf(pod);
    for (String audience : audiences) {
      if (!named.contains(audience)) {
        throw refuse(account, "audience \"" + audience + "\" not found in pod spec volume");
      }
    }
  }

  private static List<String> audiencesOf(JsonNode pod) {
    List<String> named = new ArrayList<>();
    for (JsonNode volume : pod.path("spec").path("volumes")) {
      for (JsonNode source : volume.path("projected").path("sources")) {
        JsonNode token = source.path("serviceAccountToken");
        if (token.isObject()) {
          String audience = token.path("audience").asString("");
          named.add(audience.isEmpty() ? AccountTokens.ISSUER : audience);
        }
      }
    }
    return named;
  }

  private static StatusException refuse(String account, String why) {
    return StatusException.forbidden(Kinds.SERVICE_ACCOUNT, account, why);
  }
}
