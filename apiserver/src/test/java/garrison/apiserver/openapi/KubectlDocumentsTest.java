package garrison.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.json.Json;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Real kubectl reads the documents (spec: api-server 6.1). */
class KubectlDocumentsTest {
  private static final String PATH = "/apis/apps/v1/namespaces/default/daemonsets/collector";

  private static final String MANIFEST =
      """
      {"apiVersion": "apps/v1", "kind": "DaemonSet",
       "metadata": {"name": "collector", "namespace": "default"},
       "spec": {"selector": {"matchLabels": {"app": "c"}},
                "template": {"metadata": {"labels": {"app": "c"}},
                             "spec": {"containers": [{"name": "main", "image": "%s"},
                                                     {"name": "side", "image": "s"}]}}}}
      """;

  @TempDir private Path folder;
  private DocumentServer server;

  @BeforeEach
  void start() throws IOException {
    String path = String.valueOf(System.getenv("PATH"));
    assumeTrue(
        Arrays.stream(path.split(File.pathSeparator, -1))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "kubectl"))),
        "kubectl is not on the PATH");
    server = new DocumentServer();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private String kubectl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kubectl", "--server", server.url()));
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(output.toFile());
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("KUBECONFIG", folder.resolve("none").toString());
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("kubectl ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  private Path manifest(String image) throws IOException {
    return Files.writeString(folder.resolve("collector.json"), MANIFEST.formatted(image));
  }

  private void assertOnlyThirdVersionAsked() {
    assertThat(server.requests())
        .extracting(DocumentServer.Request::uri)
        .anyMatch(uri -> uri.startsWith("/openapi/v3/apis/apps/v1"))
        .noneMatch(uri -> uri.startsWith("/openapi/v2"));
  }

  @Test
  void explainShowsWhatASpecMayHold() throws Exception {
    assertThat(kubectl("explain", "ds.spec"))
        .contains("KIND:       DaemonSet", "GROUP:      apps", "updateStrategy")
        .contains("template", "-required-", "From this each pod is made.");
    assertThat(kubectl("explain", "ds.spec.updateStrategy.rollingUpdate.maxSurge"))
        .contains("FIELD: maxSurge <IntOrString>");
    assertThat(kubectl("explain", "node.spec.taints", "--recursive")).contains("timeAdded");
    assertThat(kubectl("explain", "events", "--api-version=events.k8s.io/v1"))
        .contains("reportingController");
    assertThat(kubectl("explain", "runtimeclass")).contains("GROUP:      node.k8s.io");
  }

  @Test
  void createLeavesValidationToTheServer() throws Exception {
    assertThat(kubectl("create", "-f", manifest("a").toString())).contains("created");
    assertOnlyThirdVersionAsked();
    assertThat(server.requests())
        .filteredOn(request -> request.method().equals("POST"))
        .singleElement()
        .satisfies(request -> assertThat(request.uri()).contains("fieldValidation=Strict"));
  }

  @Test
  void applyKnowsFromTheDocumentHowListsMerge() throws Exception {
    ObjectNode live = (ObjectNode) Json.parse(MANIFEST.formatted("old"));
    ObjectNode metadata = (ObjectNode) live.path("metadata");
    String applied = Json.parse(MANIFEST.formatted("old")).toString();
    metadata
        .putObject("annotations")
        .put("kubectl.kubernetes.io/last-applied-configuration", applied);
    server.keep(PATH, live);

    assertThat(kubectl("apply", "-f", manifest("new").toString())).contains("configured");

    assertOnlyThirdVersionAsked();
    DocumentServer.Request patch =
        server.requests().stream()
            .filter(request -> request.method().equals("PATCH"))
            .findFirst()
            .orElseThrow();
    assertThat(patch.contentType()).isEqualTo("application/strategic-merge-patch+json");
    JsonNode change = Json.parse(patch.body()).at("/spec/template/spec");
    assertThat(change.at("/$setElementOrder~1containers"))
        .isEqualTo(Json.parse("[{\"name\": \"main\"}, {\"name\": \"side\"}]"));
    assertThat(change.path("containers"))
        .isEqualTo(Json.parse("[{\"image\": \"new\", \"name\": \"main\"}]"));
  }
}
