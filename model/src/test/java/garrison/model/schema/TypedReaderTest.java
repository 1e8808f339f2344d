package garrison.model.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.SharedFiles;
import garrison.model.json.Depth;
import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Typed reading and the canonical form (spec: api-server 3, 5.2, 6.3). */
class TypedReaderTest {
  private static final Struct DAEMON_SET = Schema.struct("apps.v1.DaemonSet");

  private static ObjectNode read(String struct, String json) {
    Source source = Source.parse(json.getBytes(StandardCharsets.UTF_8));
    return new TypedReader(source).read(Schema.struct(struct), (ObjectNode) source.root());
  }

  private static String recorded(JsonNode row) {
    return row.path("message").asString("").replaceFirst(".*?cannot be handled as a \\w+: ", "");
  }

  private static JsonNode json() {
    assumeTrue(SharedFiles.present());
    return SharedFiles.json("spec/golden/json-values.json");
  }

  @Test
  void integersAsRecorded() {
    for (JsonNode row : json().path("int32 (minReadySeconds)")) {
      String body =
          "{\"spec\": {\"minReadySeconds\": " + row.path("in (JSON text)").asString() + "}}";
      if (row.path("code").asInt() == 400) {
        assertThatThrownBy(() -> read("apps.v1.DaemonSet", body)).hasMessage(recorded(row));
      } else {
        JsonNode value = read("apps.v1.DaemonSet", body).at("/spec/minReadySeconds");
        assertThat(value.asInt(-1)).isEqualTo(row.path("out").asInt(-1));
      }
    }
  }

  @Test
  void intOrStringAsRecorded() {
    for (JsonNode row : json().path("int-or-string (maxUnavailable)")) {
      JsonNode in = row.path("in");
      String text = in.asString("").startsWith("1.0") ? "1.0" : in.toString();
      String body =
          "{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"maxUnavailable\":" + text + "}}}}";
      if (row.path("code").asInt() == 400) {
        assertThatThrownBy(() -> read("apps.v1.DaemonSet", body)).hasMessage(recorded(row));
      } else if (!in.isNull() && row.has("out")) {
        assertThat(
                read("apps.v1.DaemonSet", body)
                    .at("/spec/updateStrategy/rollingUpdate/maxUnavailable"))
            .isEqualTo(row.path("out"));
      }
    }
  }

  @Test
  void timesAsRecorded() {
    for (JsonNode row : json().path("Time (event.firstTimestamp)")) {
      time(row, "core.v1.Event", "{\"firstTimestamp\": %s}", "/firstTimestamp");
    }
    for (JsonNode row : json().path("MicroTime (lease.renewTime)")) {
      time(row, "coordination.v1.Lease", "{\"spec\": {\"renewTime\": %s}}", "/spec/renewTime");
    }
  }

  private static void time(JsonNode row, String struct, String body, String path) {
    String text = body.formatted(row.path("in").toString());
    if (row.path("code").asInt() == 400) {
      assertThatThrownBy(() -> read(struct, text)).hasMessage(recorded(row));
    } else {
      assertThat(read(struct, text).at(path).asString("")).isEqualTo(row.path("out").asString(""));
    }
  }

