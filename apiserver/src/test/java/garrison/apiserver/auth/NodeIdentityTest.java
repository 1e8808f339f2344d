package garrison.apiserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.TestServer;
import garrison.apiserver.http.Answered;
import garrison.apiserver.http.Caller;
import garrison.apiserver.http.WatchLines;
import garrison.apiserver.resource.Golden;
import garrison.model.json.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What the agent of a node may do, and what not (spec: api-server 18). */
class NodeIdentityTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String MERGE = "application/merge-patch+json";

  @TempDir private Path data;
  private TestServer server;
  private Caller node;
  private String uid;

  @BeforeEach
  void fleet() {
    server = TestServer.start(data);
    node = server.node("n1");
    for (String name : new String[] {"n1", "n2"}) {
      server.create("/api/v1/nodes", "{\"metadata\": {\"name\": \"" + name + "\"}}");
    }
    uid = server.admin().get("/api/v1/nodes/n1").json().path("metadata").path("uid").asString();
    for (String name : new String[] {"sec1", "sec2"}) {
      server.create(
          "/api/v1/namespaces/default/secrets", "{\"metadata\": {\"name\": \"" + name + "\"}}");
    }
    pod("op1", "n1", "");
    pod("op2", "n2", "");
    pod("op3", "n1", ", \"volumes\": [{\"name\": \"v\", \"secret\": {\"secretName\": \"sec1\"}}]");
  }

  private void pod(String name, String on, String more) {
    server.create(
        PODS,
        """
        {"metadata": {"name": "%s"},
         "spec": {"nodeName": "%s", "containers": [{"name": "c", "image": "i"}]%s}}
        """
            .formatted(name, on, more));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Answered send(String method, String path, String body) {
    return method.equals("PATCH")
        ? node.patch(path, MERGE, body)
        : node.send(method, path, Json.bytes(Json.parse(body.isEmpty() ? "{}" : body)));
  }

  @Test
  void asRecorded() {
    for (JsonNode row : Golden.file("node-identity.json").path("cases")) {
      String[] what = row.path("do").asString().split(" ", -1);
      String method = what.length == 1 ? "POST" : what[0];
      String path = what[what.length - 1];
      String body = row.path("body").toString().replace("<uid>", uid);
      Answered reply = method.equals("GET") ? node.get(path) : send(method, path, body);
      String where = row + " " + reply.text();
      assertThat(reply.code()).as(where).isEqualTo(row.path("code").asInt());
      if (row.has("message")) {
        assertThat(reply.message()).as(where).isEqualTo(row.path("message").asString());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // Its own things.
        "POST  | /api/v1/namespaces/default/pods/op1/eviction | {\"metadata\": {\"name\": \"op1\"}} | 201",
        "PATCH | /api/v1/nodes/n1/status | {\"status\": {\"phase\": \"Running\"}} | 200",
        "POST  | /api/v1/namespaces/default/events | {\"metadata\": {\"name\": \"e\"}, \"involvedObject\": {\"namespace\": \"default\"}} | 201",
        "POST  | /apis/authorization.k8s.io/v1/subjectaccessreviews | {\"spec\": {\"user\": \"u\", \"resourceAttributes\": {\"verb\": \"get\", \"resource\": \"nodes\"}}} | 201",
        // Other nodes' things.
        "POST  | /api/v1/namespaces/default/pods/op2/eviction | {\"metadata\": {\"name\": \"op2\"}} | 403",
        "PATCH | /api/v1/nodes/n2/status | {\"status\": {\"phase\": \"Running\"}} | 403",
        "PATCH | /api/v1/nodes/n2 | {\"metadata\": {\"labels\": {\"a\": \"b\"}}} | 403",
        "PATCH | /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n2 | {\"spec\": {\"leaseDurationSeconds\": 1}} | 403",
        "PATCH | /apis/storage.k8s.io/v1/csinodes/n2 | {\"metadata\": {\"labels\": {\"a\": \"b\"}}} | 403",
        // Nobody's business on a node.
        "DELETE | /api/v1/nodes/n1 | | 403",
        "DELETE | /api/v1/namespaces/default/pods | | 403",
        "POST   | /api/v1/namespaces/default/pods/op1/binding | {\"target\": {\"kind\": \"Node\", \"name\": \"n1\"}} | 403",
        "POST   | /api/v1/namespaces/default/secrets | {\"metadata\": {\"name\": \"s\"}} | 403",
        "POST   | /apis/apps/v1/namespaces/default/daemonsets | {\"metadata\": {\"name\": \"d\"}} | 403",
        "POST   | /apis/rbac.authorization.k8s.io/v1/clusterrolebindings | {\"metadata\": {\"name\": \"x\"}} | 403",
        // Through a subresource what is not allowed directly.
        "PATCH | /api/v1/nodes/n1/status | {\"metadata\": {\"labels\": {\"node-restriction.kubernetes.io/a\": \"b\"}}} | 403",
        "PATCH | /api/v1/nodes/n1 | {\"metadata\": {\"ownerReferences\": [{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"name\": \"n2\", \"uid\": \"u\"}]}} | 403",
      })
  void table(String method, String path, String body, int code) {
    Answered reply = send(method, path, body == null ? "" : body);
    assertThat(reply.code()).as(reply.text()).isEqualTo(code);
    if (code == 403) {
      assertThat(reply.json().path("reason").asString()).isEqualTo("Forbidden");
      assertThat(reply.message()).contains("n1");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"volumes\": [{\"name\": \"v\", \"configMap\": {\"name\": \"m\"}}]",
        "\"volumes\": [{\"name\": \"v\", \"persistentVolumeClaim\": {\"claimName\": \"p\"}}]",
        "\"volumes\": [{\"name\": \"v\", \"projected\": {\"sources\": [{\"secret\": {\"name\": \"s\"}}]}}]",
        "\"imagePullSecrets\": [{\"name\": \"s\"}]",
        "\"initContainers\": [{\"name\": \"i\", \"image\": \"i\", \"envFrom\": [{\"secretRef\": {\"name\": \"s\"}}]}]",
      })
  void mirrorPodReachesNothing(String spec) {
    Answered reply =
        node.post(
            PODS,
            """
            {"metadata": {"name": "m", "annotations": {"kubernetes.io/config.mirror": "x"},
                          "ownerReferences": [{"apiVersion": "v1", "kind": "Node", "name": "n1",
                                               "uid": "%s", "controller": true}]},
             "spec": {"nodeName": "n1", "containers": [{"name": "c", "image": "i"}], %s}}
            """
                .formatted(uid, spec));
    assertThat(reply.code()).as(reply.text()).isEqualTo(403);
    assertThat(reply.message()).contains("a mirror pod may not reference");
  }

  @Test
  void nodeWatchesItsOwnPodsOnly() {
    String own = "/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Dn1";
    try (WatchLines watch = node.watch(own, "")) {
      assertThat(watch.code()).isEqualTo(200);
      assertThat(watch.next().path("object").path("metadata").path("name").asString())
          .isEqualTo("op1");
      assertThat(watch.next().path("object").path("metadata").path("name").asString())
          .isEqualTo("op3");
      pod("op4", "n2", "");
      pod("op5", "n1", "");
      assertThat(watch.next().path("object").path("metadata").path("name").asString())
          .isEqualTo("op5");
    }
    for (String other :
        new String[] {"", "&fieldSelector=spec.nodeName!%3Dn2", "&labelSelector=a"}) {
      try (WatchLines watch = node.watch("/api/v1/pods?watch=1" + other, "")) {
        assertThat(watch.code()).as(other).isEqualTo(403);
      }
    }
  }

  @Test
  void whatAPodNamesIsItsNodesBusinessAsLongAsThePodIsThere() {
    String secret = "/api/v1/namespaces/default/secrets/sec1";
    assertThat(node.get(secret).code()).isEqualTo(200);
    assertThat(server.node("n2").get(secret).code()).isEqualTo(403);
    server.remove(PODS + "/op3");
    assertThat(node.get(secret).code()).isEqualTo(403);
  }

  @Test
  void bearerTokenMakesTheSameNode() {
    NodeTokens tokens =
        new NodeTokens(server.api().pki().nodeTokenKey(), java.time.InstantSource.system());
    Caller hollow = server.bearer(tokens.issue("n1"));
    assertThat(hollow.get("/api/v1/nodes/n1").code()).isEqualTo(200);
    assertThat(hollow.get("/api/v1/nodes/n2").code()).isEqualTo(403);
  }

  @Test
  void nameWithoutTheGroupIsNoNode() {
    assertThat(server.user("system:node:n1").get("/api/v1/nodes/n1").code()).isEqualTo(403);
    assertThat(server.user("n1", "system:nodes").get("/api/v1/nodes/n1").code()).isEqualTo(403);
  }
}
