package garrison.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import garrison.apiserver.resource.Golden;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import garrison.model.schema.Field;
import garrison.model.schema.Schema;
import garrison.model.schema.Struct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The documents that clients validate and explain by (spec: api-server 6.2). */
class OpenApiTest {
  private static final OpenApi API = new OpenApi(Kinds.all());

  /** Upstream's parameters for what this server does not have. */
  private static final Set<String> FOREIGN_PARAMETERS =
      Set.of("shardSelector", "ignoreStoreReadErrorWithClusterBreakingPotential");

  private static JsonNode document(String key) {
    return Json.parse(Objects.requireNonNull(API.document(key), key).json());
  }

  private static JsonNode schema(String key, String name) {
    return document(key).path("components").path("schemas").path(name);
  }

  @Test
  void indexNamesEveryDocumentWithItsHash() {
    JsonNode paths = Json.parse(API.index()).path("paths");
    assertThat(List.copyOf(paths.propertyNames()))
        .contains("api", "api/v1", "apis", "apis/apps", "apis/apps/v1", "version")
        .isSorted();
    paths.forEachEntry(
        (key, entry) -> {
          Document document = Objects.requireNonNull(API.document(key));
          assertThat(document.hash()).matches("[0-9A-F]{128}");
          assertThat(document.etag()).isEqualTo('"' + document.hash() + '"');
          assertThat(entry.path("serverRelativeURL").asString())
              .isEqualTo("/openapi/v3/" + key + "?hash=" + document.hash())
              .isEqualTo(document.url());
        });
  }

  @Test
  void anUnknownKeyHasNoDocument() {
    assertThat(API.document("nope")).isNull();
    assertThat(API.document("")).isNull();
    assertThat(API.document("apis/apps/v1/")).isNull();
  }

  @Test
  void aHashChangesWithTheContentOnly() {
    List<Kind> fewer = new ArrayList<>(Kinds.all());
    fewer.remove(Kinds.CONTROLLER_REVISION);
    OpenApi other = new OpenApi(fewer);
    assertThat(hash(new OpenApi(Kinds.all()), "apis/apps/v1")).isEqualTo(hash(API, "apis/apps/v1"));
    assertThat(hash(other, "apis/apps/v1")).isNotEqualTo(hash(API, "apis/apps/v1"));
    assertThat(hash(other, "apis/policy/v1")).isEqualTo(hash(API, "apis/policy/v1"));
  }

  private static String hash(OpenApi api, String key) {
    return Objects.requireNonNull(api.document(key)).hash();
  }

  @Test
  void everyReferenceLeadsToASchema() {
    for (String key : Json.parse(API.index()).path("paths").propertyNames()) {
      JsonNode document = document(key);
      JsonNode schemas = document.path("components").path("schemas");
      Set<String> used = new HashSet<>();
      document
          .findValues("$ref")
          .forEach(ref -> used.add(ref.asString().replace("#/components/schemas/", "")));
      assertThat(schemas.propertyNames()).as(key).containsAll(used);
    }
  }

  @Test
  void everyKindIsDescribedAndCanBePatchedWithValidation() {
    for (Kind kind : Kinds.all()) {
      String key = GroupVersion.of(kind).key();
      JsonNode paths = document(key).path("paths");
      String collection =
          "/" + key + (kind.namespaced() ? "/namespaces/{namespace}/" : "/") + kind.plural();
      assertThat(paths.has(collection)).as(collection).isTrue();
      JsonNode patch = paths.path(collection + "/{name}").path("patch");
      assertThat(patch.isMissingNode()).as(collection).isEqualTo(!kind.allows(Verb.PATCH));
      if (kind.allows(Verb.PATCH)) {
        assertThat(names(patch.path("parameters")))
            .containsExactly("dryRun", "fieldManager", "fieldValidation", "force");
        assertThat(patch.path("requestBody").path("content").propertyNames())
            .contains(
                "application/json-patch+json",
                "application/merge-patch+json",
                "application/apply-patch+yaml");
      }
      assertThat(gvks(document(key))).contains(kind.apiVersion() + " " + kind.kind());
    }
  }

  private static List<String> names(JsonNode parameters) {
    return parameters.valueStream().map(parameter -> parameter.path("name").asString()).toList();
  }

  private static Set<String> gvks(JsonNode document) {
    Set<String> all = new HashSet<>();
    for (JsonNode schema : document.path("components").path("schemas")) {
      for (JsonNode gvk : schema.path("x-kubernetes-group-version-kind")) {
        String group = gvk.path("group").asString();
        String version = gvk.path("version").asString();
        all.add(
            (group.isEmpty() ? version : group + "/" + version)
                + " "
                + gvk.path("kind").asString());
      }
    }
    return all;
  }

  @Test
  void operationNamesAreUnique() {
    for (String key : Json.parse(API.index()).path("paths").propertyNames()) {
      assertThat(document(key).findValues("operationId")).as(key).doesNotHaveDuplicates();
    }
  }

