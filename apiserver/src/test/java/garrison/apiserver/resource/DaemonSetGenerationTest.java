package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Spec: daemonset 1.4 Generation, by requests. */
class DaemonSetGenerationTest {
  private static final String ALL = "/apis/apps/v1/namespaces/default/daemonsets";
  private static final String ONE = ALL + "/d";

  private final TestApi api = TestApi.start();

  @AfterEach
  void stop() {
    api.close();
  }

  private JsonNode create() {
    return api.post(
        ALL,
        Json.parse(
            """
            {"apiVersion":"apps/v1","kind":"DaemonSet",
             "metadata":{"name":"d","generation":9,"finalizers":["x/y"]},
             "spec":{"selector":{"matchLabels":{"app":"a"}},
              "template":{"metadata":{"labels":{"app":"a"}},
               "spec":{"containers":[{"name":"c","image":"x:1"}]}}},
             "status":{"numberReady":7,"observedGeneration":3}}
            """));
  }

  private static long generation(JsonNode daemonSet) {
    return daemonSet.at("/metadata/generation").asLong();
  }

  private static String template(JsonNode daemonSet) {
    return daemonSet
        .path("metadata")
        .path("annotations")
        .path("deprecated.daemonset.template.generation")
        .asString("");
  }

  @Test
  void section1_4_aNewOneHasGenerationOneAndAStatusOfItsOwn() {
    JsonNode made = create();
    assertThat(generation(made)).isEqualTo(1);
    assertThat(template(made)).isEqualTo("1");
    assertThat(made.at("/status/numberReady").asInt(-1)).isZero();
    assertThat(made.path("status").has("observedGeneration")).isFalse();
  }

  @Test
  void section1_4_aChangeOfTheTemplateCountsTwice() {
    create();
    JsonNode now = api.patch(ONE, "{\"spec\":{\"template\":{\"spec\":{\"hostPID\":true}}}}");
    assertThat(generation(now)).isEqualTo(2);
    assertThat(template(now)).isEqualTo("2");
  }

  @Test
  void section1_4_anyOtherChangeOfTheSpecCountsOnce() {
    create();
    JsonNode now = api.patch(ONE, "{\"spec\":{\"minReadySeconds\":5}}");
    assertThat(generation(now)).isEqualTo(2);
    assertThat(template(now)).isEqualTo("1");
  }

  @Test
  void section1_4_metadataCountsNothingAndAGenerationThatIsSentIsIgnored() {
    create();
    JsonNode now =
        api.patch(
            ONE,
            """
            {"metadata":{"generation":8,"labels":{"a":"b"},"annotations":{"c":"d",
             "deprecated.daemonset.template.generation":"6"}}}
            """);
    assertThat(generation(now)).isEqualTo(1);
    assertThat(template(now)).isEqualTo("1");
  }

  @Test
  void section1_4_aWriteOfTheStatusLeavesTheSpecAndTakesLabels() {
    create();
    ObjectNode status =
        (ObjectNode)
            Json.parse(
                """
                {"metadata":{"labels":{"a":"b"}},
                 "spec":{"selector":null,"minReadySeconds":9,"template":{"spec":{"containers":null}}},
                 "status":{"numberReady":3,"currentNumberScheduled":3,"desiredNumberScheduled":3,
                  "numberMisscheduled":0}}
                """);
    ApiDriver.Reply reply = api.send("PATCH", ONE + "/status", status);
    assertThat(reply.code()).as(reply.body().toString()).isEqualTo(200);
    JsonNode now = api.get(ONE);
    assertThat(generation(now)).isEqualTo(1);
    assertThat(now.at("/spec/selector/matchLabels/app").asString("")).isEqualTo("a");
    assertThat(now.at("/spec/minReadySeconds").asInt(0)).isZero();
    assertThat(now.at("/status/numberReady").asInt()).isEqualTo(3);
    assertThat(now.at("/metadata/labels/a").asString("")).isEqualTo("b");
  }

  @Test
  void section1_4_aDeletionThatLeavesItThereCountsOnce() {
    create();
    api.delete(ONE, "{\"propagationPolicy\":\"Foreground\"}");
    JsonNode now = api.get(ONE);
    assertThat(now.at("/metadata/deletionTimestamp").isMissingNode()).isFalse();
    assertThat(generation(now)).isEqualTo(2);
  }
}
