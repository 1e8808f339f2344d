package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What admission completes and refuses (spec: api-server 10.2, 10.5, 15.1). */
class AdmissionTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";

  private final TestApi api = TestApi.start();

  @AfterEach
  void stop() {
    api.close();
  }

  private static ObjectNode pod(String spec) {
    ObjectNode pod = Requests.pod("x");
    pod.withObject("spec").setAll((ObjectNode) Json.parse(spec));
    return pod;
  }

  private JsonNode recordedPod(String start) {
    return Golden.cases("defaults-pod.json").stream()
        .filter(recorded -> recorded.name().startsWith(start))
        .findFirst()
        .orElseThrow()
        .answer()
        .path("spec");
  }

  @Test
  void aPodGetsAccountTokenTolerationsAndPriority() {
    JsonNode recorded = recordedPod("minimal Pod");
    JsonNode spec = api.post(PODS, Requests.pod("p1")).path("spec");
    for (String member :
        new String[] {
          "tolerations", "priority", "preemptionPolicy", "serviceAccount", "serviceAccountName"
        }) {
      assertThat(spec.path(member)).as(member).isEqualTo(recorded.path(member));
    }
    assertThat(spec.path("volumes").path(0).path("projected"))
        .isEqualTo(recorded.path("volumes").path(0).path("projected"));
    String volume = spec.path("volumes").path(0).path("name").asString();
    assertThat(volume).matches("kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}");
    JsonNode mount = spec.path("containers").path(0).path("volumeMounts").path(0);
    assertThat(mount.path("name").asString()).isEqualTo(volume);
    assertThat(mount.path("mountPath").asString())
        .isEqualTo("/var/run/secrets/kubernetes.io/serviceaccount");
  }

  @Test
  void tolerationsThatAreThereAreKept() {
    JsonNode one =
        api.post(
            PODS + "?dryRun=All",
            pod(
                """
                {"tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists",
                 "effect": "NoExecute"}]}
                """));
    assertThat(one.path("spec").path("tolerations").findValuesAsString("key"))
        .containsExactly("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");
    assertThat(one.path("spec").path("tolerations").path(0).has("tolerationSeconds")).isFalse();
    JsonNode all =
        api.post(PODS + "?dryRun=All", pod("{\"tolerations\": [{\"operator\": \"Exists\"}]}"));
    assertThat(all.path("spec").path("tolerations").size()).isEqualTo(1);
  }

  @Test
  void aPodThatWantsNoTokenGetsNone() {
    JsonNode pod = api.post(PODS + "?dryRun=All", pod("{\"automountServiceAccountToken\": false}"));
    assertThat(pod.path("spec").has("volumes")).isFalse();
  }

  @Test
  void priorityIsThatOfTheClass() {
    JsonNode pod =
        api.post(PODS + "?dryRun=All", pod("{\"priorityClassName\": \"system-node-critical\"}"));
    assertThat(pod.path("spec").path("priority").asLong()).isEqualTo(2_000_001_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
      {"priorityClassName": "nope"}  | no PriorityClass with name nope was found
      {"priority": 7} | the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name
      {"serviceAccountName": "nope"} | error looking up service account default/nope: serviceaccount "nope" not found
      {"runtimeClassName": "nope"}   | pod rejected: RuntimeClass "nope" not found
      {"overhead": {"cpu": "1"}}     | pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead
      """)
  void aPodIsRefused(String spec, String why) {
    ApiDriver.Reply reply = api.send("POST", PODS, pod(spec));
    assertThat(reply.body().path("message").asString())
        .isEqualTo("pods \"x\" is forbidden: " + why);
    assertThat(reply.code()).isEqualTo(403);
  }

  @Test
  void theProcessRuntimeClassIsThereFromTheStart() {
    JsonNode pod = api.post(PODS + "?dryRun=All", pod("{\"runtimeClassName\": \"process\"}"));
    assertThat(pod.path("spec").path("runtimeClassName").asString()).isEqualTo("process");
  }

  @Test
  void aNewNodeIsTaintedOnce() {
    JsonNode node = api.post("/api/v1/nodes", Requests.named("n1"));
    assertThat(node.path("spec").path("taints"))
        .isEqualTo(
            Json.parse(
                "[{\"key\": \"node.kubernetes.io/not-ready\", \"effect\": \"NoSchedule\"}]"));
    api.patch("/api/v1/nodes/n1", "{\"spec\": {\"taints\": null}}");
    assertThat(api.get("/api/v1/nodes/n1").path("spec").path("taints").isEmpty()).isTrue();
  }

  @Test
  void nothingIsCreatedInAMissingNamespace() {
    ApiDriver.Reply reply =
        api.send("POST", "/api/v1/namespaces/nsx/configmaps?dryRun=All", Requests.named("x"));
    assertThat(reply.body().path("message").asString()).isEqualTo("namespaces \"nsx\" not found");
    assertThat(reply.code()).isEqualTo(404);
  }

  @Test
  void systemPriorityClassesStay() {
    ApiDriver.Reply reply =
        api.send(
            "DELETE",
            "/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical",
            Json.object());
    assertThat(reply.code()).isEqualTo(403);
    assertThat(reply.body().path("message").asString())
        .isEqualTo(
            "priorityclasses.scheduling.k8s.io \"system-node-critical\" is forbidden: this is a"
                + " system priority class and cannot be deleted");
  }

  @Test
  void thereIsOneDefaultPriority() {
    String classes = "/apis/scheduling.k8s.io/v1/priorityclasses";
    api.post(
        classes,
        Json.parse("{\"metadata\": {\"name\": \"p\"}, \"value\": 5, \"globalDefault\": true}"));
    ApiDriver.Reply second =
        api.send(
            "POST",
            classes,
            "{\"metadata\": {\"name\": \"p2\"}, \"value\": 6, \"globalDefault\": true}");
    assertThat(second.body().path("message").asString())
        .isEqualTo(
            "priorityclasses.scheduling.k8s.io \"p2\" is forbidden: PriorityClass p is already"
                + " marked as default. Only one default can exist");
    JsonNode pod = api.post(PODS + "?dryRun=All", pod("{}"));
    assertThat(pod.path("spec").path("priorityClassName").asString()).isEqualTo("p");
    assertThat(pod.path("spec").path("priority").asInt()).isEqualTo(5);
  }

  @Test
  void aPodWaitsForTheAccountOfItsNewNamespace() throws Exception {
    api.post("/api/v1/namespaces", Requests.named("fresh"));
    Thread loop =
        Thread.ofVirtual()
            .start(
                () ->
                    api.post(
                        "/api/v1/namespaces/fresh/serviceaccounts", Requests.named("default")));
    api.post("/api/v1/namespaces/fresh/pods", Requests.pod("x"));
    loop.join();
  }
}
