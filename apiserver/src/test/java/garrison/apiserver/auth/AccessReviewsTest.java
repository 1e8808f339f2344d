package garrison.apiserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.TestServer;
import garrison.apiserver.http.Answered;
import garrison.apiserver.http.Caller;
import garrison.apiserver.resource.Golden;
import garrison.model.json.Json;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** "May I", "may they" and "who am I" over the wire (spec: api-server 17, 18). */
class AccessReviewsTest {
  private static final String AUTHORIZATION = "/apis/authorization.k8s.io/v1/";
  private static final String AUTHENTICATION = "/apis/authentication.k8s.io/v1/";

  @TempDir private Path data;
  private TestServer server;

  @BeforeEach
  void start() {
    server = TestServer.start(data);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void asRecorded() {
    Caller joe = server.user("joe");
    for (JsonNode one : Golden.file("auth-access-reviews.json").path("cases")) {
      JsonNode request = one.path("request");
      Caller caller = request.path("as").asString("").startsWith("joe") ? joe : server.admin();
      Answered reply =
          caller.send("POST", request.path("path").asString(), Json.bytes(request.path("body")));
      String where = one.path("case").asString() + ": " + reply.text();
      ObjectNode recorded = (ObjectNode) one.path("response").path("body");
      assertThat(reply.code()).as(where).isEqualTo(one.path("response").path("code").asInt());
      ObjectNode status =
          recorded.path("status") instanceof ObjectNode found ? found : Json.object();
      if (status.has("reason")) {
        assertThat(reply.json().path("status").path("reason").asString()).as(where).isNotBlank();
        if (status.path("allowed").asBoolean()) {
          status.remove("reason"); // Of RBAC, which this server does not have.
        }
      } else if (status.has("allowed")) {
        assertThat(reply.json().path("status").has("reason")).as(where).isFalse();
      }
      if (status.has("nonResourceRules")) {
        rules(status, reply.json().path("status"), where);
        recorded.remove("status");
      }
      Golden.compare(recorded, reply.json(), "", where);
    }
  }

  /** Ours knows one more public path and tells more of what administrators may. */
  private static void rules(JsonNode recorded, JsonNode ours, String where) {
    assertThat(ours.path("resourceRules").valueStream().toList())
        .as(where)
        .containsAll(recorded.path("resourceRules").valueStream().toList());
    assertThat(ours.path("nonResourceRules").findValues("nonResourceURLs").toString())
        .as(where)
        .contains("/healthz", "/version/");
    assertThat(ours.path("incomplete").asBoolean(true)).as(where).isFalse();
  }

  private JsonNode whoAmI(Caller caller) {
    Answered reply = caller.post(AUTHENTICATION + "selfsubjectreviews", "{}");
    assertThat(reply.code()).as(reply.text()).isEqualTo(201);
    return reply.json().path("status").path("userInfo");
  }

  private static List<String> groups(JsonNode user) {
    return user.path("groups").valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void everybodyIsToldWhoTheyAre() {
    JsonNode admin = whoAmI(server.admin());
    assertThat(admin.path("username").asString()).isEqualTo("admin");
    assertThat(groups(admin)).containsExactly("system:masters", "system:authenticated");
    assertThat(
            admin
                .path("extra")
                .path("authentication.kubernetes.io/credential-id")
                .path(0)
                .asString())
        .matches("X509SHA256=[0-9a-f]{64}");
    JsonNode node = whoAmI(server.node("n1"));
    assertThat(node.path("username").asString()).isEqualTo("system:node:n1");
    assertThat(groups(node)).containsExactly("system:nodes", "system:authenticated");
    assertThat(groups(whoAmI(server.user("joe", "one", "two"))))
        .containsExactlyInAnyOrder("one", "two", "system:authenticated");
    assertThat(server.anonymous().post(AUTHENTICATION + "selfsubjectreviews", "{}").code())
        .isEqualTo(403);
  }

  @Test
  void tokensAreReviewed() {
    String question = "{\"spec\": {\"token\": \"%s\"}}";
    Caller admin = server.admin();
    Answered bad = admin.post(AUTHENTICATION + "tokenreviews", question.formatted("x"));
    assertThat(bad.code()).isEqualTo(201);
    assertThat(bad.json().path("status"))
        .isEqualTo(Json.parse("{\"user\": {}, \"error\": \"invalid bearer token\"}"));
    assertThat(admin.post(AUTHENTICATION + "tokenreviews", question.formatted("")).code())
        .isEqualTo(400);
    String token =
        new NodeTokens(server.api().pki().nodeTokenKey(), java.time.InstantSource.system())
            .issue("n1");
    JsonNode good =
        admin
            .post(AUTHENTICATION + "tokenreviews", question.formatted(token))
            .json()
            .path("status");
    assertThat(good.path("authenticated").asBoolean()).isTrue();
    assertThat(good.path("user").path("username").asString()).isEqualTo("system:node:n1");
  }

  @Test
  void nodeIsAnsweredByTheSelectorThatItNames() {
    String question =
        """
        {"spec": {"resourceAttributes": {"verb": "list", "resource": "pods",
          "fieldSelector": {"requirements": [{"key": "spec.nodeName", "operator": "In",
                                              "values": ["%s"]}]}}}}
        """;
    Caller node = server.node("n1");
    assertThat(allowed(node, question.formatted("n1"))).isTrue();
    assertThat(allowed(node, question.formatted("n2"))).isFalse();
  }

  private static boolean allowed(Caller caller, String question) {
    Answered reply = caller.post(AUTHORIZATION + "selfsubjectaccessreviews", question);
    assertThat(reply.code()).as(reply.text()).isEqualTo(201);
    return reply.json().path("status").path("allowed").asBoolean();
  }
}
