package garrison.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.TestServer;
import garrison.model.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused is refused in the words of the real server (spec: api-server 13). */
class RefusalsTest {
  private static final String SETS = "/apis/apps/v1/namespaces/default/daemonsets";
  private static final String PODS = "/api/v1/namespaces/default/pods";

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

  private static String daemonSet(String more) {
    return """
    {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "d9"%s},
     "spec": {"selector": {"matchLabels": {"app": "a"}},
              "template": {"metadata": {"labels": {"app": "a"}},
                           "spec": {"containers": [{"name": "c", "image": "nginx"}]}}}}
    """
        .formatted(more);
  }

  private Caller as(Recorded recorded) {
    return switch (recorded.as()) {
      case "" -> server.admin();
      case "anonymous" -> server.anonymous();
      case "an invalid bearer token" -> server.bearer("nobody-knows-me");
      case "joe (no rights)" -> server.user("joe");
      case "system:node:n1" -> server.node("n1");
      default -> throw new AssertionError(recorded.as());
    };
  }

  @Test
  void badRequests() {
    server.create(SETS, daemonSet("").replace("d9", "d1"));
    Map<String, String> bodies =
        Map.of(
            "strict: duplicate field", "{\"kind\": \"DaemonSet\"," + daemonSet("").substring(1),
            "warn (default): one Warning header each",
                daemonSet(", \"bar\": 2").replace("\"selector\"", "\"foo\": 1, \"selector\""),
            "bad quantity",
                daemonSet("")
                    .replace(
                        "\"nginx\"", "\"nginx\", \"resources\": {\"limits\": {\"cpu\": \"x\"}}"),
            "another kind", "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {}}",
            "another version", daemonSet("").replace("apps/v1", "apps/v1beta1"),
            "namespace differs from the URL", daemonSet(", \"namespace\": \"other\""),
            "name differs from the URL", daemonSet("").replace("d9", "zz"),
            "PUT without a name", daemonSet("").replace("\"name\": \"d9\"", ""));
    for (Recorded recorded : Recorded.of("status-400.json")) {
      String body = bodies.get(recorded.name());
      Recorded whole = body == null ? recorded : recorded.with(body);
      if (recorded.name().equals("bad continue token")) {
        // Our tokens have another form; what is wrong with one is told in our words.
        Answered reply = whole.ask(server.admin());
        assertThat(reply.code()).isEqualTo(400);
        assertThat(reply.message()).startsWith("invalid continue token: continue key is not valid");
      } else {
        whole.replay(as(whole));
      }
    }
  }

  @Test
  void whoMayNot() {
    Map<String, String> pods =
        Map.of(
            "admission: priority class", "\"priorityClassName\": \"nope\"",
            "admission: service account", "\"serviceAccountName\": \"nope\"");
    for (Recorded recorded : Recorded.of("status-401-403.json")) {
      String spec = pods.get(recorded.name());
      Recorded whole =
          spec == null
              ? recorded
              : recorded.with(
                  """
                  {"metadata": {"name": "x"},
                   "spec": {"containers": [{"name": "c", "image": "i"}], %s}}
                  """
                      .formatted(spec));
      whole.replay(as(whole));
    }
  }

  @Test
  void onlyWhoeverShowsABadTokenIsAskedForAnother() {
    assertThat(server.bearer("x").get(PODS).header("WWW-Authenticate")).startsWith("Bearer");
    assertThat(server.anonymous().get(PODS).header("WWW-Authenticate")).isEmpty();
    assertThat(server.bearer("x").get("/healthz").code()).isEqualTo(401);
  }

  @Test
  void whatIsMissing() {
    for (Recorded recorded : Recorded.of("status-404.json")) {
      recorded.replay(as(recorded));
    }
  }

  @Test
  void wrongMethods() {
    for (Recorded recorded : Recorded.of("status-405.json")) {
      recorded.replay(as(recorded));
    }
    for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
      assertThat(server.admin().send(method, "/version", new byte[0]).code()).isEqualTo(405);
      assertThat(server.admin().send(method, "/api/v1/services", new byte[0]).code())
          .as("%s on a kind that is only read", method)
          .isEqualTo(405);
    }
    assertThat(server.admin().send("TRACE", PODS, new byte[0]).code()).isEqualTo(405);
  }

  @Test
  void formsThatDoNotFit() {
    server.create(SETS, daemonSet("").replace("d9", "d1"));
    String operation = "{\"op\": \"test\", \"path\": \"/kind\", \"value\": \"DaemonSet\"}";
    Map<String, String> bodies =
        Map.of(
            "body over 3 MiB", "{\"x\": \"" + "x".repeat(3 << 20),
            "JSON patch over 10,000 operations",
                "[" + (operation + ",").repeat(10_000) + operation + "]");
    for (Recorded recorded : Recorded.of("status-413-415-406.json")) {
      String body = bodies.get(recorded.name());
      (body == null ? recorded : recorded.with(body)).replay(server.admin());
    }
  }

  @Test
  void serverSideApplySaysWhatToDoInstead() {
    server.create(SETS, daemonSet("").replace("d9", "d1"));
    Answered reply =
        server.admin().patch(SETS + "/d1", "application/apply-patch+yaml", daemonSet(""));
    assertThat(reply.code()).isEqualTo(415);
    assertThat(reply.message()).contains("kubectl apply without --server-side");
  }

  @Test
  void badResourceVersionsAreTheClientsMistake() {
    // 500 upstream; ours 400 (spec: api-server 8.2, 9.3).
    for (String path :
        List.of(
            "/configmaps?watch=true&resourceVersion=abc", "/configmaps/x?resourceVersion=abc")) {
      Answered reply = server.admin().get("/api/v1/namespaces/default" + path);
      assertThat(reply.code()).as(reply.text()).isEqualTo(400);
      assertThat(reply.message()).contains("resourceVersion: Invalid value: \"abc\"");
    }
  }

  @Test
  void brokenEscapesAreRefused() {
    Answered reply =
        RawRequest.send(
            server.api().port(),
            server.admin().tls(),
            "GET /api/v1/namespaces/default/pods/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(reply.code()).isEqualTo(400);
    assertThat(Json.parse(reply.body()).path("kind").asString()).isEqualTo("Status");
  }
}
