package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The rules of metadata and of conflicts, for every kind alike (spec: api-server 10.1, 10.2). */
class CrudTest {
  private static final String MAPS = "/api/v1/namespaces/w/configmaps";

  private final TestApi api = TestApi.start();

  @BeforeEach
  void namespace() {
    api.namespace("w");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private static ObjectNode map(String name, String value) {
    return Requests.parse(
        "{\"metadata\": {\"name\": \"%s\"}, \"data\": {\"a\": \"%s\"}}".formatted(name, value));
  }

  private static String version(JsonNode document) {
    return document.path("metadata").path("resourceVersion").asString();
  }

  private static void refused(ApiDriver.Reply reply, int code, String message) {
    assertThat(reply.body().path("message").asString()).isEqualTo(message);
    assertThat(reply.code()).isEqualTo(code);
  }

  @Test
  void theServerOwnsItsMetadata() {
    ObjectNode sent =
        Requests.parse(
            """
            {"metadata": {"name": "a", "uid": "mine", "creationTimestamp": "2001-01-01T00:00:00Z",
             "generation": 9, "deletionTimestamp": "2001-01-01T00:00:00Z", "selfLink": "x",
             "deletionGracePeriodSeconds": 4, "managedFields": [{"manager": "m"}]}}
            """);
    JsonNode metadata = api.post(MAPS, sent).path("metadata");
    assertThat(metadata.propertyNames())
        .containsExactly("name", "namespace", "uid", "resourceVersion", "creationTimestamp");
    assertThat(metadata.path("uid").asString())
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(metadata.path("creationTimestamp").asString()).startsWith("20").isNotEqualTo("2001");
  }

  @Test
  void resourceVersionAtCreateIsRefused() {
    refused(
        api.send("POST", MAPS, "{\"metadata\": {\"name\": \"a\", \"resourceVersion\": \"5\"}}"),
        400,
        "resourceVersion should not be set on objects to be created");
  }

  @Test
  void namespaceOfTheBodyMustBeThatOfTheUrl() {
    refused(
        api.send("POST", MAPS, "{\"metadata\": {\"name\": \"a\", \"namespace\": \"v\"}}"),
        400,
        "the namespace of the provided object does not match the namespace sent on the request");
  }

  @Test
  void nameOfTheBodyMustBeThatOfTheUrl() {
    api.post(MAPS, map("a", "1"));
    refused(
        api.put(MAPS + "/a", map("zz", "1")),
        400,
        "the name of the object (zz) does not match the name on the URL (a)");
    refused(
        api.put(MAPS + "/a", Json.parse("{\"metadata\": {}}")),
        400,
        "the name of the object (a based on URL) was undeterminable: name must be provided");
  }

  @Test
  void takenNamesAreRefused() {
    api.post(MAPS, map("a", "1"));
    refused(api.send("POST", MAPS, map("a", "1")), 409, "configmaps \"a\" already exists");
    api.patch(MAPS + "/a", "{\"metadata\": {\"finalizers\": [\"a.b/c\"]}}");
    api.delete(MAPS + "/a", "{}");
    refused(
        api.send("POST", MAPS, map("a", "1")),
        409,
        "object is being deleted: configmaps \"a\" already exists");
  }

  @Test
  void staleVersionsConflict() {
    JsonNode first = api.post(MAPS, map("a", "1"));
    api.patch(MAPS + "/a", "{\"data\": {\"a\": \"2\"}}");
    String text =
        "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please"
            + " apply your changes to the latest version and try again";
    ObjectNode stale = map("a", "3");
    stale.withObject("metadata").put("resourceVersion", version(first));
    refused(api.put(MAPS + "/a", stale), 409, text);
    refused(
        api.send(
            "PATCH", MAPS + "/a", "{\"metadata\": {\"resourceVersion\": \"1\"}, \"data\": {}}"),
        409,
        text);
  }

  @Test
  void updateWithoutVersionIsUnconditional() {
    api.post(MAPS, map("a", "1"));
    for (String version : new String[] {"", "0"}) {
      ObjectNode blind = map("a", "v" + version);
      if (!version.isEmpty()) {
        blind.withObject("metadata").put("resourceVersion", version);
      }
      assertThat(api.put(MAPS + "/a", blind).code()).isEqualTo(200);
    }
  }

  @Test
  void updateOfALeaseNeedsItsVersion() {
    String leases = "/apis/coordination.k8s.io/v1/namespaces/w/leases";
    api.post(leases, Requests.named("l"));
    Golden.cases("status-422-shape.json").stream()
        .filter(recorded -> recorded.name().startsWith("unconditional update of a lease"))
        .forEach(
            recorded -> {
              ApiDriver.Reply reply = api.put(leases + "/l", Requests.named("l"));
              assertThat(reply.code()).isEqualTo(422);
              String name = recorded.request().path("metadata").path("name").asString();
              assertThat(reply.body())
                  .isEqualTo(Json.parse(recorded.answer().toString().replace(name, "l")));
            });
  }

  @Test
  void putCreatesALeaseOrAnEventOnly() {
    String leases = "/apis/coordination.k8s.io/v1/namespaces/w/leases";
    assertThat(api.put(leases + "/new", Requests.named("new")).code()).isEqualTo(201);
    refused(api.put(MAPS + "/new", map("new", "1")), 404, "configmaps \"new\" not found");
  }

  @Test
  void uidIsCheckedByPutAndByPatchEachInItsWay() {
    JsonNode object = api.post(MAPS, map("a", "1"));
    ObjectNode other = map("a", "2");
    other.withObject("metadata").put("uid", "x");
    refused(
        api.put(MAPS + "/a", other),
        409,
        "Operation cannot be fulfilled on configmaps \"a\": StorageError: invalid object, Code: 4,"
            + " Key: /registry/configmaps/w/a, ResourceVersion: 0, AdditionalErrorMsg:"
            + " Precondition failed: UID in precondition: x, UID in object meta: "
            + object.path("metadata").path("uid").asString());
    refused(
        api.send("PATCH", MAPS + "/a", "{\"metadata\": {\"uid\": \"x\"}}"),
        422,
        "ConfigMap \"a\" is invalid: metadata.uid: Invalid value: \"x\": field is immutable");
  }

  @Test
  void writesThatChangeNothingStoreNothing() {
    JsonNode object = api.post(MAPS, map("a", "1"));
    long before = api.resources.revision();
    assertThat(version(api.patch(MAPS + "/a", "{\"data\": {\"a\": \"1\"}}")))
        .isEqualTo(version(object));
    assertThat(version(api.put(MAPS + "/a", map("a", "1")).body())).isEqualTo(version(object));
    assertThat(api.resources.revision()).isEqualTo(before);
  }

  @Test
  void generatedNamesAvoidTakenOnes() {
    for (int i = 0; i < 50; i++) {
      JsonNode created = api.post(MAPS, Json.parse("{\"metadata\": {\"generateName\": \"g-\"}}"));
      assertThat(created.path("metadata").path("name").asString())
          .matches("g-[bcdfghjklmnpqrstvwxz2456789]{5}");
    }
    assertThat(api.get(MAPS).path("items").size()).isEqualTo(50);
  }

  @Test
  void dryRunAnswersAsIfAndStoresNothing() {
    long before = api.resources.revision();
    JsonNode dry = api.post(MAPS + "?dryRun=All", map("dry", "1"));
    assertThat(dry.path("metadata").path("uid").asString()).isNotEmpty();
    assertThat(dry.path("metadata").has("resourceVersion")).isFalse();
    assertThat(api.resources.revision()).isEqualTo(before);

    JsonNode object = api.post(MAPS, map("a", "1"));
    before = api.resources.revision();
    JsonNode patched = api.patch(MAPS + "/a?dryRun=All", "{\"data\": {\"a\": \"2\"}}");
    assertThat(patched.path("data").path("a").asString()).isEqualTo("2");
    assertThat(version(patched)).isEqualTo(version(object));
    assertThat(api.send("DELETE", MAPS + "/a?dryRun=All", "{}").code()).isEqualTo(200);
    assertThat(api.get(MAPS + "/a")).isEqualTo(object);
    assertThat(api.resources.revision()).isEqualTo(before);
  }

  @Test
  void statusAndSpecEachHaveTheirOwnWrite() {
    String budgets = "/apis/policy/v1/namespaces/w/poddisruptionbudgets";
    JsonNode created =
        api.post(
            budgets,
            Json.parse(
                """
                {"metadata": {"name": "b"}, "spec": {"minAvailable": 1},
                 "status": {"currentHealthy": 7}}
                """));
    assertThat(created.path("status").path("currentHealthy").asInt()).isZero();
    JsonNode status =
        api.patch(
            budgets + "/b/status",
            """
            {"metadata": {"labels": {"l": "1"}}, "spec": {"minAvailable": 2},
             "status": {"currentHealthy": 3}}
            """);
    assertThat(status.path("spec").path("minAvailable").asInt()).isEqualTo(1);
    assertThat(status.path("status").path("currentHealthy").asInt()).isEqualTo(3);
    assertThat(status.path("metadata").path("labels").path("l").asString()).isEqualTo("1");
    assertThat(status.path("metadata").path("generation").asInt()).isEqualTo(1);
    JsonNode spec =
        api.patch(
            budgets + "/b",
            "{\"spec\": {\"minAvailable\": 2}, \"status\": {\"currentHealthy\": 9}}");
    assertThat(spec.path("spec").path("minAvailable").asInt()).isEqualTo(2);
    assertThat(spec.path("status").path("currentHealthy").asInt()).isEqualTo(3);
    assertThat(spec.path("metadata").path("generation").asInt()).isEqualTo(2);
  }

  @Test
  void finalizersKeepAnObjectUntilTheLastIsTaken() {
    api.post(
        MAPS,
        Json.parse("{\"metadata\": {\"name\": \"a\", \"finalizers\": [\"a.b/c\", \"a.b/d\"]}}"));
    JsonNode deleting = api.delete(MAPS + "/a", "{}").body();
    assertThat(deleting.path("metadata").path("deletionGracePeriodSeconds").asInt()).isZero();
    api.patch(MAPS + "/a", "{\"metadata\": {\"finalizers\": [\"a.b/d\"]}}");
    assertThat(api.get(MAPS + "/a").path("metadata").path("finalizers").size()).isEqualTo(1);
    JsonNode last = api.patch(MAPS + "/a", "{\"metadata\": {\"finalizers\": null}}");
    assertThat(last.path("metadata").path("name").asString()).isEqualTo("a");
    assertThat(api.get(MAPS + "/a").path("code").asInt()).isEqualTo(404);
  }

  @Test
  void kindsThatAreOnlyReadRefuseWrites() {
    refused(
        api.send("POST", "/api/v1/namespaces/w/services", Requests.named("s")),
        405,
        "the server does not allow this method on the requested resource");
    assertThat(api.get("/api/v1/namespaces/w/services").path("items").size()).isZero();
  }

  @Test
  void missingSubresourceIsAnUnknownPath() {
    api.post(MAPS, map("a", "1"));
    refused(
        api.send("PATCH", MAPS + "/a/status", "{}"),
        404,
        "the server could not find the requested resource");
  }

  @Test
  void eventsHaveTwoFacesOverOneStorage() {
    String core = "/api/v1/namespaces/w/events";
    String other = "/apis/events.k8s.io/v1/namespaces/w/events";
    api.post(
        other,
        Json.parse(
            """
            {"metadata": {"name": "e"}, "note": "hello", "reason": "r", "type": "Normal",
             "action": "a", "reportingController": "c", "reportingInstance": "i",
             "eventTime": "2026-01-01T00:00:00.000000Z",
             "regarding": {"kind": "Pod", "name": "p", "namespace": "w"}}
            """));
    assertThat(api.get(core + "/e").path("message").asString()).isEqualTo("hello");
    assertThat(api.get(other + "/e").path("note").asString()).isEqualTo("hello");
    assertThat(version(api.get(core + "/e"))).isEqualTo(version(api.get(other + "/e")));
    assertThat(api.get(core + "?fieldSelector=involvedObject.name%3Dp").path("items").size())
        .isEqualTo(1);
    assertThat(api.get(other + "?fieldSelector=regarding.name%3Dp").path("items").size())
        .isEqualTo(1);
    assertThat(api.get(other + "?fieldSelector=regarding.name%3Dq").path("items").size()).isZero();
    assertThat(api.send("DELETE", other + "/e", "{}").code()).isEqualTo(200);
    assertThat(api.get(core + "/e").path("code").asInt()).isEqualTo(404);
  }
}
