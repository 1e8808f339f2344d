package garrison.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.TestServer;
import garrison.apiserver.TurnedClock;
import garrison.apiserver.auth.AccountTokens;
import garrison.apiserver.resource.Golden;
import garrison.model.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tokens of service accounts, from the request to the end (spec: api-server 17, 18). */
class AccountTokensTest {
  private static final String RECORDED_ISSUER = "https://127.0.0.1:26443";
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String TOKEN = "/api/v1/namespaces/default/serviceaccounts/default/token";
  private static final String REVIEWS = "/apis/authentication.k8s.io/v1/";

  @TempDir private Path data;
  private final TurnedClock clock = new TurnedClock();
  private TestServer server;
  private String uid;

  @BeforeEach
  void fleet() {
    server = TestServer.start(data, clock);
    server.create("/api/v1/nodes", "{\"metadata\": {\"name\": \"n1\"}}");
    uid = pod("tp", "n1", "default");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String pod(String name, String node, String account) {
    return server
        .create(
            PODS,
            """
            {"metadata": {"name": "%s"}, "spec": {"nodeName": "%s", "serviceAccountName": "%s",
             "containers": [{"name": "c", "image": "i"}],
             "volumes": [{"name": "v", "projected": {"sources": [
               {"serviceAccountToken": {"path": "t", "audience": "vault"}}]}}]}}
            """
                .formatted(name, node, account))
        .path("metadata")
        .path("uid")
        .asString();
  }

  private String bound(String more) {
    return """
        {"spec": {%s "boundObjectRef":
          {"apiVersion": "v1", "kind": "Pod", "name": "tp", "uid": "%s"}}}
        """
        .formatted(more, uid);
  }

  private String token(String body) {
    Answered reply = server.admin().post(TOKEN, body);
    assertThat(reply.code()).as(reply.text()).isEqualTo(201);
    return reply.json().path("status").path("token").asString();
  }

  private static JsonNode part(String token, int index) {
    return Json.parse(Base64.getUrlDecoder().decode(token.split("\\.")[index]));
  }

  private Answered review(String token, String audiences) {
    return server
        .admin()
        .post(
            REVIEWS + "tokenreviews",
            "{\"spec\": {\"token\": \"%s\", \"audiences\": [%s]}}".formatted(token, audiences));
  }

  @Test
  void requestsAndReviewsAsRecorded() {
    String token = token(bound("\"expirationSeconds\": 3607,"));
    int replayed = 0;
    for (JsonNode entry : Golden.file("auth-tokens.json").path("cases")) {
      String name = entry.path("case").asString();
      if (name.contains("impersonating")
          || name.contains("bootstrap")
          || name.contains("static token")
          || name.equals("keys")
          || name.contains("issuer")) {
        continue; // Not served here, or of another key.
      }
      ObjectNode request = (ObjectNode) local(entry.path("request"), token);
      ObjectNode response = (ObjectNode) local(entry.path("response"), token);
      if (!request.has("body")) {
        request.set("body", Json.object().set("spec", response.path("body").path("spec")));
      }
      Caller caller =
          name.contains("anonymous")
              ? server.anonymous()
              : name.contains("bound service account") ? server.bearer(token) : server.admin();
      Recorded recorded = new Recorded(name, request, response);
      Answered reply = recorded.ask(caller);
      if (response.path("body").path("status").has("token")) {
        ((ObjectNode) response.path("body").path("status"))
            .set("token", reply.json().path("status").path("token"));
      }
      recorded.compare(reply);
      replayed++;
    }
    assertThat(replayed).isGreaterThan(14);
  }

  private JsonNode local(JsonNode recorded, String token) {
    boolean asks = recorded.has("method");
    String text =
        recorded.toString().replace(RECORDED_ISSUER, AccountTokens.ISSUER).replace("<jwt>", token);
    return Json.parse(asks ? text.replace("<uid>", uid) : text);
  }

  @Test
  void claimsAreThoseOfUpstream() {
    for (JsonNode recorded : Golden.file("auth-tokens.json").path("jwt")) {
      boolean plain = recorded.path("case").asString().equals("unbound");
      JsonNode claims = part(token(plain ? "{}" : bound("\"expirationSeconds\": 3607,")), 1);
      JsonNode expected = recorded.path("payload");
      assertThat(names(claims)).isEqualTo(names(expected));
      assertThat(names(claims.path("kubernetes.io")))
          .isEqualTo(names(expected.path("kubernetes.io")));
      assertThat(claims.path("sub")).isEqualTo(expected.path("sub"));
      long life = claims.path("exp").asLong() - claims.path("iat").asLong();
      assertThat(life).isEqualTo(plain ? 3600 : 365 * 24 * 3600);
    }
    JsonNode warned = part(token(bound("\"expirationSeconds\": 3607,")), 1);
    assertThat(warned.path("kubernetes.io").path("warnafter").asLong())
        .isEqualTo(warned.path("iat").asLong() + 3607);
    assertThat(warned.path("kubernetes.io").path("pod").path("uid").asString()).isEqualTo(uid);
  }

  private static List<String> names(JsonNode object) {
    return object.propertyNames().stream().sorted().toList();
  }

  @Test
  void bearerMayDiscoverAndNothingElse() {
    Caller pod = server.bearer(token(bound("")));
    assertThat(pod.get("/api").code()).isEqualTo(200);
    Answered refused = pod.get(PODS);
    assertThat(refused.code()).isEqualTo(403);
    assertThat(refused.message())
        .isEqualTo(
            "pods is forbidden: User \"system:serviceaccount:default:default\" cannot list"
                + " resource \"pods\" in API group \"\" in the namespace \"default\"");
  }

  /** The loops of the control plane have accounts there, but a pod is none of them. */
  @Test
  void accountOfKubeSystemMayNoMore() {
    server.create(
        "/api/v1/namespaces/kube-system/serviceaccounts", "{\"metadata\": {\"name\": \"sa\"}}");
    Answered reply =
        server.admin().post("/api/v1/namespaces/kube-system/serviceaccounts/sa/token", "{}");
    Caller pod = server.bearer(reply.json().path("status").path("token").asString());
    assertThat(pod.get("/api/v1/namespaces/kube-system/secrets").code()).isEqualTo(403);
  }

  @Test
  void tokenEndsWithItsTime() {
    Caller pod = server.bearer(token("{\"spec\": {\"expirationSeconds\": 600}}"));
    clock.forward(Duration.ofSeconds(599));
    assertThat(pod.get("/api").code()).isEqualTo(200);
    clock.forward(Duration.ofSeconds(1));
    assertThat(pod.get("/api").code()).isEqualTo(401);
  }

  @Test
  void tokenEndsWithItsPod() {
    Caller pod = server.bearer(token(bound("")));
    assertThat(pod.get("/api").code()).isEqualTo(200);
    server.remove(PODS + "/tp");
    assertThat(pod.get("/api").code()).isEqualTo(401);
    pod("tp", "n1", "default"); // Another one of that name.
    assertThat(pod.get("/api").code()).isEqualTo(401);
  }

  @Test
  void tokenEndsWithItsAccount() {
    Caller pod = server.bearer(token("{}"));
    server.remove("/api/v1/namespaces/default/serviceaccounts/default");
    assertThat(pod.get("/api").code()).isEqualTo(401);
  }

  @Test
  void tokenForSomebodyElseDoesNotOpenThisServer() {
    String token = token("{\"spec\": {\"audiences\": [\"vault\"]}}");
    assertThat(server.bearer(token).get("/api").code()).isEqualTo(401);
    JsonNode status = review(token, "\"vault\", \"other\"").json().path("status");
    assertThat(status.path("authenticated").asBoolean()).isTrue();
    assertThat(status.path("audiences")).isEqualTo(Json.parse("[\"vault\"]"));
    assertThat(review(token, "").json().path("status").has("authenticated")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "2"})
  void changedTokenIsNoToken(int part) {
    String[] parts = token("{}").split("\\.");
    StringBuilder changed = new StringBuilder(parts[part]);
    changed.setCharAt(10, changed.charAt(10) == 'A' ? 'B' : 'A');
    parts[part] = changed.toString();
    assertThat(server.bearer(String.join(".", parts)).get("/api").code()).isEqualTo(401);
  }

  @Test
  void tokensOutliveTheServer() {
    String token = token(bound(""));
    server.restart();
    assertThat(server.bearer(token).get("/api").code()).isEqualTo(200);
  }

  @Test
  void keyIsForTheServerOnly() throws Exception {
    Path key = data.resolve("pki/service-accounts.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
  }

  /** Whoever may see the discovery documents can check tokens without asking the server. */
  @Test
  void keysAreForEverybodyWithACredential() {
    String token = token("{}");
    Caller pod = server.bearer(token);
    JsonNode discovery = pod.get("/.well-known/openid-configuration").json();
    assertThat(discovery.path("issuer").asString())
        .isEqualTo(part(token, 1).path("iss").asString());
    Answered keys = pod.get("/openid/v1/jwks");
    assertThat(keys.header("Content-Type")).isEqualTo("application/jwk-set+json");
    assertThat(keys.json().path("keys").path(0).path("kid")).isEqualTo(part(token, 0).path("kid"));
    assertThat(server.anonymous().get("/openid/v1/jwks").code()).isEqualTo(403);
  }

  @Test
  void nodeGetsTokensOfItsPodsOnly() {
    Caller node = server.node("n1");
    assertThat(node.post(TOKEN, bound("\"audiences\": [\"vault\"],")).code()).isEqualTo(201);
    assertThat(node.post(TOKEN, bound("")).code()).isEqualTo(201); // kube-api-access asks so.

    assertThat(node.post(TOKEN, bound("\"audiences\": [\"bank\"],")).message())
        .isEqualTo(
            "serviceaccounts \"default\" is forbidden: audience \"bank\" not found in pod spec"
                + " volume");
    assertThat(node.post(TOKEN, "{}").message())
        .isEqualTo(
            "serviceaccounts \"default\" is forbidden: node requested token not bound to a pod");
    assertThat(server.node("n2").post(TOKEN, bound("")).code()).isEqualTo(403);
    server.create("/api/v1/nodes", "{\"metadata\": {\"name\": \"n2\"}}");
    pod("other", "n2", "default");
    assertThat(server.node("n2").post(TOKEN, bound("")).message())
        .isEqualTo(
            "serviceaccounts \"default\" is forbidden: node requested token bound to a pod scheduled"
                + " on a different node");
  }

  @Test
  void podRunsAsOneAccountOnly() {
    server.create(
        "/api/v1/namespaces/default/serviceaccounts", "{\"metadata\": {\"name\": \"rich\"}}");
    Answered reply =
        server.admin().post("/api/v1/namespaces/default/serviceaccounts/rich/token", bound(""));
    assertThat(reply.code()).isEqualTo(400);
  }
}
