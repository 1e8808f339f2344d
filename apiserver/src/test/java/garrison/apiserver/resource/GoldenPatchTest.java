package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.auth.User;
import garrison.client.PatchType;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Patches and bodies are read as the real server reads them (spec: api-server 5, 6.3, 11). */
class GoldenPatchTest {
  private static final String SETS = "/apis/apps/v1/namespaces/w/daemonsets";

  private final TestApi api = TestApi.start();

  @BeforeEach
  void namespace() {
    api.namespace("w");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void patches() {
    api.post(SETS, Requests.daemonSet("pt"));
    for (Golden.Case recorded : Golden.cases("patch.json")) {
      compare(recorded, api.send(recorded));
    }
  }

  /** Some recordings show a whole object by a word in its place. */
  private static void compare(Golden.Case recorded, ApiDriver.Reply reply) {
    String whole = "<the patched object as JSON>";
    if (!recorded.answer().path("message").asString("").contains(whole)) {
      Golden.compare(recorded, reply);
      return;
    }
    String[] around = recorded.answer().path("message").asString().split(whole);
    assertThat(reply.code()).isEqualTo(recorded.code());
    assertThat(reply.body().path("message").asString()).startsWith(around[0]).endsWith(around[1]);
  }

  @Test
  void shapesOfInvalid() {
    api.post("/apis/apps/v1/namespaces/default/daemonsets", Requests.daemonSet("d1"));
    for (Golden.Case recorded : Golden.cases("status-422-shape.json")) {
      boolean ofHttp =
          List.of(
                      "query option",
                      "dryRun value",
                      "apply without fieldManager",
                      "force on a merge patch")
                  .contains(recorded.name())
              || recorded.name().startsWith("unconditional");
      if (!ofHttp) {
        compare(recorded, api.send(recorded));
      }
    }
  }

  @Test
  void bodiesThatAreRefused() {
    for (Golden.Case recorded : Golden.cases("status-400.json")) {
      boolean complete = recorded.method().equals("POST") && !recorded.request().isMissingNode();
      if (complete && recorded.code() == 400) {
        Golden.compare(recorded, api.send(recorded));
      }
    }
  }

  @Test
  void wholeBodiesAsRecorded() {
    String maps = "/api/v1/namespaces/w/configmaps?dryRun=All";
    for (JsonNode row : Golden.file("json-values.json").path("whole bodies (ConfigMap)")) {
      if (row.path("body").asString().startsWith("\ufeff")) {
        // Go prints the first byte of the mark as a letter; the rest is the same.
        assertThat(api.send("POST", maps, row.path("body")).code()).isEqualTo(400);
        continue;
      }
      ApiDriver.Reply reply = api.send("POST", maps, row.path("body"));
      assertThat(reply.code()).as(row + " " + reply.body()).isEqualTo(row.path("code").asInt());
      if (row.has("message")) {
        assertThat(reply.body().path("message").asString())
            .isEqualTo(row.path("message").asString());
      } else {
        Golden.compare(row.path("out"), reply.body(), "", row.toString());
      }
    }
  }

  @Test
  void unknownFieldsWarnOrRefuse() {
    JsonNode body = Json.parse("{\"metadata\": {\"name\": \"x\", \"bar\": 1}, \"dat\": {}}");
    ApiDriver.Reply warned = api.send("POST", "/api/v1/namespaces/w/configmaps?dryRun=All", body);
    assertThat(warned.warnings())
        .containsExactly("unknown field \"metadata.bar\"", "unknown field \"dat\"");
    ApiDriver.Reply strict =
        api.send("POST", "/api/v1/namespaces/w/configmaps?dryRun=All&fieldValidation=Strict", body);
    assertThat(strict.body().path("message").asString())
        .isEqualTo(
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error:"
                + " unknown field \"metadata.bar\", unknown field \"dat\"");
  }

  @Test
  void protobufBodiesAsRecorded() {
    // Namespaces first: the other rows need one that a dry run does not make.
    protobufBodies(false);
    protobufBodies(true);
  }

  private void protobufBodies(boolean namespaced) {
    for (JsonNode row : Golden.file("protobuf-requests.json").path("cases")) {
      String path = row.path("request").path("path").asString();
      String type = row.path("envelope").path("apiVersion").asString();
      Kind kind = Kinds.byKind(type, row.path("envelope").path("kind").asString());
      JsonNode answer = row.path("answerToTheSameBodyWithDryRun");
      boolean plain =
          kind != null
              && kind.namespaced() == namespaced
              && kind.allows(garrison.model.kind.Verb.GET);
      if (!plain || answer.path("code").asInt() != 201) {
        continue;
      }
      String namespace = path.replaceFirst(".*/namespaces/([^/?]+)/.*|.*", "$1");
      if (!namespace.isEmpty() && api.resources.find(Kinds.NAMESPACE, "", namespace) == null) {
        api.namespace(namespace);
      }
      byte[] body = Base64.getDecoder().decode(row.path("request").path("bodyBase64").asString());
      List<String> warnings = new ArrayList<>();
      Answer ours =
          api.resources.create(
              new RequestContext(User.ADMIN, FieldValidation.STRICT, true, "", warnings::add),
              kind,
              namespace,
              new Body.Bytes(body, Body.Format.PROTOBUF));
      Golden.compare(answer.path("body"), ours.document(), "", row.toString());
    }
  }

  @Test
  void anEventIsPatchedStrategicallyThroughItsOtherFace() {
    String other = "/apis/events.k8s.io/v1/namespaces/w/events";
    ObjectNode event =
        Requests.parse(
            """
            {"metadata": {"name": "e"}, "note": "hello", "reason": "r", "type": "Normal",
             "action": "a", "reportingController": "c.d/e", "reportingInstance": "i",
             "eventTime": "2026-01-01T00:00:00.000000Z",
             "regarding": {"kind": "Pod", "name": "p", "namespace": "w"}}
            """);
    api.post(other, event);
    Answer patched =
        api.resources.patch(
            RequestContext.of(User.ADMIN),
            Kinds.EVENTS_EVENT,
            "w",
            "e",
            "",
            PatchType.STRATEGIC,
            Body.of(
                Json.parse(
                    """
                    {"series": {"count": 2, "lastObservedTime": "2026-01-01T00:00:05.000000Z"}}
                    """)));
    assertThat(patched.document().path("series").path("count").asInt()).isEqualTo(2);
    assertThat(api.get("/api/v1/namespaces/w/events/e").path("message").asString())
        .isEqualTo("hello");
  }
}
