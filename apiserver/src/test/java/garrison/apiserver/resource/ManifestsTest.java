package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.auth.User;
import garrison.model.PublishedManifest;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import java.io.IOException;
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
    return PublishedManifest.eachOne(ManifestsTest::check);
  }

  private static void check(PublishedManifest manifest) {
    try (TestApi api = TestApi.start()) {
      for (JsonNode sent : manifest.documents()) {
        Kind kind =
            Kinds.byKind(sent.path("apiVersion").asString(""), sent.path("kind").asString(""));
        if (kind != null && kind.allows(Verb.CREATE)) {
          create(api, manifest, kind, sent);
        }
      }
    }
  }

  private static void create(TestApi api, PublishedManifest manifest, Kind kind, JsonNode sent) {
    String name = Documents.name(sent);
    String namespace =
        kind.namespaced() ? sent.path("metadata").path("namespace").asString("default") : "";
    if (kind.namespaced() && api.resources.find(Kinds.NAMESPACE, "", namespace) == null) {
      api.namespace(namespace);
    }
    if (kind.equals(Kinds.NAMESPACE) && api.resources.find(kind, "", name) != null) {
      return;
    }
    Body body = Body.json(Json.bytes(sent));
    ObjectNode stored;
    try {
      stored = api.resources.create(ADMIN, kind, namespace, body).document();
    } catch (StatusException e) {
      assertThat(kind).as(e.message()).isEqualTo(Kinds.DAEMON_SET);
      assertThat(e.status()).isEqualTo(manifest.refusal());
      return;
    }
    if (kind.equals(Kinds.DAEMON_SET)) {
      assertThat(PublishedManifest.recorded(stored)).isEqualTo(manifest.stored(name));
    }
    Answer again = api.resources.update(ADMIN, kind, namespace, name, "", body);
    assertThat(Documents.resourceVersion(again.document()))
        .isEqualTo(Documents.resourceVersion(stored));
  }
}
