package garrison.model.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.FieldError;
import garrison.model.SharedFiles;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.json.Yaml;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The manifests that projects publish, against what a real 1.37.2 server made of each. */
class ManifestGoldenTest {
  private static final String MANIFESTS = "manifests";

  @TestFactory
  Stream<DynamicTest> eachProject() throws IOException {
    assumeTrue(SharedFiles.present());
    try (Stream<Path> files = Files.list(SharedFiles.path(MANIFESTS))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(file -> DynamicTest.dynamicTest(name(file), () -> check(file)))
          .toList()
          .stream();
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".yaml", "");
  }

  private static void check(Path file) throws IOException {
    Set<String> warnings = new LinkedHashSet<>();
    for (JsonNode sent : Yaml.documents(Files.readString(file))) {
      Kind kind =
          Kinds.byKind(sent.path("apiVersion").asString(""), sent.path("kind").asString(""));
      if (kind == null) {
        continue;
      }
      String namespace = sent.path("metadata").path("namespace").asString("default");
      Write write = Write.create(kind, namespace, sent);
      write.warnings().forEach(text -> warnings.add("Warning: " + text));
      String object = name(file) + "." + sent.path("metadata").path("name").asString("");
      Path refused = golden("raw-post/" + name(file) + ".status.json");
      if (kind.equals(Kinds.DAEMON_SET) && Files.exists(refused)) {
        assertThat(status(kind, write)).isEqualTo(Json.parse(Files.readAllBytes(refused)));
      } else {
        assertThat(write.errors()).as(object).isEmpty();
      }
      Path stored = golden(object + ".json");
      if (kind.equals(Kinds.DAEMON_SET) && Files.exists(stored)) {
        JsonNode wanted = Json.parse(Files.readAllBytes(stored));
        assertThat(Differences.between(comparable(write.document()), wanted)).isEmpty();
      }
    }
    Path warned = golden(name(file) + ".warnings.txt");
    assertThat(List.copyOf(warnings))
        .isEqualTo(Files.exists(warned) ? Files.readAllLines(warned) : List.of());
  }

  private static Path golden(String name) {
    return SharedFiles.path(MANIFESTS + "/golden/" + name);
  }

  private static ObjectNode status(Kind kind, Write write) {
    List<FieldError> errors = new ArrayList<>(write.errors());
    String name = write.document().path("metadata").path("name").asString("");
    return StatusException.invalid(kind, name, errors).status();
  }

  /** What the golden files hold of an object. */
  private static ObjectNode comparable(ObjectNode document) {
    ObjectNode copy = Json.object();
    ObjectNode metadata = copy.putObject("metadata");
    for (String member : List.of("name", "namespace", "labels", "annotations")) {
      JsonNode value = document.path("metadata").path(member);
      if (!value.isEmpty() || value.isString()) {
        metadata.set(member, value);
      }
    }
    copy.set("spec", document.path("spec"));
    return copy;
  }
}
