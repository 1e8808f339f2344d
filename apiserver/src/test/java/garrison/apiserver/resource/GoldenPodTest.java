package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Binding and eviction answer as the real server does (spec: api-server 10.4, 10.6). */
class GoldenPodTest {
  private static final String PODS = "/api/v1/namespaces/%s/pods";

  private final TestApi api = TestApi.start();

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void bindings() {
    String pods = PODS.formatted("default");
    for (String name : new String[] {"b1", "b2", "b4"}) {
      api.post(pods, Requests.pod(name));
    }
    ObjectNode gated = Requests.pod("b3");
    gated.withObject("spec").putArray("schedulingGates").addObject().put("name", "g");
    api.post(pods, gated);
    for (Golden.Case recorded : Golden.cases("pod-binding.json")) {
      if (recorded.name().equals("pod being deleted")) {
        api.patch(pods + "/b4", "{\"metadata\": {\"finalizers\": [\"a.b/c\"]}}");
        api.delete(pods + "/b4", "{}");
      }
      ApiDriver.Reply reply = api.send(recorded);
      if (recorded.code() == 500) {
        // Ours on purpose (spec: api-server 10.4).
        assertThat(reply.code()).isEqualTo(422);
        assertThat(reply.body().path("message").asString())
            .endsWith(recorded.answer().path("message").asString());
      } else {
        Golden.compare(recorded, reply);
      }
    }
  }

  private void running(String name) {
    String path = PODS.formatted("w");
    ObjectNode pod = Requests.pod(name);
    pod.withObject("metadata").withObject("labels").put("app", "e");
    pod.withObject("spec").put("nodeName", "n1");
    api.post(path, pod);
    phase(name, "Running", "True");
  }

  private void phase(String name, String phase, String ready) {
    api.patch(
        PODS.formatted("w") + "/" + name + "/status",
        """
        {"status": {"phase": "%s", "conditions": [{"type": "Ready", "status": "%s"}]}}
        """
            .formatted(phase, ready));
  }

  private void budget(String name, String status) {
    api.patch(
        "/apis/policy/v1/namespaces/w/poddisruptionbudgets/" + name + "/status",
        "{\"status\": " + status + "}");
  }

  private JsonNode budgetOf(String name) {
    return Json.parse(
        """
        {"metadata": {"name": "%s"}, "spec": {"minAvailable": 1,
         "selector": {"matchLabels": {"app": "e"}}}}
        """
            .formatted(name));
  }

  @Test
  void evictions() {
    api.namespace("w");
    String pods = PODS.formatted("w");
    String budgets = "/apis/policy/v1/namespaces/w/poddisruptionbudgets";
    ObjectNode pending = Requests.pod("e1");
    pending.withObject("spec").put("nodeName", "n1");
    api.post(pods, pending);
    for (String name : new String[] {"e2", "e3", "e4", "e5", "e6"}) {
      running(name);
    }
    for (Golden.Case recorded : Golden.cases("eviction.json")) {
      switch (recorded.name()) {
        case "budget not yet observed" -> {
          api.post(budgets, budgetOf("pdb"));
          budget("pdb", "{\"disruptionsAllowed\": 0, \"observedGeneration\": 0}");
        }
        case "budget exhausted" ->
            budget(
                "pdb",
                """
                {"observedGeneration": 1, "disruptionsAllowed": 0, "currentHealthy": 1,
                 "desiredHealthy": 1, "expectedPods": 1}
                """);
        case "allowed" ->
            budget(
                "pdb", "{\"disruptionsAllowed\": 1, \"currentHealthy\": 2, \"expectedPods\": 1}");
        case "unready pod, healthy below desired" -> {
          phase("e4", "Running", "False");
          budget(
              "pdb", "{\"disruptionsAllowed\": 0, \"currentHealthy\": 0, \"disruptedPods\": null}");
        }
        case "unready pod, enough healthy" -> budget("pdb", "{\"currentHealthy\": 1}");
        case "two budgets" -> api.post(budgets, budgetOf("pdb2"));
        case "missing pod" -> api.delete(budgets + "/pdb2", "{}");
        case "delete precondition" -> api.delete(budgets + "/pdb", "{}");
        default -> {}
      }
      if (recorded.name().equals("bad dryRun")) {
        continue;
      }
      Golden.compare(recorded, api.send(recorded));
    }
  }
}
