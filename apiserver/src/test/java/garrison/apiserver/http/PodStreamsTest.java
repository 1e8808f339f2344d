package garrison.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.apiserver.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes on to the agent of a node, and what is not served (spec: api-server 14). */
class PodStreamsTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String LOG = PODS + "/op3/log";

  @TempDir private Path data;
  private TestServer server;

  @BeforeEach
  void fleet() {
    server = TestServer.start(data);
    server.create("/api/v1/nodes", "{\"metadata\": {\"name\": \"n3\"}}");
    pod("c7", "", "{\"name\": \"c\", \"image\": \"i\"}");
    pod("two", "", "{\"name\": \"a\", \"image\": \"i\"}, {\"name\": \"b\", \"image\": \"i\"}");
    pod("op3", "\"nodeName\": \"n3\",", "{\"name\": \"c\", \"image\": \"i\"}");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void pod(String name, String more, String containers) {
    server.create(
        PODS,
        """
        {"metadata": {"name": "%s"}, "spec": {%s "containers": [%s]}}
        """
            .formatted(name, more, containers));
  }

  private void agentAt(int port) {
    server.change(
        "/api/v1/nodes/n3/status",
        """
        {"status": {"addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
                    "daemonEndpoints": {"kubeletEndpoint": {"Port": %d}}}}
        """
            .formatted(port));
  }

  @Test
  void refusalsAsRecorded() {
    for (Recorded recorded : Recorded.of("pod-log-exec-errors.json")) {
      if (recorded.path().contains("/proxy/")) {
        // Not listed in discovery, so not there.
        assertThat(recorded.ask(server.admin()).code()).isEqualTo(404);
      } else if (recorded.as().isEmpty()) {
        if (recorded.name().startsWith("kubelet refuses")) {
          agentAt(1);
        }
        recorded.replay(server.admin());
      }
    }
  }

  @Test
  void logComesFromTheAgentAsItIsWritten() throws Exception {
    try (AgentDouble agent = new AgentDouble(server.api().pki(), "n3")) {
      agentAt(agent.port());
      try (WatchLines log =
          server.admin().watch(LOG + "?follow=true&tailLines=5&timestamps=1&x=y", "")) {
        assertThat(log.code()).isEqualTo(200);
        assertThat(log.header("Content-Type")).isEqualTo("text/plain");
        agent.write("one\n");
        assertThat(log.nextLine()).isEqualTo("one");
        agent.write("two\n");
        assertThat(log.nextLine()).isEqualTo("two");
        agent.end();
        log.awaitEnd();
      }
      assertThat(agent.requests())
          .containsExactly(
              "/containerLogs/default/op3/c?follow=true&tailLines=5&timestamps=true"
                  + " by CN=kube-apiserver-kubelet-client");
    }
  }

  @Test
  void clientThatLeavesTakesTheCallAlong() throws Exception {
    try (AgentDouble agent = new AgentDouble(server.api().pki(), "n3")) {
      agentAt(agent.port());
      WatchLines log = server.admin().watch(LOG + "?follow=true", "");
      agent.write("one\n");
      assertThat(log.nextLine()).isEqualTo("one");
      log.close();
      await().until(() -> !agent.writes("more\n"));
    }
  }

  @Test
  void brokenLogDoesNotLookWhole() throws Exception {
    try (AgentDouble agent = new AgentDouble(server.api().pki(), "n3")) {
      agentAt(agent.port());
      try (WatchLines log = server.admin().watch(LOG, "")) {
        agent.write("one\n");
        assertThat(log.nextLine()).isEqualTo("one");
        agent.close();
        log.awaitBreak();
      }
    }
  }

  @Test
  void agentOfAnotherNodeIsNotTrusted() throws Exception {
    try (AgentDouble agent = new AgentDouble(server.api().pki(), "n9")) {
      agentAt(agent.port());
      Answered reply = server.admin().get(LOG);
      assertThat(reply.code()).isEqualTo(500);
      assertThat(reply.message())
          .startsWith(
              "Get \"https://127.0.0.1:" + agent.port() + "/containerLogs/default/op3/c\": ")
          .contains("system:node:n9");
      assertThat(agent.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, 400, BadRequest, ''",
    "404, 404, NotFound, ''",
    "500, 500, InternalError, 'Internal error occurred: '",
  })
  void refusalOfTheAgentIsPassedOn(int answered, int code, String reason, String before)
      throws IOException {
    try (AgentDouble agent = new AgentDouble(server.api().pki(), "n3")) {
      agent.refuse(answered, "container \"c\" in pod \"op3\" is waiting to start\n");
      agentAt(agent.port());
      Answered reply = server.admin().get(LOG);
      assertThat(reply.code()).isEqualTo(code);
      assertThat(reply.json().path("reason").asString()).isEqualTo(reason);
      assertThat(reply.message())
          .isEqualTo(before + "container \"c\" in pod \"op3\" is waiting to start");
    }
  }

  /** Discovery lists it, as clients expect; what it answers says what to do. */
  @Test
  void portsOfPodsAreNotForwardedYet() {
    Answered reply =
        RawRequest.send(
            server.api().port(),
            server.admin().tls(),
            "GET "
                + PODS
                + "/op3/portforward HTTP/1.1\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                + "Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n"
                + "Host: 127.0.0.1\r\nConnection: Upgrade\r\n\r\n");
    assertThat(reply.code()).isEqualTo(400);
    assertThat(reply.message())
        .isEqualTo(
            "this version does not serve pods/portforward yet: call node n3 itself, where the pod"
                + " listens");
  }

  /** kubectl tries SPDY after a refusal, and shows the refusal of that. */
  @ParameterizedTest
  @ValueSource(strings = {"exec?command=ls&stdout=1", "attach?stdout=1"})
  void clientOfAProtocolOfThePastIsToldWhatToUse(String what) {
    Answered reply =
        RawRequest.send(
            server.api().port(),
            server.admin().tls(),
            "POST "
                + PODS
                + "/op3/"
                + what
                + " HTTP/1.1\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n"
                + "X-Stream-Protocol-Version: v4.channel.k8s.io\r\n"
                + "Host: 127.0.0.1\r\nConnection: Upgrade\r\n\r\n");
    assertThat(reply.code()).isEqualTo(400);
    assertThat(reply.json().path("kind").asString()).isEqualTo("Status");
    assertThat(reply.message())
        .isEqualTo(
            "pods/"
                + what.replaceFirst("\\?.*", "")
                + " is served over WebSocket only: use kubectl 1.31 or newer, or another client"
                + " that speaks v5.channel.k8s.io");
  }

  @Test
  void resizingARunningPodIsNotServedYet() {
    String path = PODS + "/c7/resize";
    String pod = server.admin().get(PODS + "/c7").text();
    assertThat(server.admin().get(path).text()).isEqualTo(pod);
    for (Answered reply :
        Set.of(
            server.admin().patch(path, "application/strategic-merge-patch+json", "{\"spec\": {}}"),
            server
                .admin()
                .send("PUT", path, pod.getBytes(java.nio.charset.StandardCharsets.UTF_8)))) {
      assertThat(reply.code()).isEqualTo(400);
      assertThat(reply.message())
          .isEqualTo(
              "this server does not support pods/resize: delete the pod, and create it with what"
                  + " it should have");
    }
    assertThat(server.admin().get(PODS + "/c7").text()).isEqualTo(pod);
  }
}
