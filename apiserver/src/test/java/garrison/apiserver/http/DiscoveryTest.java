package garrison.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.TestServer;
import garrison.apiserver.resource.Golden;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the server says of itself (spec: api-server 4). */
class DiscoveryTest {
  private static final String AGGREGATED =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

  private static final Set<String> NOT_SERVED = Set.of("proxy");

  @TempDir private Path data;
  private TestServer server;
  private Caller admin;

  @BeforeEach
  void start() {
    server = TestServer.start(data);
    admin = server.admin();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static Map<String, JsonNode> named(JsonNode list, String member) {
    Map<String, JsonNode> named = new TreeMap<>();
    list.forEach(entry -> named.put(entry.path(member).asString(), entry));
    return named;
  }

  /**
   * Compares what is served with what was recorded. Kinds that are only read here offer fewer verbs
   * and no subresources, and of nodes there is no proxy (spec: api-server 2).
   */
  private static List<String> compare(JsonNode recorded, JsonNode ours, String member) {
    Map<String, JsonNode> theirs = named(recorded, member);
    List<String> compared = new ArrayList<>();
    named(ours, member)
        .forEach(
            (name, entry) -> {
              assertThat(theirs).containsKey(name);
              ObjectNode expected = (ObjectNode) theirs.get(name).deepCopy();
              expected.remove("storageVersionHash");
              if (entry.path("verbs").size() == 3 && expected.path("verbs").size() == 8) {
                expected.set("verbs", entry.path("verbs"));
                expected.remove("subresources");
              }
              if (expected.path("subresources") instanceof ArrayNode parts) {
                parts.removeIf(part -> NOT_SERVED.contains(part.path("subresource").asString()));
                if (parts.isEmpty()) {
                  expected.remove("subresources");
                }
              }
              assertThat(entry).as(name).isEqualTo(expected);
              compared.add(name);
            });
    return compared;
  }

  @Test
  void plainDocuments() {
    for (Recorded recorded : Recorded.of("discovery-plain.json")) {
      JsonNode theirs = recorded.response().path("body");
      Answered reply = recorded.ask(admin);
      JsonNode ours = reply.json();
      switch (recorded.path()) {
        case "/api" -> {
          ((ObjectNode) theirs.path("serverAddressByClientCIDRs").path(0))
              .put("serverAddress", "127.0.0.1:" + server.api().port());
          recorded.compare(reply);
        }
        case "/api/v1", "/apis/apps/v1" -> {
          List<String> compared = compare(theirs.path("resources"), ours.path("resources"), "name");
          assertThat(compared)
              .contains(recorded.path().equals("/api/v1") ? "pods/log" : "daemonsets/status");
          ((ObjectNode) theirs).remove("resources");
          Golden.compare(theirs, ours, "", recorded.name());
          assertThat(ours.has("apiVersion")).isEqualTo(theirs.has("apiVersion"));
        }
        default -> {
          if (recorded.name().startsWith("/apis, first")) {
            assertThat(ours.path("groups").path(0)).isEqualTo(theirs.path("groups").path(0));
          } else {
            recorded.compare(reply);
          }
        }
      }
    }
  }

  @Test
  void subresourcesStandBehindTheirParent() {
    List<String> names = admin.get("/api/v1").json().path("resources").findValuesAsString("name");
    assertThat(names).contains("pods/ephemeralcontainers", "pods/exec", "pods/resize").isSorted();
  }

  @Test
  void aggregatedDocuments() {
    for (Recorded recorded : Recorded.of("discovery-aggregated.json")) {
      if (recorded.code() == 304) {
        continue; // Its tag was not recorded: unchangedDocumentIsNotSentAgain.
      }
      if (!recorded.response().path("body").has("items")) {
        recorded.replay(admin);
        continue;
      }
      Answered reply = recorded.ask(admin);
      JsonNode theirs = recorded.response().path("body");
      assertThat(reply.header("Content-Type")).isEqualTo(AGGREGATED);
      assertThat(reply.header("Cache-Control")).isEqualTo("public");
      assertThat(reply.header("Vary")).isEqualTo("Accept");
      assertThat(reply.header("ETag")).matches("\"[0-9A-F]{128}\"");
      Map<String, JsonNode> groups = new TreeMap<>();
      reply
          .json()
          .path("items")
          .forEach(item -> groups.put(item.path("metadata").path("name").asString(""), item));
      for (JsonNode item : theirs.path("items")) {
        JsonNode ours = groups.get(item.path("metadata").path("name").asString(""));
        if (ours == null) {
          continue; // A group that is not served here.
        }
        assertThat(ours.path("metadata")).isEqualTo(item.path("metadata"));
        JsonNode version = ours.path("versions").path(0);
        assertThat(version.path("version"))
            .isEqualTo(item.path("versions").path(0).path("version"));
        assertThat(version.path("freshness").asString()).isEqualTo("Current");
        compare(
            item.path("versions").path(0).path("resources"), version.path("resources"), "resource");
      }
      assertThat(groups).isNotEmpty();
    }
  }

  @Test
  void unchangedDocumentIsNotSentAgain() {
    String tag = admin.get("/apis", AGGREGATED).header("ETag");
    Answered again =
        admin.send("GET", "/apis", Map.of("Accept", AGGREGATED, "If-None-Match", tag), new byte[0]);
    assertThat(again.code()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(again.header("ETag")).isEqualTo(tag);
    assertThat(
            admin
                .send(
                    "GET",
                    "/apis",
                    Map.of("Accept", AGGREGATED, "If-None-Match", "\"x\""),
                    new byte[0])
                .code())
        .isEqualTo(200);
  }

  @Test
  void olderAggregateGetsThePlainDocument() {
    String old = AGGREGATED.replace("v=v2", "v=v2beta1");
    assertThat(admin.get("/apis", old + ",application/json").json().path("kind").asString())
        .isEqualTo("APIGroupList");
  }

  @Test
  void everyListedKindIsServed() {
    for (Kind kind : Kinds.all()) {
      String base =
          kind.group().isEmpty() ? "/api/" + kind.version() : "/apis/" + kind.apiVersion();
      JsonNode entry = named(admin.get(base).json().path("resources"), "name").get(kind.plural());
      assertThat(entry).as(kind.kind()).isNotNull();
      if (entry.path("verbs").valueStream().anyMatch(verb -> verb.asString().equals("list"))) {
        Answered reply = admin.get(base + "/" + kind.plural());
        assertThat(reply.code()).as(kind.kind()).isEqualTo(200);
        assertThat(reply.json().path("kind").asString()).isEqualTo(kind.kind() + "List");
        assertThat(reply.json().path("items").isArray()).isTrue();
      }
    }
  }

  @Test
  void versionAndHealth() {
    for (Recorded etcds : Recorded.of("version-health.json")) {
      Recorded recorded = etcds.at(etcds.path().replace("etcd", "store"));
      Caller caller = recorded.as().equals("anonymous") ? server.anonymous() : admin;
      switch (recorded.name()) {
        case "version" -> {
          JsonNode ours = recorded.ask(server.anonymous()).json();
          JsonNode theirs = recorded.response().path("body");
          assertThat(ours.propertyNames()).containsExactlyElementsOf(theirs.propertyNames());
          for (String member :
              List.of("major", "minor", "emulationMinor", "minCompatibilityMinor")) {
            assertThat(ours.path(member)).isEqualTo(theirs.path(member));
          }
          assertThat(ours.path("gitVersion").asString())
              .startsWith(theirs.path("gitVersion").asString() + "+garrison");
        }
        case "verbose (first three lines kept)" ->
            assertThat(recorded.ask(caller).text())
                .startsWith("[+]ping ok\n")
                .contains("[+]store ok\n")
                .endsWith("readyz check passed\n");
        case "excluded check" ->
            assertThat(recorded.ask(caller).text())
                .contains("[+]store excluded: ok\n")
                .endsWith("livez check passed\n");
        default -> recorded.replay(caller);
      }
    }
  }

  @Test
  void indexNamesThePaths() {
    List<String> paths =
        admin.get("/").json().path("paths").valueStream().map(JsonNode::asString).toList();
    assertThat(paths).contains("/api", "/apis/apps/v1", "/metrics", "/version");
    assertThat(server.anonymous().get("/").code()).isEqualTo(403);
  }

  @Test
  void metricsAreForAdministrators() {
    admin.get("/api/v1/nodes");
    assertThat(admin.get("/metrics").text())
        .contains("apiserver_request_duration_seconds_count{code=\"200\"")
        .contains("apiserver_resource_objects{resource=\"namespaces\"} 4.0");
    assertThat(server.node("n1").get("/metrics").code()).isEqualTo(403);
  }

  @Test
  void everyAnswerCanBeTraced() {
    Answered reply = admin.send("GET", "/api/v1/nodes", Map.of("Audit-Id", "my-own"), new byte[0]);
    assertThat(reply.header("Audit-Id")).isEqualTo("my-own");
    assertThat(admin.get("/api/v1/nodes").header("Audit-Id")).matches("[0-9a-f-]{36}");
    assertThat(reply.header("Cache-Control")).isEqualTo("no-cache, private");
  }

  @Test
  void peopleGetLinesOfTheirOwn() {
    String path = "/api/v1/namespaces/default";
    String one = admin.get(path).text();
    assertThat(one).startsWith("{\"kind\":\"Namespace\"").doesNotContain("\n ");
    String many = admin.send("GET", path, Map.of("User-Agent", "curl/8.0"), new byte[0]).text();
    assertThat(many).startsWith("{\n  \"kind\": \"Namespace\",\n").endsWith("\n}\n");
    assertThat(admin.get(path + "?pretty=true").text()).isEqualTo(many);
    assertThat(
            admin
                .send("GET", path + "?pretty=false", Map.of("User-Agent", "curl/8.0"), new byte[0])
                .text())
        .isEqualTo(one);
    assertThat(admin.get(path, "application/yaml").text())
        .startsWith("apiVersion: v1\nkind: Namespace\n");
  }
}
