package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on three nodes of this machine: the examples, as real host processes. */
class ProcessNodesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern LISTENING =
      Pattern.compile("msg=\"Listening on\" address=(127\\.0\\.0\\.1:\\d+)");

  @TempDir static Path folder;
  private static Path logs;
  private static Garrison garrison;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() throws IOException {
    logs = Files.createDirectory(folder.resolve("logs"));
    Files.writeString(logs.resolve("node.log"), "a line of the node's log\n");
    Path manifest =
        Files.writeString(
            folder.resolve("log-collector.yaml"),
            example("log-collector.yaml")
                .replace("path: /var/log", "path: " + logs)
                .replace(
                    "echo collecting on", "echo write > /var/log/node.log; echo collecting on"));
    garrison = Garrison.start(folder, "up", "--nodes", "3", "-f", manifest.toString());
    kubectl = Kubectl.against(garrison);
  }

  @AfterAll
  static void stop() {
    // The processes of pods outlive their agent, so the pods have to go first.
    kubectl.run("delete", "ds", "--all", "--all-namespaces", "--cascade=foreground");
    garrison.close();
  }

  private static String example(String name) throws IOException {
    return Files.readString(Path.of("..", "examples", name));
  }

  @Test
  void theLogCollectorRunsOnEveryNodeAndReadsItsLogsOnly() throws IOException {
    await()
        .atMost(PATIENCE)
        .until(
            () -> garrison.output().contains("daemonset logging/log-collector runs on 3 nodes\n"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(kubectl.run("-n", "logging", "logs", "ds/log-collector"))
                    .contains("collecting on node-", "a line of the node's log"));
    for (String pod : kubectl.run("-n", "logging", "get", "pods", "-o", "name").split("\n")) {
      assertThat(kubectl.run("-n", "logging", "logs", pod)).contains("Read-only file system");
    }
    assertThat(Files.readString(logs.resolve("node.log"))).isEqualTo("a line of the node's log\n");
    Files.writeString(logs.resolve("node.log"), "one more\n", StandardOpenOption.APPEND);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(kubectl.run("-n", "logging", "logs", "ds/log-collector", "--tail=1"))
                    .isEqualTo("one more\n"));
  }

  @Test
  void debiansNodeExporterIsRolledOutBackAndTakenUpAgain() throws Exception {
    String manifest =
        example("node-exporter.yaml")
            .replace(
                "/usr/bin/prometheus-node-exporter",
                RealPart.of("prometheus-node-exporter").toString());
    kubectl.run("create", "namespace", "monitoring");
    kubectl.runWith(manifest, "apply", "-f", "-");
    rolledOut();
    assertThat(servesMetrics()).hasSize(3);

    kubectl.run("-n", "monitoring", "set", "env", "ds/node-exporter", "GOMAXPROCS=1");
    rolledOut();
    assertThat(kubectl.run("-n", "monitoring", "rollout", "history", "ds/node-exporter"))
        .isEqualTo(
            """
            daemonset.apps/node-exporter\s
            REVISION  CHANGE-CAUSE
            1         <none>
            2         <none>

            """);
    assertThat(field("{.items[*].spec.containers[0].env[*].name}"))
        .isEqualTo("PORT GOMAXPROCS PORT GOMAXPROCS PORT GOMAXPROCS");

    kubectl.run("-n", "monitoring", "rollout", "undo", "ds/node-exporter");
    rolledOut();
    assertThat(field("{.items[*].spec.containers[0].env[*].name}")).isEqualTo("PORT PORT PORT");

    Set<String> before = names();
    kubectl.run("-n", "monitoring", "rollout", "restart", "ds/node-exporter");
    rolledOut();
    assertThat(names()).hasSize(3).doesNotContainAnyElementsOf(before);
    assertThat(servesMetrics()).hasSize(3);

    // Back to the published template, so that what comes back is what the orphans are.
    kubectl.run("-n", "monitoring", "rollout", "undo", "ds/node-exporter");
    rolledOut();
    Set<String> orphans = names();
    Set<String> addresses = servesMetrics();
    kubectl.run("-n", "monitoring", "delete", "ds", "node-exporter", "--cascade=orphan");
    assertThat(field("{.items[*].metadata.ownerReferences}")).isEmpty();
    assertThat(servesMetrics()).isEqualTo(addresses);
    kubectl.runWith(manifest, "apply", "-f", "-");
    rolledOut();
    assertThat(names()).isEqualTo(orphans);
    assertThat(servesMetrics()).isEqualTo(addresses);
    assertThat(field("{.items[*].metadata.ownerReferences[0].name}"))
        .isEqualTo("node-exporter node-exporter node-exporter");

    kubectl.run("-n", "monitoring", "delete", "ds", "node-exporter", "--cascade=foreground");
    assertThat(names()).isEmpty();
  }

  private static void rolledOut() {
    assertThat(
            kubectl.run(
                "-n", "monitoring", "rollout", "status", "ds/node-exporter", "--timeout=60s"))
        .endsWith("successfully rolled out\n");
  }

  private static String field(String path) {
    return kubectl.run(
        "-n", "monitoring", "get", "pods", "-l", "app=node-exporter", "-o", "jsonpath=" + path);
  }

  private static Set<String> names() {
    String names = field("{.items[*].metadata.name}");
    return names.isEmpty() ? Set.of() : new TreeSet<>(List.of(names.split(" ")));
  }

  /** The addresses at which the pods' own processes answer; each pod must. */
  private static Set<String> servesMetrics() throws Exception {
    Set<String> addresses = new TreeSet<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String pod : names()) {
        String address =
            await()
                .atMost(PATIENCE)
                .until(
                    () -> address(kubectl.run("-n", "monitoring", "logs", pod)), a -> !a.isEmpty());
        HttpRequest request =
            HttpRequest.newBuilder(URI.create("http://" + address + "/metrics")).build();
        assertThat(client.send(request, BodyHandlers.ofString()).body())
            .contains("node_cpu_seconds_total");
        addresses.add(address);
      }
    }
    return addresses;
  }

  private static String address(String log) {
    Matcher listening = LISTENING.matcher(log);
    return listening.find() ? listening.group(1) : "";
  }
}
