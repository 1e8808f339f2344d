package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Containers for debugging come to a pod by a subresource, and stay (spec: api-server 10.4). */
class EphemeralContainersTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String PART = PODS + "/p/ephemeralcontainers";

  private final TestApi api = TestApi.start();

  @AfterEach
  void stop() {
    api.close();
  }

  private ApiDriver.Reply add(String containers) {
    return api.send("PATCH", PART, "{\"spec\": {\"ephemeralContainers\": " + containers + "}}");
  }

  @Test
  void oneIsAddedWithItsDefaultsAndCountsAsAGeneration() {
    api.post(PODS, Requests.pod("p"));

    JsonNode pod =
        add("[{\"name\": \"d\", \"image\": \"b\", \"targetContainerName\": \"c\"}]").body();

    assertThat(pod.at("/metadata/generation").asInt()).isEqualTo(2);
    JsonNode added = pod.at("/spec/ephemeralContainers/0");
    assertThat(added.path("imagePullPolicy").asString()).isEqualTo("Always");
    assertThat(added.path("terminationMessagePath").asString()).isEqualTo("/dev/termination-log");
    assertThat(api.get(PODS + "/p")).isEqualTo(pod);
  }

  @Test
  void nothingElseIsTakenFromTheRequest() {
    ObjectNode sent = (ObjectNode) api.post(PODS, Requests.pod("p")).deepCopy();
    sent.withObject("metadata").withObject("labels").put("a", "b");
    sent.withObject("spec").put("activeDeadlineSeconds", 5);
    sent.withObject("status").put("phase", "Failed");
    sent.withObject("spec")
        .putArray("ephemeralContainers")
        .addObject()
        .put("name", "d")
        .put("image", "b");

    JsonNode pod = api.put(PART, sent).body();

    assertThat(pod.at("/spec/ephemeralContainers/0/name").asString()).isEqualTo("d");
    assertThat(pod.at("/metadata/labels").isMissingNode()).isTrue();
    assertThat(pod.at("/spec/activeDeadlineSeconds").isMissingNode()).isTrue();
    assertThat(pod.at("/status/phase").asString()).isEqualTo("Pending");
  }

  @Test
  void oneThatIsThereStaysAsItIs() {
    api.post(PODS, Requests.pod("p"));
    add("[{\"name\": \"d\", \"image\": \"b\"}]");

    assertThat(refusal(add("[]")))
        .isEqualTo(
            "spec.ephemeralContainers: Forbidden: existing ephemeral containers \"d\" may not be"
                + " removed\n");
    assertThat(refusal(add("[{\"name\": \"d\", \"image\": \"other\"}]")))
        .isEqualTo(
            "spec.ephemeralContainers: Forbidden: existing ephemeral containers \"d\" may not be"
                + " changed\n");
    ObjectNode without = (ObjectNode) api.get(PODS + "/p").deepCopy();
    without.withObject("spec").remove("ephemeralContainers");
    assertThat(api.put(PODS + "/p", without).code()).isEqualTo(422);
  }

  @Test
  void oneHasANameOfItsOwnAndATargetThatIsThere() {
    api.post(PODS, Requests.pod("p"));

    assertThat(refusal(add("[{\"name\": \"c\", \"image\": \"b\"}]")))
        .isEqualTo("spec.ephemeralContainers[0].name: Duplicate value: \"c\"");
    assertThat(
            refusal(add("[{\"name\": \"d\", \"image\": \"b\", \"targetContainerName\": \"x\"}]")))
        .isEqualTo("spec.ephemeralContainers[0].targetContainerName: Not found: \"x\"");
    assertThat(
            refusal(
                add(
                    "[{\"name\": \"d\", \"image\": \"b\","
                        + " \"ports\": [{\"containerPort\": 80}]}]")))
        .isEqualTo(
            "spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral"
                + " Container");
  }

  @Test
  void staticPodHasNone() {
    ObjectNode mirror = Requests.pod("p");
    mirror
        .withObject("metadata")
        .withObject("annotations")
        .put("kubernetes.io/config.mirror", "hash");
    mirror.withObject("spec").put("nodeName", "n1");
    api.post(PODS, mirror);

    assertThat(refusal(add("[{\"name\": \"d\", \"image\": \"b\"}]")))
        .isEqualTo(": Forbidden: static pods do not support ephemeral containers");
  }

  private static String refusal(ApiDriver.Reply reply) {
    assertThat(reply.code()).as(reply.body().toString()).isEqualTo(422);
    String start = "Pod \"p\" is invalid: ";
    String message = reply.body().path("message").asString();
    assertThat(message).startsWith(start);
    return message.substring(start.length());
  }
}