  @Test
  void quantitiesThatAreNoneAreRefusedAsRecorded() {
    for (JsonNode row : json().path("quantity (limits.cpu)")) {
      String body =
          """
          {"spec":{"template":{"spec":{"containers":[{"resources":{"limits":{"cpu":%s}}}]}}}}
          """
              .formatted(row.path("in").toString());
      if (row.path("code").asInt() == 400) {
        assertThatThrownBy(() -> read("apps.v1.DaemonSet", body)).hasMessage(recorded(row));
      } else {
        assertThat(read("apps.v1.DaemonSet", body).at("/spec/template/spec/containers/0/resources"))
            .isNotEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
      {"a":               | unexpected end of JSON input
      {"a":1} x           | invalid character 'x' after top-level value
      {"a":1,}            | invalid character '}' looking for beginning of object key string
      {"a" 1}             | invalid character '1' after object key
      [1 2]               | invalid character '2' after array element
      {"a":01}            | invalid character '1' after object key:value pair
      {"a":tru}           | invalid character '}' in literal true (expecting 'e')
      {"a":1.}            | invalid character '}' after decimal point in numeric literal
      {"a":"\\x"}         | invalid character 'x' in string escape code
      """)
  void syntaxErrorsAreTold(String json, String why) {
    assertThatThrownBy(() -> Source.parse(json.strip().getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(DecodeException.class)
        .hasMessage(why);
  }

  @Test
  void unknownAndDuplicateMembersAreToldInTheirOrder() {
    Source source =
        Source.parse(
            """
            {"kind": "DaemonSet", "metadata": {"name": "d", "bar": 2, "labels": {"a": "1", "a": "2"}},
             "spec": {"template": {"spec": {"containers": [{"name": "c"}, {"image2": 1}]}},
                      "foo": 1, "minReadySeconds": 1, "minReadySeconds": 2}}
            """
                .getBytes(StandardCharsets.UTF_8));
    TypedReader reader = new TypedReader(source);
    ObjectNode document = reader.read(DAEMON_SET, (ObjectNode) source.root());
    assertThat(reader.problems())
        .containsExactly(
            "unknown field \"metadata.bar\"",
            "duplicate field \"metadata.labels.a\"",
            "unknown field \"spec.template.spec.containers[1].image2\"",
            "unknown field \"spec.foo\"",
            "duplicate field \"spec.minReadySeconds\"");
    assertThat(document.at("/metadata/labels/a").asString()).isEqualTo("2");
    assertThat(document.at("/spec").has("foo")).isFalse();
  }

  @Test
  void noMoreThanAHundredProblemsAreTold() {
    StringBuilder json = new StringBuilder("{\"spec\": {");
    for (int i = 0; i < 1000; i++) {
      json.append("\"f%d\": 1, ".formatted(i));
    }
    Source source =
        Source.parse(json.append("\"z\": 1}}").toString().getBytes(StandardCharsets.UTF_8));
    TypedReader reader = new TypedReader(source);
    reader.read(DAEMON_SET, (ObjectNode) source.root());
    assertThat(reader.problems()).hasSize(100).startsWith("unknown field \"spec.f0\"");
  }

  @Test
  void everyDuplicateOfATextIsToldByItsPathOnce() {
    String json =
        """
        {"a": [{"k": 1, "k": {"x": 1, "x": 2}}, [{"y": 1, "y": 2}]], "b.c": 1, "b.c": 2, "b.c": 3}
        """;
    assertThat(Source.parse(json.getBytes(StandardCharsets.UTF_8)).duplicates())
        .containsExactly("a[0].k", "a[0].k.x", "a[1][0].y", "b.c");
  }

  /** A name of megabytes must not be repeated for each of its members. */
  @Test
  void longNamesDoNotMultiply() {
    String name = "n".repeat(40_000);
    StringBuilder json = new StringBuilder("{\"" + name + "\": {");
    for (int i = 0; i < 50; i++) {
      json.append("\"f%d\": 1, \"f%d\": 2, ".formatted(i, i));
    }
    Source source =
        Source.parse(json.append("\"z\": 1}}").toString().getBytes(StandardCharsets.UTF_8));
    assertThat(source.duplicates()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void nestingDeeperThanTheStackAllowsIsRefused(String opening) {
    byte[] json = opening.repeat(500_000).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> Source.parse(json)).hasMessage("exceeded max depth");
  }

  @Test
  void theDeepestDocumentIsReadAndWritten() {
    String json = "[".repeat(Depth.MOST) + "]".repeat(Depth.MOST);
    Source source = Source.parse(json.getBytes(StandardCharsets.UTF_8));
    assertThat(Json.bytes(source.root())).asString(StandardCharsets.UTF_8).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
      {"spec":{"template":{"spec":{"containers":{}}}}} | json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container
      {"metadata":{"labels":{"a":1}}}                  | json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string
      {"spec":[]}                                      | json: cannot unmarshal array into Go struct field DaemonSet.spec of type v1.DaemonSetSpec
      {"metadata":{"name":true}}                       | json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type string
      """)
  void wrongTypesAreRefused(String json, String why) {
    assertThatThrownBy(() -> read("apps.v1.DaemonSet", json)).hasMessage(why.strip());
  }

  @Test
  void canonicalFormShowsWhatUpstreamShows() {
    ObjectNode pod =
        read(
            "core.v1.Pod",
            """
            {"spec": {"hostNetwork": false, "containers": [{"image": "", "name": "c", "env": []}],
                      "nodeSelector": {"b": "2", "a": null}},
             "metadata": {"labels": null, "name": "p", "creationTimestamp": null}, "kind": "Pod"}
            """);
    assertThat(new String(GoJson.bytes(pod), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\","
                + "\"resources\":{}}],\"nodeSelector\":{\"a\":\"\",\"b\":\"2\"}},\"status\":{}}");
    assertThat(Canonical.of(Schema.struct("core.v1.Pod"), pod)).isEqualTo(pod);
  }

  @Test
  void textIsEscapedAsGoDoes() {
    assertThat(
            new String(
                GoJson.bytes(Json.object().put("a", "<&>\u2028é\u0001\u001f\"\\\n")),
                StandardCharsets.UTF_8))
        .isEqualTo("{\"a\":\"\\u003c\\u0026\\u003e\\u2028é\\u0001\\u001f\\\"\\\\\\n\"}");
  }
}
