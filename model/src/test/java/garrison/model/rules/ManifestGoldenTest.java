package garrison.model.rules;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.PublishedManifest;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** The manifests that projects publish, against what a real 1.37.2 server made of each. */
class ManifestGoldenTest {
  @TestFactory
  Stream<DynamicTest> eachProject() throws IOException {
    return PublishedManifest.eachOne(ManifestGoldenTest::check);
  }

  private static void check(PublishedManifest manifest) {
    Set<String> warnings = new LinkedHashSet<>();
    for (JsonNode sent : manifest.documents()) {
      Kind kind =
          Kinds.byKind(sent.path("apiVersion").asString(""), sent.path("kind").asString(""));
      if (kind == null) {
        continue;
      }
      String namespace = sent.path("metadata").path("namespace").asString("default");
      Write write = Write.create(kind, namespace, sent);
      write.warnings().forEach(text -> warnings.add("Warning: " + text + "\n"));
      String name = sent.path("metadata").path("name").asString("");
      if (kind.equals(Kinds.DAEMON_SET) && manifest.refusal() != null) {
        assertThat(StatusException.invalid(kind, name, write.errors()).status())
            .isEqualTo(manifest.refusal());
        continue;
      }
      assertThat(write.errors()).as(name).isEmpty();
      if (kind.equals(Kinds.DAEMON_SET)) {
        JsonNode stored = Objects.requireNonNull(manifest.stored(name), name);
        assertThat(Differences.between(PublishedManifest.recorded(write.document()), stored))
            .isEmpty();
      }
    }
    assertThat(String.join("", warnings)).isEqualTo(manifest.warnings());
  }
}