  /** The recorded extract of the real server; values of enumerations are in no table. */
  @Test
  void schemasAreThoseOfTheRealServer() {
    JsonNode recorded = Golden.file("openapi-v3-apps-extract.json").path("schemas");
    assertThat(recorded.size()).isGreaterThan(20);
    recorded.forEachEntry(
        (name, expected) -> {
          JsonNode ours = plain(schema("apis/apps/v1", name));
          JsonNode theirs = plain(expected);
          if (name.endsWith("DeleteOptions")) {
            // One entry for each group version; which there are differs.
            ((ObjectNode) ours).remove("x-kubernetes-group-version-kind");
            ((ObjectNode) theirs).remove("x-kubernetes-group-version-kind");
          }
          assertThat(ours).as(name).isEqualTo(theirs);
        });
  }

  @Test
  void operationsAreThoseOfTheRealServer() {
    JsonNode recorded = Golden.file("openapi-v3-apps-extract.json").path("paths");
    JsonNode ours = document("apis/apps/v1").path("paths");
    recorded.forEachEntry(
        (path, expected) -> {
          assertThat(ours.path(path).propertyNames())
              .as(path)
              .containsExactlyInAnyOrderElementsOf(expected.propertyNames());
          parameters(path, ours.path(path), expected);
          expected.forEachEntry(
              (method, operation) -> {
                if (operation.isObject()) {
                  operation(path + " " + method, ours.path(path).path(method), operation);
                }
              });
        });
  }

  private static void operation(String at, JsonNode ours, JsonNode theirs) {
    for (String member :
        List.of("tags", "operationId", "x-kubernetes-action", "x-kubernetes-group-version-kind")) {
      assertThat(ours.path(member)).as(at + " " + member).isEqualTo(theirs.path(member));
    }
    parameters(at, ours, theirs);
    assertThat(ours.path("requestBody")).as(at).isEqualTo(theirs.path("requestBody"));
    assertThat(ours.path("responses").propertyNames())
        .as(at)
        .containsExactlyInAnyOrderElementsOf(theirs.path("responses").propertyNames());
    assertThat(ours.at("/responses/200/content/application~1json"))
        .as(at)
        .isEqualTo(theirs.at("/responses/200/content/application~1json"));
  }

  private static void parameters(String at, JsonNode ours, JsonNode theirs) {
    ArrayNode expected = Json.object().arrayNode();
    for (JsonNode parameter : theirs.path("parameters")) {
      if (!FOREIGN_PARAMETERS.contains(parameter.path("name").asString())) {
        expected.add(parameter);
      }
    }
    assertThat(names(ours.path("parameters"))).as(at).isEqualTo(names(expected));
    for (int i = 0; i < expected.size(); i++) {
      ObjectNode own = (ObjectNode) ours.path("parameters").path(i).deepCopy();
      own.remove("description");
      assertThat(own).as(at).isEqualTo(expected.get(i));
    }
  }

  /** Without descriptions and enumerations. */
  private static JsonNode plain(JsonNode node) {
    JsonNode copy = node.deepCopy();
    prune(copy);
    return copy;
  }

  private static void prune(JsonNode node) {
    if (node instanceof ObjectNode object) {
      if (object.path("description").isString()) {
        object.remove("description");
      }
      object.remove("enum");
    }
    node.forEach(OpenApiTest::prune);
  }

  @Test
  void kindsOutsideTheTablesKeepWhatTheyAreGiven() {
    JsonNode runtimeClass = schema("apis/node.k8s.io/v1", "io.k8s.api.node.v1.RuntimeClass");
    assertThat(runtimeClass.path("x-kubernetes-preserve-unknown-fields").asBoolean()).isTrue();
    assertThat(schema("apis/fleet.garrison/v1", "garrison.fleet.v1.NodeCredential").isObject())
        .isTrue();
  }

  @Test
  void streamsTakeTheirOptionsFromTheQuery() {
    JsonNode paths = document("api/v1").path("paths");
    String pod = "/api/v1/namespaces/{namespace}/pods/{name}";
    assertThat(paths.path(pod + "/exec").path("post").path("x-kubernetes-action").asString())
        .isEqualTo("connect");
    assertThat(names(paths.path(pod + "/exec").path("get").path("parameters")))
        .contains("command", "container", "stdin", "tty");
    assertThat(names(paths.path(pod + "/log").path("get").path("parameters")))
        .contains("follow", "tailLines");
    assertThat(
            paths
                .path(pod + "/eviction")
                .at("/post/x-kubernetes-group-version-kind/kind")
                .asString())
        .isEqualTo("Eviction");
  }

  @Test
  void everyDescriptionIsAboutSomethingThatIsThere() {
    Set<String> known = new HashSet<>(Set.of("envelope.apiVersion", "envelope.kind"));
    for (Struct struct : Schema.all()) {
      known.add(struct.name());
      for (Field field : struct.fields()) {
        known.add(struct.name() + "." + field.name());
      }
    }
    Map<String, String> texts = Descriptions.all();
    assertThat(known).containsAll(texts.keySet());
    assertThat(texts.values()).allSatisfy(text -> assertThat(text).matches(".+[.!]"));
  }

  @Test
  void documentsMayBeAskedForAtOnce() {
    OpenApi fresh = new OpenApi(Kinds.all());
    assertThatCode(
            () ->
                Json.parse(fresh.index()).path("paths").propertyNames().parallelStream()
                    .forEach(key -> assertThat(fresh.document(key)).isSameAs(fresh.document(key))))
        .doesNotThrowAnyException();
  }
}
