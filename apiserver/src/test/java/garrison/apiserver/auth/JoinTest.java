package garrison.apiserver.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.apiserver.TestServer;
import garrison.apiserver.TurnedClock;
import garrison.apiserver.http.Answered;
import garrison.apiserver.http.Caller;
import garrison.apiserver.pki.CertificateAuthority;
import garrison.apiserver.pki.Credential;
import garrison.apiserver.pki.Pem;
import garrison.apiserver.pki.SigningRequests;
import garrison.client.http.HttpCluster;
import garrison.client.http.Join;
import garrison.client.http.JoinToken;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How a machine becomes a node: the client's {@link Join} against a real server. */
class JoinTest {
  private static final String CREDENTIALS = "/apis/fleet.garrison/v1/nodecredentials";
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir private Path data;
  private final TurnedClock clock = new TurnedClock();
  private TestServer server;
  private JoinTokens tokens;
  private String pin;

  @BeforeEach
  void start() {
    server = TestServer.start(data, clock);
    tokens = new JoinTokens(server.api().cluster(User.ADMIN), clock);
    pin = CertificateAuthority.pinOf(server.api().caPem());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private URI url() {
    return URI.create(server.api().url());
  }

  private JoinToken token() {
    return JoinToken.parse(tokens.create(HOUR, pin));
  }

  private static ObjectNode question(String node, String request) {
    ObjectNode question = Json.object();
    question.putObject("metadata").put("name", "x");
    ObjectNode spec = question.putObject("spec").put("nodeName", node);
    if (!request.isEmpty()) {
      spec.put("request", request);
    }
    return question;
  }

  private static Answered ask(Caller caller, String node, String request) {
    return caller.send("POST", CREDENTIALS, Json.bytes(question(node, request)));
  }

  @Test
  void machineBecomesANode() throws Exception {
    KeyPair keys = SigningRequests.keys("EC", 256);
    Join.Credential got = Join.node(url(), token(), "n1", SigningRequests.of(keys, "CN=whoever"));
    assertThat(got.caPem()).isEqualTo(server.api().caPem());
    Caller node =
        server.caller(
            new Credential(keys.getPrivate(), Pem.readCertificates(got.certificatePem())));
    assertThat(node.post("/api/v1/nodes", "{\"metadata\": {\"name\": \"n1\"}}").code())
        .isEqualTo(201);
    assertThat(node.post("/api/v1/nodes", "{\"metadata\": {\"name\": \"n2\"}}").code())
        .isEqualTo(403);
  }

  @Test
  void hollowNodesShareAConnection() {
    JoinToken token = token();
    String ca = Join.trust(url(), token);
    try (HttpCluster shared = Join.connect(url(), ca)) {
      for (String name : new String[] {"h1", "h2"}) {
        HttpCluster node = shared.withToken(Join.bearer(shared, token, name));
        ObjectNode document = Json.object();
        document.putObject("metadata").put("name", name);
        node.create(Kinds.NODE, "", document);
        assertThat(node.get(Kinds.NODE, "", name).path("metadata").path("name").asString())
            .isEqualTo(name);
        assertThatThrownBy(() -> node.get(Kinds.NODE, "", "other"))
            .isInstanceOfSatisfying(
                StatusException.class, refusal -> assertThat(refusal.code()).isEqualTo(403));
      }
    }
  }

  @Test
  void serverOfAnotherFleetIsFoundOut() {
    String other = tokens.create(HOUR, "0".repeat(64));
    assertThatThrownBy(() -> Join.trust(url(), JoinToken.parse(other)))
        .hasMessageContaining("is not the one that made this join token");
  }

  @Test
  void authorityIsShownToEverybody() {
    Answered reply = server.anonymous().get("/fleet/ca");
    assertThat(reply.code()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).isEqualTo("application/x-pem-file");
    assertThat(reply.text())
        .isEqualTo(server.api().caPem())
        .contains("BEGIN CERTIFICATE")
        .doesNotContain("PRIVATE");
  }

  @Test
  void tokenEnds() {
    JoinToken token = token();
    try (HttpCluster shared = Join.connect(url(), server.api().caPem())) {
      clock.forward(HOUR.minusSeconds(1));
      assertThat(Join.bearer(shared, token, "n1")).isNotEmpty();
      clock.forward(Duration.ofSeconds(1));
      assertThatThrownBy(() -> Join.bearer(shared, token, "n1"))
          .hasMessageContaining("is unknown there or has expired")
          .hasMessageContaining("garrison token create");
    }
  }

  @Test
  void tokenWithAnotherSecretIsNone() {
    String text = tokens.create(HOUR, pin);
    String[] parts = text.split("\\.", -1);
    String secret = parts[2];
    char last = secret.charAt(secret.length() - 1) == 'A' ? 'B' : 'A';
    for (String wrong :
        new String[] {
          secret.substring(0, secret.length() - 1) + last, secret + "x", "x".repeat(32)
        }) {
      Caller caller = server.bearer(text.replace(secret, wrong));
      assertThat(ask(caller, "n1", "").code()).as(wrong).isEqualTo(401);
    }
    assertThat(ask(server.bearer(text.replace(parts[1], "unknown")), "n1", "").code())
        .isEqualTo(401);
    assertThat(ask(server.bearer(text), "n1", "").code()).isEqualTo(201);
  }

  @Test
  void whoReadsTheStoreCannotJoin() {
    String text = tokens.create(HOUR, pin);
    String secret = text.split("\\.", -1)[2];
    String encoded = Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
    assertThat(server.store().list("", 0, 0, "").entries())
        .anySatisfy(entry -> assertThat(entry.key()).contains("join-token-"))
        .allSatisfy(
            entry ->
                assertThat(new String(entry.value(), StandardCharsets.UTF_8))
                    .doesNotContain(secret)
                    .doesNotContain(encoded));
    JsonNode stored =
        server
            .admin()
            .get(
                "/api/v1/namespaces/kube-system/secrets?fieldSelector=type%3Dfleet.garrison/join-token")
            .json()
            .path("items")
            .path(0);
    byte[] hash = Base64.getDecoder().decode(stored.path("data").path("secret-sha256").asString());
    String forged = text.replace(secret, new String(hash, StandardCharsets.US_ASCII));
    assertThat(ask(server.bearer(forged), "n1", "").code()).isEqualTo(401);
  }

  @Test
  void endedTokensAreClearedAway() {
    tokens.create(HOUR, pin);
    clock.forward(HOUR);
    tokens.create(HOUR, pin);
    assertThat(server.admin().get("/api/v1/namespaces/kube-system/secrets").json().path("items"))
        .hasSize(1);
  }

  @Test
  void tokenOnlyJoins() {
    Caller joining = server.bearer(tokens.create(HOUR, pin));
    for (String path :
        new String[] {
          "/api/v1/nodes", "/api/v1/namespaces/kube-system/secrets", "/api/v1/pods", "/metrics"
        }) {
      assertThat(joining.get(path).code()).as(path).isEqualTo(403);
    }
    assertThat(joining.post("/api/v1/nodes", "{\"metadata\": {\"name\": \"n1\"}}").code())
        .isEqualTo(403);
  }

  @Test
  void nobodyElseGetsACredential() {
    assertThat(ask(server.anonymous(), "n1", "").code()).isEqualTo(403);
    assertThat(ask(server.user("joe"), "n1", "").code()).isEqualTo(403);
    assertThat(ask(server.admin(), "n1", "").code()).isEqualTo(201);
  }

  @Test
  void nodeRenewsItsOwnOnly() throws Exception {
    Caller node = server.node("n1");
    String request = SigningRequests.of(SigningRequests.keys("EC", 256), "CN=x");
    Answered own = ask(node, "n1", request);
    assertThat(own.code()).as(own.text()).isEqualTo(201);
    assertThat(own.json().path("status").path("certificate").asString()).contains("BEGIN");
    Answered other = ask(node, "n2", request);
    assertThat(other.code()).isEqualTo(403);
    assertThat(other.message()).contains("can only renew its own credential");
  }

  @Test
  void weakOrBrokenRequestIsRefused() throws Exception {
    Caller joining = server.bearer(tokens.create(HOUR, pin));
    String weak = SigningRequests.of(SigningRequests.keys("RSA", 1024), "CN=x");
    for (String request : new String[] {"garbage", weak}) {
      Answered reply = ask(joining, "n1", request);
      assertThat(reply.code()).isEqualTo(422);
      assertThat(reply.json().path("details").path("causes").path(0).path("field").asString())
          .isEqualTo("spec.request");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "N1", "-a", "a_b", "a/b", "..", "x,O=system:masters", "n1\n"})
  void nodeIsNamedAsNodesAre(String name) {
    Answered reply = ask(server.admin(), name, "");
    assertThat(reply.code()).as(reply.text()).isEqualTo(422);
    assertThat(reply.json().path("details").path("causes").path(0).path("field").asString())
        .isEqualTo("spec.nodeName");
  }

  @Test
  void credentialsAreAnsweredNeverStored() {
    ask(server.admin(), "n1", "");
    assertThat(server.admin().get(CREDENTIALS).code()).isEqualTo(405);
    assertThat(server.store().list("", 0, 0, "").entries())
        .noneSatisfy(entry -> assertThat(entry.key()).contains("nodecredentials"));
  }
}
