package garrison.apiserver.resource;

import static garrison.apiserver.resource.Requests.configMap;
import static garrison.apiserver.resource.Requests.daemonSet;
import static garrison.apiserver.resource.Requests.named;
import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Deletion answers as the real server does (spec: api-server 10.3, 10.4, 10.5). */
class GoldenDeleteTest {
  private static final String MAPS = "/api/v1/namespaces/w/configmaps";
  private static final String PODS = "/api/v1/namespaces/w/pods";

  /** What HTTP decides before the operation is called. */
  private static final Set<String> OF_HTTP =
      Set.of("other kind in the body", "bad dryRun", "content type of a non-empty body");

  private final TestApi api = TestApi.start();

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void deletesOfAllForms() {
    api.namespace("w");
    api.post(MAPS, configMap("a"));
    api.post("/api/v1/namespaces/w/serviceaccounts", named("a"));
    api.post("/apis/apps/v1/namespaces/w/daemonsets", daemonSet("dd"));
    api.post("/apis/apps/v1/namespaces/w/daemonsets", daemonSet("df"));
    api.post(MAPS, Json.parse("{\"metadata\": {\"name\": \"f\", \"finalizers\": [\"a.b/c\"]}}"));
    api.post(MAPS, configMap("o"));
    api.post(MAPS, Json.parse("{\"metadata\": {\"name\": \"k0\", \"labels\": {\"k\": \"0\"}}}"));
    api.post(MAPS, Json.parse("{\"metadata\": {\"name\": \"k1\", \"labels\": {\"k\": \"1\"}}}"));
    api.post(MAPS, Json.parse("{\"metadata\": {\"name\": \"k2\", \"labels\": {\"k\": \"2\"}}}"));
    api.post(MAPS, configMap("p"));
    for (Golden.Case recorded : Golden.cases("delete.json")) {
      if (recorded.name().startsWith("Orphan")) {
        api.post(MAPS, configMap("p"));
      }
      if (!OF_HTTP.contains(recorded.name())) {
        Golden.compare(recorded, api.send(recorded));
      }
    }
  }

  @Test
  void pods() {
    api.namespace("w");
    for (String name : new String[] {"q1", "q2", "q3", "q4"}) {
      api.post(PODS, Requests.pod(name));
    }
    for (String name : new String[] {"q2", "q3", "q4"}) {
      api.bind("w", name, "n1");
    }
    api.patch(PODS + "/q4/status", "{\"status\": {\"phase\": \"Succeeded\"}}");
    Golden.cases("delete-pod.json")
        .forEach(
            recorded -> {
              ApiDriver.Reply reply = api.send(recorded);
              Golden.compare(recorded, reply);
              if (recorded.code() == 200) {
                assertThat(reply.body().path("metadata").path("generation").asInt()).isEqualTo(2);
              }
            });
  }

  @Test
  void namespaces() {
    api.namespace("t9");
    for (Golden.Case recorded : Golden.cases("namespace-delete.json")) {
      if (recorded.method().equals("PUT")) {
        var document = ((tools.jackson.databind.node.ObjectNode) api.get("/api/v1/namespaces/t9"));
        document = document.deepCopy();
        document.withObject("spec").remove("finalizers");
        Golden.compare(recorded, api.put(recorded.path(), document));
      } else {
        Golden.compare(recorded, api.send(recorded));
      }
    }
  }
}
