package garrison.model;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.json.Json;
import garrison.model.json.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.ThrowingConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A manifest as its project publishes it, with what a real 1.37.2 server made of it. Shared by the
 * tests of every module that has a part in that.
 *
 * @param file the YAML file
 */
public record PublishedManifest(Path file) {
  private static final List<String> RECORDED = List.of("name", "namespace", "labels");
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  /** A test for each of them; skipped where they are not beside the checkout. */
  public static Stream<DynamicTest> eachOne(ThrowingConsumer<PublishedManifest> test)
      throws IOException {
    assumeTrue(SharedFiles.present(), "the manifests are not beside this checkout");
    try (Stream<Path> files = Files.list(SharedFiles.path("manifests"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(PublishedManifest::new)
          .map(one -> DynamicTest.dynamicTest(one.project(), () -> test.accept(one)))
          .toList()
          .stream();
    }
  }

  /** The name of the tool. */
  public String project() {
    return file.getFileName().toString().replace(".yaml", "");
  }

  /** The objects in the file; some files have documents of nothing but comments. */
  public List<JsonNode> documents() {
    return Yaml.documents(text(file)).stream().filter(JsonNode::isObject).toList();
  }

  /** What the server holds of a DaemonSet in it; null where it was refused. */
  public @Nullable JsonNode stored(String daemonSet) {
    return json(project() + "." + daemonSet + ".json");
  }

  /** What was recorded of a document that a server holds. */
  public static ObjectNode recorded(JsonNode document) {
    JsonNode metadata = document.path("metadata");
    ObjectNode copy = Json.object();
    ObjectNode kept = copy.putObject("metadata");
    for (String member : RECORDED) {
      if (metadata.has(member)) {
        kept.set(member, metadata.path(member));
      }
    }
    if (metadata.path("annotations") instanceof ObjectNode annotations) {
      ObjectNode others = annotations.deepCopy();
      others.remove(LAST_APPLIED);
      if (!others.isEmpty()) {
        kept.set("annotations", others);
      }
    }
    copy.set("spec", document.path("spec"));
    return copy;
  }

  /** The Status that answers its DaemonSet; null where that is accepted. */
  public @Nullable JsonNode refusal() {
    return json("raw-post/" + project() + ".status.json");
  }

  /** The lines of the server's warnings, as kubectl prints them. */
  public String warnings() {
    return lines("warnings");
  }

  /** What else kubectl prints on standard error; empty where all is accepted. */
  public String refused() {
    return lines("refused");
  }

  private String lines(String kind) {
    Path recorded = golden(project() + "." + kind + ".txt");
    return Files.exists(recorded) ? text(recorded) : "";
  }

  private @Nullable JsonNode json(String name) {
    Path recorded = golden(name);
    return Files.exists(recorded) ? Json.parse(text(recorded)) : null;
  }

  private Path golden(String name) {
    return file.resolveSibling("golden").resolve(name);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
