package garrison.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The one document of OpenAPI v2, in both forms (spec: api-server 6.2). */
class SwaggerTest {
  private static final OpenApi API = new OpenApi(Kinds.all());
  private static final Swagger SWAGGER = API.swagger();
  private static final JsonNode JSON = Json.parse(SWAGGER.json());
  private static final String OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

  @Test
  void saysAllThatTheDocumentsOfVersionThreeSay() {
    for (String key : Json.parse(API.index()).path("paths").propertyNames()) {
      JsonNode document = Json.parse(Objects.requireNonNull(API.document(key)).json());
      assertThat(JSON.path("definitions").propertyNames())
          .containsAll(document.path("components").path("schemas").propertyNames());
      document
          .path("paths")
          .forEachEntry(
              (path, item) ->
                  assertThat(JSON.path("paths").path(path).propertyNames())
                      .as(path)
                      .containsExactlyInAnyOrderElementsOf(item.propertyNames()));
    }
    assertThat(JSON.findValues("operationId")).doesNotHaveDuplicates();
  }

  @Test
  void everyReferenceLeadsToADefinition() {
    Set<String> used = new HashSet<>();
    JSON.findValues("$ref").forEach(ref -> used.add(ref.asString().replace("#/definitions/", "")));
    assertThat(JSON.path("definitions").propertyNames()).containsAll(used);
    assertThat(used).contains(OBJECT_META);
  }

  @Test
  void whatVersionTwoCannotSayIsLeftOut() {
    JsonNode quantity =
        JSON.path("definitions").path("io.k8s.apimachinery.pkg.api.resource.Quantity");
    assertThat(quantity.path("type").asString()).isEqualTo("string");
    JsonNode daemonSet = JSON.path("definitions").path("io.k8s.api.apps.v1.DaemonSet");
    assertThat(daemonSet.at("/properties/metadata/$ref").asString())
        .isEqualTo("#/definitions/" + OBJECT_META);
    assertThat(JSON.path("definitions").findValues("oneOf")).isEmpty();
    assertThat(JSON.path("definitions").findValues("allOf")).isEmpty();
  }

  @Test
  void bodiesAreParametersAndMediaTypesAreOfTheOperation() {
    JsonNode patch =
        JSON.path("paths")
            .path("/apis/apps/v1/namespaces/{namespace}/daemonsets/{name}")
            .path("patch");
    assertThat(patch.path("consumes").valueStream().map(JsonNode::asString))
        .contains("application/strategic-merge-patch+json", "application/apply-patch+yaml");
    List<String> names = new ArrayList<>();
    patch.path("parameters").forEach(entry -> names.add(entry.path("name").asString()));
    assertThat(names).containsExactly("dryRun", "fieldManager", "fieldValidation", "force", "body");
    assertThat(patch.at("/responses/200/schema/$ref").asString())
        .isEqualTo("#/definitions/io.k8s.api.apps.v1.DaemonSet");
  }

  @Test
  void protobufFormHoldsEveryDefinitionAndPath() {
    ByteBuffer document = ByteBuffer.wrap(SWAGGER.protobuf());
    assertThat(new String(field(document, 1), StandardCharsets.UTF_8)).isEqualTo("2.0");
    assertThat(names(field(document, 8), 2))
        .containsExactlyInAnyOrderElementsOf(JSON.path("paths").propertyNames());
    assertThat(names(field(document, 9), 1))
        .containsExactlyInAnyOrderElementsOf(JSON.path("definitions").propertyNames());
  }

  /** The first length-delimited field of that number. */
  private static byte[] field(ByteBuffer message, int number) {
    ByteBuffer rest = message.duplicate();
    while (rest.hasRemaining()) {
      int tag = varint(rest);
      byte[] content = new byte[varint(rest)];
      rest.get(content);
      if (tag >>> 3 == number) {
        return content;
      }
    }
    throw new AssertionError("no field " + number);
  }

  private static List<String> names(byte[] map, int number) {
    List<String> names = new ArrayList<>();
    ByteBuffer rest = ByteBuffer.wrap(map);
    while (rest.hasRemaining()) {
      assertThat(varint(rest)).isEqualTo(number << 3 | 2);
      byte[] entry = new byte[varint(rest)];
      rest.get(entry);
      names.add(new String(field(ByteBuffer.wrap(entry), 1), StandardCharsets.UTF_8));
    }
    return names;
  }

  private static int varint(ByteBuffer in) {
    int value = 0;
    for (int shift = 0; ; shift += 7) {
      int next = in.get();
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  @Test
  void aMemberThatHasNoFieldNumberIsNotLostInSilence() {
    assertThatThrownBy(() -> SwaggerProtobuf.bytes(Json.object().put("host", "h")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host");
  }
}
