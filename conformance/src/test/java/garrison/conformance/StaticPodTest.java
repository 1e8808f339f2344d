package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table of static pods, seen through the real kubectl: managed by the node, defined by a local
 * file, visible but not deletable, made anew when the file changes, running without a server. A
 * server and an agent of their own; the pod's process tells of its starts and ends in a file.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StaticPodTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String POD = "web-node-a";

  @TempDir static Path folder;
  private static Path manifests;
  private static Garrison server;
  private static Garrison agent;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() throws Exception {
    manifests = Files.createDirectory(folder.resolve("manifests"));
    server = Garrison.start(folder, "server");
    kubectl = Kubectl.against(server);
    agent =
        server.agent(
            folder, "node-a", "--manifests", manifests.toString(), "--runtime-endpoint", "none");
  }

  @AfterAll
  static void stop() throws IOException {
    // The processes of pods outlive their agent, so the files have to go first.
    try (Stream<Path> files = Files.list(manifests)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    if (agent != null) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  starts().stream().filter(line -> line.startsWith("start")).count()
                      == starts().stream().filter(line -> line.startsWith("end")).count());
      agent.close();
    }
    server.close();
  }

  private static void write(String file, String name, String word) throws IOException {
    String pod =
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %s
          labels: {app: web}
        spec:
          runtimeClassName: process
          terminationGracePeriodSeconds: 10
          containers:
          - name: main
            image: host/sh
            command: [/bin/sh, -c]
            args:
            - |
              trap 'sleep 1; echo end %s >> %s; exit 0' TERM
              echo start %s >> %s
              echo serving %s
              while :; do sleep 0.1; done
        """
            .formatted(name, word, tale(), word, tale(), word);
    Path fresh = Files.writeString(folder.resolve("fresh"), pod);
    Files.move(fresh, manifests.resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  private static Path tale() {
    return folder.resolve("tale");
  }

  private static List<String> starts() throws IOException {
    return Files.exists(tale()) ? Files.readAllLines(tale()) : List.of();
  }

  private static void awaitTale(String... lines) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(starts()).containsExactly(lines));
  }

  private static String field(String path) {
    return kubectl.tryRun("", "get", "pod", POD, "-o", "jsonpath=" + path).out();
  }

  private static void awaitReady() {
    await()
        .atMost(PATIENCE)
        .until(() -> field("{.status.conditions[?(@.type=='Ready')].status}").equals("True"));
  }

  private static String hash() {
    return field("{.metadata.annotations.kubernetes\\.io/config\\.hash}");
  }

  private static void awaitOtherHash(String before) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              String now = hash();
              return !now.isEmpty() && !now.equals(before);
            });
  }

  @Test
  @Order(1)
  void fileMakesAPodThatKubectlSees() throws IOException {
    write("web.yaml", "web", "one");
    awaitReady();
    awaitTale("start one");
    assertThat(kubectl.run("get", "pods", "--no-headers", "-l", "app=web"))
        .matches("web-node-a +1/1 +Running +0 +\\S+\\n");
    assertThat(field("{.metadata.ownerReferences[0].kind}/{.metadata.ownerReferences[0].name}"))
        .isEqualTo("Node/node-a");
    assertThat(field("{.spec.nodeName}")).isEqualTo("node-a");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(kubectl.run("logs", POD)).isEqualTo("serving one\n"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(kubectl.run("describe", "pod", POD))
                    .contains("Controlled By:  Node/node-a", "Container started"));
  }

  @Test
  @Order(2)
  void deletingItOnlyMakesItsMirrorAnew() throws IOException {
    for (String[] how : new String[][] {{}, {"--now"}, {"--force", "--grace-period=0"}}) {
      String uid = field("{.metadata.uid}");
      List<String> line = Stream.concat(Stream.of("delete", "pod", POD), Stream.of(how)).toList();
      kubectl.run(line.toArray(String[]::new));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                String now = field("{.metadata.uid}");
                return !now.isEmpty() && !now.equals(uid);
              });
      awaitReady();
    }
    awaitTale("start one");
  }

  @Test
  @Order(3)
  void changingItThroughTheApiChangesNothingThatRuns() throws IOException {
    kubectl.run("label", "pod", POD, "more=x");
    kubectl.run("annotate", "pod", POD, "note=y");
    assertThat(
            kubectl
                .tryRun("", "annotate", "--overwrite", "pod", POD, "kubernetes.io/config.mirror=z")
                .err())
        .contains("Forbidden: may not remove or update mirror pod annotation");
    assertThat(field("{.metadata.labels.more}")).isEqualTo("x");
    awaitTale("start one");
  }

  @Test
  @Order(4)
  void drainLeavesItAlone() throws IOException {
    kubectl.run("drain", "node-a");
    assertThat(field("{.status.phase}")).isEqualTo("Running");
    kubectl.run("uncordon", "node-a");
    awaitTale("start one");
  }

  @Test
  @Order(5)
  void changedFileEndsTheOldOneThenStartsTheNew() throws IOException {
    String hash = hash();
    write("web.yaml", "web", "two");
    awaitTale("start one", "end one", "start two");
    awaitOtherHash(hash);
    awaitReady();
    assertThat(field("{.metadata.annotations.kubernetes\\.io/config\\.mirror}")).isEqualTo(hash());
  }

  @Test
  @Order(6)
  void noServerIsNeededToStartToChangeOrToEndIt() throws Exception {
    String hash = hash();
    server.kill();
    write("other.yaml", "other", "three");
    awaitTale("start one", "end one", "start two", "start three");
    agent.kill();
    write("web.yaml", "web", "four");
    agent = agent.again();
    awaitTale("start one", "end one", "start two", "start three", "end two", "start four");
    Files.delete(manifests.resolve("other.yaml"));
    awaitTale(
        "start one", "end one", "start two", "start three", "end two", "start four", "end three");
    server = server.again();
    awaitOtherHash(hash); // what the server kept is the mirror of the version before
    awaitReady();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(kubectl.run("get", "pods", "-o", "name"))
                    .isEqualTo("pod/" + POD + "\n"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(kubectl.run("logs", POD)).isEqualTo("serving four\n"));
  }

  @Test
  @Order(7)
  void withTheFileItsPodGoes() throws IOException {
    Files.delete(manifests.resolve("web.yaml"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(kubectl.run("get", "pods", "-o", "name")).isEmpty());
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(starts()).endsWith("end four"));
  }
}
