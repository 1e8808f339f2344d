package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.auth.User;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.json.Yaml;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What projects publish is stored as the real server stores it, and applied again is no change. */
class ManifestsTest {
  private static final RequestContext ADMIN = RequestContext.of(User.ADMIN);

  @TestFactory
  Stream<DynamicTest> eachProject() throws IOException {
    Path folder = Golden.shared("manifests");
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)))
          .toList()
          .stream();
    }
  }

  private static void check(Path file) throws IOException {
    try (TestApi api = TestApi.start()) {
      for (JsonNode sent : Yaml.documents(Files.readString(file))) {
        Kind kind =
            Kinds.byKind(sent.path("apiVersion").asString(""), sent.path("kind").asString(""));
        if (kind != null && kind.allows(garrison.model.kind.Verb.CREATE)) {
          create(api, file, kind, sent);
        }
      }
    }
  }

  private static void create(TestApi api, Path file, Kind kind, JsonNode sent) throws IOException {
    String namespace =
        kind.namespaced() ? sent.path("metadata").path("namespace").asString("default") : "";
    if (kind.namespaced() && api.resources.find(Kinds.NAMESPACE, "", namespace) == null) {
      api.namespace(namespace);
    }
    if (kind.equals(Kinds.NAMESPACE)
        && api.resources.find(kind, "", Documents.name(sent)) != null) {
      return;
    }
    String project = file.getFileName().toString().replace(".yaml", "");
    Path golden = file.resolveSibling("golden");
    Path refused = golden.resolve("raw-post/" + project + ".status.json");
    Body body = Body.json(Json.bytes(sent));
    ObjectNode stored;
    try {
      stored = api.resources.create(ADMIN, kind, namespace, body).document();
    } catch (StatusException e) {
      assertThat(kind).as(e.message()).isEqualTo(Kinds.DAEMON_SET);
      assertThat(e.status()).isEqualTo(Json.parse(Files.readAllBytes(refused)));
      return;
    }
    Path wanted = golden.resolve(project + "." + Documents.name(sent) + ".json");
    if (kind.equals(Kinds.DAEMON_SET) && Files.exists(wanted)) {
      assertThat(comparable(stored))
          .isEqualTo(comparable((ObjectNode) Json.parse(Files.readAllBytes(wanted))));
    }
    Answer again = api.resources.update(ADMIN, kind, namespace, Documents.name(sent), "", body);
    assertThat(Documents.resourceVersion(again.document()))
        .isEqualTo(Documents.resourceVersion(stored));
  }

  private static ObjectNode comparable(ObjectNode document) {
    ObjectNode copy = document.deepCopy();
    copy.remove(List.of("kind", "apiVersion", "status"));
    ObjectNode metadata = Documents.metadata(copy);
    metadata.remove(
        List.of("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"));
    if (metadata.get("annotations") instanceof ObjectNode annotations) {
      annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
    }
    return copy;
  }
}
