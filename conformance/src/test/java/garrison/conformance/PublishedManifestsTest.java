package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import garrison.model.PublishedManifest;
import garrison.model.SharedFiles;
import garrison.model.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What projects publish, through kubectl as their users do it, and every word that comes back
 * compared with what was recorded of a real 1.37.2 server.
 */
class PublishedManifestsTest {
  @TempDir static Path folder;
  private static Garrison garrison;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() {
    assumeThat(SharedFiles.present()).as("the manifests are beside this checkout").isTrue();
    garrison = Garrison.start(folder, "up", "--no-agent");
    kubectl = Kubectl.against(garrison).in(SharedFiles.path("manifests"));
  }

  @AfterAll
  static void stop() {
    if (garrison != null) {
      garrison.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> eachProject() throws IOException {
    return PublishedManifest.eachOne(PublishedManifestsTest::check);
  }

  private static void check(PublishedManifest manifest) {
    ManifestWords words = new ManifestWords(manifest);
    String file = manifest.file().getFileName().toString();
    words.foreignNamespaces().forEach(PublishedManifestsTest::namespace);
    if (!words.bringsItsNamespace()) {
      assertThat(kubectl.tryRun("", "create", "--dry-run=server", "-f", file).err())
          .isEqualTo(manifest.warnings() + words.refused("creating"));
    }

    Kubectl.Result applied = kubectl.tryRun("", "apply", "--server-side=false", "-f", file);
    assertThat(applied.err())
        .isEqualTo(manifest.warnings() + words.refusedByApply())
        .satisfies(
            text ->
                assertThat(text.lines().map(ManifestWords::sentence))
                    .containsAll(words.recordedRefusals()));
    if (!words.lacksKinds()) {
      assertThat(applied.err()).isEqualTo(manifest.warnings() + manifest.refused());
    }
    for (JsonNode daemonSet : words.daemonSets()) {
      isAsRecorded(manifest, daemonSet);
      isNoDifference(daemonSet);
    }

    Kubectl.Result again = kubectl.tryRun("", "apply", "--server-side=false", "-f", file);
    assertThat(again.err()).isEqualTo(words.refusedByApply());
    assertThat(again.out()).doesNotContain(" created");
    for (JsonNode daemonSet : words.daemonSets()) {
      assertThat(again.out())
          .contains(
              "daemonset.apps/%s %s\n"
                  .formatted(
                      name(daemonSet),
                      words.isKeptToTheLetter(daemonSet) ? "unchanged" : "configured"));
    }

    Kubectl.Result replaced = kubectl.tryRun("", "replace", "-f", file);
    assertThat(replaced.err()).isEqualTo(words.refused("replacing"));
    for (JsonNode daemonSet : words.daemonSets()) {
      assertThat(replaced.out()).contains("daemonset.apps/" + name(daemonSet) + " replaced\n");
      isAsRecorded(manifest, daemonSet);
    }
  }

  private static void namespace(String name) {
    if (kubectl.tryRun("", "get", "namespace", name).code() != 0) {
      kubectl.run("create", "namespace", name);
    }
  }

  private static String name(JsonNode object) {
    return object.path("metadata").path("name").asString();
  }

  private static void isAsRecorded(PublishedManifest manifest, JsonNode daemonSet) {
    String namespace = daemonSet.path("metadata").path("namespace").asString("default");
    JsonNode held =
        Json.parse(kubectl.run("get", "ds", name(daemonSet), "-n", namespace, "-o", "json"));
    assertThat(PublishedManifest.recorded(held))
        .isEqualTo(Objects.requireNonNull(manifest.stored(name(daemonSet))));
    // Neither applying again nor replacing by the same starts a roll-out.
    assertThat(held.path("metadata").path("generation").asInt()).isEqualTo(1);
  }

  private static void isNoDifference(JsonNode daemonSet) {
    Kubectl.Result diff = kubectl.tryRun(daemonSet.toString(), "diff", "-f", "-");
    assertThat(diff.out()).isEmpty();
    assertThat(diff.code()).as(diff.err()).isZero();
  }

  /** A raw POST passes kubectl's own knowledge of kinds by. */
  @Test
  void aRawRequestIsRefusedAsRecorded() {
    namespace("cadvisor");
    List<String> answers = new ArrayList<>();
    for (PublishedManifest manifest : List.of(manifest("cadvisor"), manifest("glusterfs"))) {
      JsonNode daemonSet = manifest.documents().getLast();
      String path =
          "/apis/%s/namespaces/cadvisor/daemonsets?fieldValidation=Strict"
              .formatted(daemonSet.path("apiVersion").asString());
      answers.add(kubectl.tryRun(daemonSet.toString(), "create", "--raw", path, "-f", "-").err());
    }
    assertThat(answers)
        .containsExactly(
            manifest("cadvisor").refused(),
            "Error from server (NotFound): the server could not find the requested resource\n");
  }

  private static PublishedManifest manifest(String project) {
    return new PublishedManifest(SharedFiles.path("manifests/" + project + ".yaml"));
  }
}
