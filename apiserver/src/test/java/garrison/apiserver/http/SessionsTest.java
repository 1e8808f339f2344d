package garrison.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.apiserver.TestServer;
import garrison.model.json.Json;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** exec and attach between a client and the agent of a node (spec: api-server 14.2). */
class SessionsTest {
  private static final String V5 = "v5.channel.k8s.io";
  private static final String V4 = "v4.channel.k8s.io";
  private static final String POD = "/api/v1/namespaces/default/pods/p/";
  private static final String EXEC =
      POD + "exec?command=ls&command=%2Ftmp+x&stdin=1&stdout=1&stderr=1";

  @TempDir private Path data;
  private TestServer server;

  @BeforeEach
  void fleet() {
    server = TestServer.start(data);
    server.create("/api/v1/nodes", "{\"metadata\": {\"name\": \"n\"}}");
    server.create(
        "/api/v1/namespaces/default/pods",
        """
        {"metadata": {"name": "p"},
         "spec": {"nodeName": "n", "containers": [{"name": "c", "image": "i"}]}}
        """);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void agentAt(int port, String features) {
    server.change(
        "/api/v1/nodes/n/status",
        """
        {"status": {"addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
                    "daemonEndpoints": {"kubeletEndpoint": {"Port": %d}},
                    "declaredFeatures": [%s]}}
        """
            .formatted(port, features));
  }

  private SessionAgentDouble agent(String node, boolean declares) {
    SessionAgentDouble agent = new SessionAgentDouble(server.api().pki(), node);
    agentAt(agent.port(), declares ? "\"ExtendWebSocketsToKubelet\"" : "");
    return agent;
  }

  private SessionClient client(String path, String protocol) {
    return new SessionClient(server.admin().tls(), server.api().port(), path, protocol);
  }

  @ParameterizedTest
  @CsvSource({V5 + ", true, " + V5, V4 + ", true, " + V5, V5 + ", false, " + V4})
  void messagesArePassedOnBothWays(String spoken, boolean declares, String agentSpeaks)
      throws Exception {
    try (SessionAgentDouble agent = agent("n", declares);
        SessionClient client = client(EXEC, spoken)) {
      assertThat(client.protocol()).isEqualTo(spoken);
      assertThat(agent.protocol()).isEqualTo(agentSpeaks);
      assertThat(agent.uri())
          .isEqualTo("/exec/default/p/c?command=ls&command=%2Ftmp+x&error=1&input=1&output=1");
      if (spoken.equals(V5)) {
        assertThat(client.next()).isEqualTo("1 "); // As recorded.
      }
      client.send(0, "typed");
      assertThat(agent.next()).isEqualTo("0 typed");
      agent.send(1, "out");
      assertThat(client.next()).isEqualTo("1 out");
      agent.send(3, "{}");
      agent.end();
      assertThat(client.next()).isEqualTo("3 {}");
      assertThat(client.next()).isEqualTo("closed 1000");
    }
  }

  @ParameterizedTest
  @CsvSource({"true, 255", "false, 0 more"})
  void endOfInputIsToldToWhoUnderstandsIt(boolean declares, String first) throws Exception {
    try (SessionAgentDouble agent = agent("n", declares);
        SessionClient client = client(EXEC, V5)) {
      client.send(255, "\0");
      client.send(0, "more");
      assertThat(agent.next()).startsWith(first);
    }
  }

  @Test
  void agentIsToldThatTheClientLeft() throws Exception {
    try (SessionAgentDouble agent = agent("n", true)) {
      SessionClient client = client(POD + "attach?stdout=1&tty=1", V5);
      assertThat(agent.protocol()).isEqualTo(V5);
      assertThat(agent.uri()).isEqualTo("/attach/default/p/c?output=1&tty=1");
      client.close();
      assertThat(agent.next()).isEqualTo("gone");
    }
  }

  @Test
  void brokenSessionIsNoSuccess() throws Exception {
    try (SessionAgentDouble agent = agent("n", true);
        SessionClient client = client(EXEC, V5)) {
      agent.send(1, "out");
      assertThat(client.next()).isEqualTo("1 ");
      assertThat(client.next()).isEqualTo("1 out");
      agent.end();
      assertThat(failure(client)).contains("broke off the session");
      assertThat(client.next()).isEqualTo("closed 1000");
    }
  }

  private static String failure(SessionClient client) throws InterruptedException {
    String last = client.next();
    assertThat(last).startsWith("3 ");
    JsonNode status = Json.parse(last.substring(2));
    assertThat(status.path("status").asString()).isEqualTo("Failure");
    assertThat(status.path("reason").asString()).isEqualTo("InternalError");
    return status.path("message").asString();
  }

  /** A refusal before the upgrade would make kubectl try SPDY, and hide it. */
  @Test
  void clientOfV5IsToldOnItsErrorChannel() throws Exception {
    try (SessionAgentDouble agent = agent("n", true)) {
      agent.refuse(404);
      try (SessionClient client = client(EXEC, V5)) {
        assertThat(client.next()).isEqualTo("1 ");
        assertThat(failure(client))
            .isEqualTo("Internal error occurred: unable to upgrade connection: pod does not exist");
        assertThat(client.next()).isEqualTo("closed 1000");
      }
    }
    agentAt(1, "");
    try (SessionClient client = client(POD + "exec?command=ls&stdout=true&stderr=true", V5)) {
      assertThat(client.next()).isEqualTo("1 ");
      assertThat(failure(client))
          .isEqualTo(
              "Internal error occurred: error sending request: Post"
                  + " \"https://127.0.0.1:1/exec/default/p/c?command=ls&error=1&output=1\": dial tcp"
                  + " 127.0.0.1:1: connect: connection refused");
    }
  }

  @Test
  void agentOfAnotherNodeIsNotTrusted() throws Exception {
    try (SessionAgentDouble agent = agent("other", true);
        SessionClient client = client(EXEC, V5)) {
      assertThat(client.next()).isEqualTo("1 ");
      assertThat(failure(client)).contains("system:node:other");
      assertThat(agent.uri()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({V4 + ", 500", "foo, 400"})
  void otherClientsAreRefusedBeforeTheUpgrade(String protocol, int code) {
    agentAt(1, "");
    assertThatThrownBy(() -> client(EXEC, protocol))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(code));
  }

  @ParameterizedTest
  @CsvSource({"exec?command=ls", "exec?stdout=1"})
  void sessionWithoutStreamOrCommandIsRefused(String what) {
    assertThat(server.admin().get(POD + what).code()).isEqualTo(400);
  }
}
