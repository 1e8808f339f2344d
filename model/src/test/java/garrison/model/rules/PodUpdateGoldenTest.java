package garrison.model.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.SharedFiles;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Changes of one pod, each after the others, as a real 1.37.2 server took or refused them. */
class PodUpdateGoldenTest {
  private static final String DEFAULT_TOLERATIONS =
      """
      [{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},
       {"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}]
      """;

  @TestFactory
  Stream<DynamicTest> ofTheObjectAndItsStatus() {
    assumeTrue(SharedFiles.present());
    ObjectNode[] pod = {
      Write.create(
              Kinds.POD,
              "default",
              Json.parse(
                  """
                  {"metadata":{"name":"u1"},"spec":{"containers":[{"name":"c","image":"nginx"}]}}
                  """))
          .document()
    };
    pod[0].withObject("spec").set("tolerations", Json.parse(DEFAULT_TOLERATIONS));
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode row : SharedFiles.json("spec/golden/pod-update.json").path("cases")) {
      String subresource = Write.place(row.path("request").path("path").asString()).subresource();
      if (subresource.equals("resize")) {
        continue;
      }
      tests.add(
          DynamicTest.dynamicTest(
              row.path("case").asString(), () -> pod[0] = apply(pod[0], subresource, row)));
    }
    return tests.stream();
  }

  private static ObjectNode apply(ObjectNode pod, String subresource, JsonNode row) {
    JsonNode patch = Json.parse(row.path("request").path("body").asString());
    JsonNode merged = Decoding.merged(pod, patch);
    for (JsonNode container : merged.path("spec").path("containers")) {
      // The one strategic patch here names a container and changes its image.
      if (!container.has("imagePullPolicy")) {
        ObjectNode whole = (ObjectNode) pod.path("spec").path("containers").path(0).deepCopy();
        ((ObjectNode) merged.path("spec"))
            .putArray("containers")
            .add(whole.setAll((ObjectNode) container));
        break;
      }
    }
    if (patch.path("spec").has("tolerations")) {
      // As admission does on each update.
      JsonNode defaults = Json.parse(DEFAULT_TOLERATIONS);
      ((ObjectNode) merged.path("spec"))
          .withArray("tolerations")
          .addAll(List.of(defaults.path(0), defaults.path(1)));
    }
    Write write = Write.update(Kinds.POD, subresource, pod, merged);
    List<String> wanted = new ArrayList<>();
    JsonNode body = row.path("response").path("body");
    for (JsonNode cause : body.path("details").path("causes")) {
      wanted.add(cause.path("field").asString() + ": " + cause.path("message").asString());
    }
    assertThat(write.errors()).extracting(Object::toString).isEqualTo(wanted);
    if (!wanted.isEmpty()) {
      return pod;
    }
    ObjectNode now = write.document();
    JsonNode spec = body.path("spec");
    for (String member : spec.propertyNames()) {
      assertThat(now.path("spec").path(member)).as(member).isEqualTo(spec.path(member));
    }
    return now;
  }

  @TestFactory
  Stream<DynamicTest> ofTheStatusOfABoundPod() {
    assumeTrue(SharedFiles.present());
    ObjectNode pod =
        Write.create(
                Kinds.POD,
                "default",
                Json.parse(
                    """
                    {"metadata":{"name":"u-gates"},
                     "spec":{"nodeName":"n1","containers":[{"name":"c","image":"nginx"}]}}
                    """))
            .document();
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode row : SharedFiles.json("spec/golden/pod-status-update.json").path("cases")) {
      tests.add(
          DynamicTest.dynamicTest(
              row.path("case").asString(), () -> checkStatus(pod.deepCopy(), row)));
    }
    return tests.stream();
  }

  private static void checkStatus(ObjectNode pod, JsonNode row) {
    Write write =
        Write.patch(
            Kinds.POD, "status", pod, Json.parse(row.path("request").path("body").asString()));
    List<String> wanted = new ArrayList<>();
    JsonNode body = row.path("response").path("body");
    for (JsonNode cause : body.path("details").path("causes")) {
      wanted.add(cause.path("field").asString() + ": " + cause.path("message").asString());
    }
    assertThat(write.errors()).extracting(Object::toString).isEqualTo(wanted);
    for (String member : List.of("phase", "hostIP", "podIP", "podIPs")) {
      if (body.path("status").has(member)) {
        assertThat(write.document().path("status").path(member))
            .as(member)
            .isEqualTo(body.path("status").path(member));
      }
    }
  }
}
