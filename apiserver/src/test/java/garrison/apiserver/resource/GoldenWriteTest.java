package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Creates, updates and dry runs answer as the real server does (spec: api-server 10, 13, 15). */
class GoldenWriteTest {
  private static final String SETS = "/apis/apps/v1/namespaces/%s/daemonsets";

  private final TestApi api = TestApi.start();

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void dryRuns() {
    api.namespace("w");
    String sets = SETS.formatted("w");
    api.post(sets, Requests.daemonSet("s1"));
    api.patch(sets + "/s1", "{\"metadata\": {\"labels\": {\"l\": \"1\"}}}");
    for (int revision = 2; revision <= 3; revision++) {
      String change =
          "{\"spec\": {\"template\": {\"metadata\": {\"annotations\": {\"r\": \"%d\"}}}}}";
      api.patch(sets + "/s1", change.formatted(revision));
    }
    for (Golden.Case recorded : Golden.cases("dry-run.json")) {
      if (recorded.method().equals("PUT")) {
        // The bodies were not recorded.
        ObjectNode body = ((ObjectNode) api.get(sets + "/s1")).deepCopy();
        if (recorded.code() == 409) {
          body.withObject("metadata").put("resourceVersion", "1");
        } else {
          body.withObject("spec").set("selector", Json.parse("{\"matchLabels\": {\"q\": \"1\"}}"));
        }
        Golden.compare(recorded, api.put(recorded.path(), body));
      } else {
        Golden.compare(recorded, api.send(recorded));
      }
    }
  }

  @Test
  void missingObjects() {
    for (Golden.Case recorded : Golden.cases("status-404.json")) {
      boolean ofHttp =
          recorded.name().startsWith("unknown") || recorded.name().equals("missing subresource");
      if (!ofHttp) {
        Golden.compare(recorded, api.send(recorded));
      }
    }
  }

  @Test
  void conflicts() {
    String sets = SETS.formatted("default");
    api.post(sets, Requests.daemonSet("d1"));
    for (Golden.Case recorded : Golden.cases("status-409.json")) {
      if (recorded.method().equals("PUT")) {
        ObjectNode body = ((ObjectNode) api.get(sets + "/d1")).deepCopy();
        ObjectNode metadata = body.withObject("metadata");
        if (recorded.name().contains("uid")) {
          metadata.put("uid", "x").remove("resourceVersion");
        } else {
          metadata.put("resourceVersion", "1");
        }
        Golden.compare(recorded, api.put(recorded.path(), body));
      } else {
        ApiDriver.Reply reply = api.send(recorded);
        String version = api.get(sets + "/d1").path("metadata").path("resourceVersion").asString();
        ObjectNode answer = (ObjectNode) recorded.answer().deepCopy();
        answer.put(
            "message", answer.path("message").asString().replace("(226)", "(" + version + ")"));
        Golden.compare(
            new Golden.Case(
                recorded.name(),
                recorded.method(),
                recorded.path(),
                recorded.contentType(),
                recorded.request(),
                recorded.code(),
                answer),
            reply);
      }
    }
  }

  @Test
  void podUpdates() {
    String pods = "/api/v1/namespaces/default/pods";
    api.post(pods, Requests.pod("u1"));
    for (Golden.Case recorded : Golden.cases("pod-update.json")) {
      if (recorded.path().endsWith("resize")) {
        ApiDriver.Reply reply = api.send(recorded);
        assertThat(reply.code()).isEqualTo(400);
        assertThat(reply.body().path("message").asString()).startsWith("this server does not");
        continue;
      }
      ObjectNode answer = (ObjectNode) recorded.answer().deepCopy();
      answer.remove("images");
      ApiDriver.Reply reply = api.send(recorded);
      Golden.compare(answer, reply.body(), "", recorded.name() + " " + reply.body());
      JsonNode generation = answer.path("metadata").path("generation");
      if (!generation.isMissingNode()) {
        assertThat(reply.body().path("metadata").path("generation")).isEqualTo(generation);
      }
    }
  }

  @Test
  void podStatusUpdates() {
    ObjectNode pod = Requests.pod("u-gates");
    pod.withObject("spec").put("nodeName", "n1");
    api.post("/api/v1/namespaces/default/pods", pod);
    for (Golden.Case recorded : Golden.cases("pod-status-update.json")) {
      Golden.compare(recorded, api.send(recorded));
    }
  }

  @Test
  void clientMistakesThatAre500Upstream() {
    api.post(SETS.formatted("default"), Requests.daemonSet("d1"));
    for (Golden.Case recorded : Golden.cases("status-500-oddities.json")) {
      if (recorded.contentType().startsWith("application/strategic")) {
        // Ours on purpose: the same text as a 400 (spec: api-server 11.1).
        ApiDriver.Reply reply = api.send(recorded);
        assertThat(reply.code()).isEqualTo(400);
        assertThat(reply.body().path("message")).isEqualTo(recorded.answer().path("message"));
      }
    }
  }

  @Test
  void membersStandInTheOrderOfTheRealServer() {
    Golden.Case recorded = Golden.cases("defaults-pod.json").getFirst();
    JsonNode ours = api.send(recorded).body();
    ObjectNode theirs = (ObjectNode) recorded.answer().deepCopy();
    theirs.withObject("metadata").remove("managedFields");
    assertThat(names(ours)).isEqualTo(names(theirs));
  }

  /** The names of all members, in the order in which they stand. */
  private static List<String> names(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.forEachEntry(
        (name, value) -> {
          names.add(name);
          names.addAll(names(value));
        });
    if (node.isArray()) {
      node.forEach(item -> names.addAll(names(item)));
    }
    return names;
  }
}
