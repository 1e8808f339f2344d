package garrison.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.apiserver.pki.Pki;
import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Static pods and their mirrors: real processes, a server that may be away (spec: 3.1, 3.2). */
class StaticPodTest {
  private static final String NODE = "machine-1";
  private static final String POD = "web-machine-1";

  @TempDir static Path keys;
  private static Pki pki;

  @TempDir Path temp;
  private final TestCluster server = new TestCluster();
  private Path manifests;
  private Agent agent;

  @BeforeAll
  static void makeKeys() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(20));
    pki = Pki.open(keys.resolve("pki"), Clock.systemUTC(), List.of("127.0.0.1"));
  }

  @BeforeEach
  void directory() throws IOException {
    manifests = Files.createDirectory(temp.resolve("manifests"));
  }

  private void startAgent() {
    agent =
        Agent.start(
            AgentConfig.of(NODE, temp.resolve("agent"))
                .withAddress("127.0.0.1")
                .withOwner(OwnerPolicy.NONE.withManifests(manifests)),
            server.cluster(),
            TestAgents.identity(pki, NODE),
            Clock.systemUTC());
  }

  @AfterEach
  void stop() throws Exception {
    server.away(false);
    try (Stream<Path> files = Files.list(manifests)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    TestAgents.awaitNothingLeft(temp.resolve("agent"));
    agent.close();
    server.close();
  }

  /** The shell writes its pid and {@code word} to the file {@code started}, a line each start. */
  private String pod(String word, String more) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      labels: {app: web}
    spec:
      runtimeClassName: process
      terminationGracePeriodSeconds: 5
      containers:
      - name: main
        image: host/sh
        command: [/bin/sh, -c]
        args: ["trap 'sleep 0.7; echo ended %s >> %s; exit 0' TERM; echo $$$$ %s >> %s; while :; do sleep 0.05; done"]
    """
            .formatted(word, started(), word, started())
        + more.indent(2);
  }

  private Path started() {
    return temp.resolve("started");
  }

  private void write(String file, String text) throws IOException {
    Path fresh = Files.writeString(temp.resolve("fresh"), text);
    Files.move(fresh, manifests.resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  private List<String> starts() throws IOException {
    return Files.exists(started())
        ? Files.readAllLines(started()).stream()
            .map(line -> line.startsWith("ended") ? line : line.replaceFirst("^[0-9]+ ", ""))
            .toList()
        : List.of();
  }

  private void awaitStarts(String... lines) {
    await().untilAsserted(() -> assertThat(starts()).containsExactly(lines));
  }

  private JsonNode mirror() {
    for (ObjectNode pod : server.pods()) {
      if (pod.at("/metadata/name").asString().equals(POD)) {
        return pod;
      }
    }
    return Json.object();
  }

  private void awaitReadyMirror() {
    await().until(() -> TestCluster.condition(mirror(), "Ready").equals("True"));
  }

  private static String uid(JsonNode pod) {
    return pod.at("/metadata/uid").asString("");
  }

  private static String annotation(JsonNode pod, String name) {
    return pod.path("metadata").path("annotations").path("kubernetes.io/config." + name).asString();
  }

  @Test
  void podRunsWithNoServerAtAllAndShowsOnceThereIsOne() throws Exception {
    server.away(true);
    write("web.yaml", pod("one", ""));
    startAgent();

    awaitStarts("one");
    assertThat(server.pods()).isEmpty();

    server.away(false);
    awaitReadyMirror();
    JsonNode mirror = mirror();
    assertThat(annotation(mirror, "mirror"))
        .isEqualTo(annotation(mirror, "hash"))
        .matches("[0-9a-f]{32}")
        .isNotEqualTo(uid(mirror));
    assertThat(annotation(mirror, "source")).isEqualTo("file");
    assertThat(mirror.at("/metadata/labels/app").asString()).isEqualTo("web");
    assertThat(mirror.at("/metadata/ownerReferences").toString())
        .isEqualTo(
            "[{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\""
                + NODE
                + "\",\"uid\":\""
                + uid(server.node(NODE))
                + "\",\"controller\":true}]");
    assertThat(mirror.at("/status/phase").asString()).isEqualTo("Running");
    awaitStarts("one");
  }

  @Test
  void deletedMirrorComesBackAndItsProcessGoesOn() throws Exception {
    write("web.yaml", pod("one", ""));
    startAgent();
    awaitReadyMirror();
    for (DeleteOptions how :
        List.of(DeleteOptions.DEFAULT, DeleteOptions.now(uid(mirror())), DeleteOptions.DEFAULT)) {
      String before = uid(mirror());
      server
          .direct()
          .delete(
              Kinds.POD,
              "default",
              POD,
              how == DeleteOptions.DEFAULT ? how : DeleteOptions.now(before));
      await().until(() -> !uid(mirror()).isEmpty() && !uid(mirror()).equals(before));
      awaitReadyMirror();
    }
    awaitStarts("one");
  }

  @Test
  void otherEditsOfTheMirrorAreLeftAlone() throws Exception {
    write("web.yaml", pod("one", ""));
    startAgent();
    awaitReadyMirror();
    String before = uid(mirror());
    ObjectNode patch = Json.object();
    patch.putObject("metadata").putObject("labels").put("more", "x");
    server.direct().patch(Kinds.POD, "default", POD, PatchType.STRATEGIC, patch, "");
    write("other.yaml", pod("two", "").replace("name: web", "name: other"));
    awaitStarts("one", "two");
    assertThat(uid(mirror())).isEqualTo(before);
    assertThat(mirror().at("/metadata/labels/more").asString()).isEqualTo("x");
  }

  @Test
  void fileThatGoesTakesProcessAndMirrorWithIt() throws Exception {
    write("web.yaml", pod("one", ""));
    startAgent();
    awaitReadyMirror();

    Files.delete(manifests.resolve("web.yaml"));

    awaitStarts("one", "ended one");
    await().until(() -> server.pods().isEmpty());
    await()
        .until(
            () ->
                TestAgents.empty(temp.resolve("agent/pods"))
                    && TestAgents.empty(temp.resolve("agent/logs")));
  }

  @Test
  void editedFileEndsTheOldOneBeforeTheNewStarts() throws Exception {
    write("web.yaml", pod("one", ""));
    startAgent();
    awaitReadyMirror();
    String before = annotation(mirror(), "hash");

    write("web.yaml", pod("two", ""));

    awaitStarts("one", "ended one", "two");
    await().until(() -> !annotation(mirror(), "hash").equals(before));
    awaitReadyMirror();
    assertThat(annotation(mirror(), "mirror")).isEqualTo(annotation(mirror(), "hash"));
  }

  @Test
  void nextAgentTakesItOverWithoutAServer() throws Exception {
    write("web.yaml", pod("one", ""));
    startAgent();
    awaitReadyMirror();
    agent.close();
    server.away(true);
    startAgent();
    write("other.yaml", pod("two", "").replace("name: web", "name: other"));
    awaitStarts("one", "two");
    server.away(false);
    awaitReadyMirror();
  }

  @Test
  void fileEditedWhileNoAgentRanIsSeenByTheNextWithoutAServer() throws Exception {
    write("web.yaml", pod("one", ""));
    startAgent();
    awaitReadyMirror();
    agent.close();
    server.away(true);
    write("web.yaml", pod("two", ""));
    startAgent();
    awaitStarts("one", "ended one", "two");
  }

  @Test
  void fileThatWentWhileNoAgentRanIsAnOrphanOnceTheServerHasToldToo() throws Exception {
    write("web.yaml", pod("one", ""));
    startAgent();
    awaitReadyMirror();
    agent.close();
    Files.delete(manifests.resolve("web.yaml"));
    startAgent();
    awaitStarts("one", "ended one");
    await().until(() -> server.pods().isEmpty());
  }

  @Test
  void fixedUidMakesAnEditAnUpdateInPlace() throws Exception {
    String fixed = pod("one", "").replace("name: web\n", "name: web\n  uid: mine\n");
    write("web.yaml", fixed);
    startAgent();
    awaitReadyMirror();
    String mirror = uid(mirror());

    write("web.yaml", fixed.replace("app: web", "app: other"));
    write("other.yaml", pod("two", "").replace("name: web", "name: other"));
    awaitStarts("one", "two");
    assertThat(uid(mirror())).isEqualTo(mirror);

    write("web.yaml", fixed.replace("image: host/sh", "image: host/dash"));
    await()
        .untilAsserted(
            () -> assertThat(starts()).containsExactly("one", "two", "ended one", "one"));
    assertThat(uid(mirror())).isEqualTo(mirror);
  }

  @Test
  void completedPodKeepsItsPhaseAlsoInANewMirror() throws Exception {
    write(
        "web.yaml",
        """
        {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {runtimeClassName: process,
         restartPolicy: Never, containers: [{name: main, image: host/sh, command: [/bin/true]}]}}
        """);
    startAgent();
    await().until(() -> mirror().at("/status/phase").asString("").equals("Succeeded"));
    String before = uid(mirror());
    server.direct().delete(Kinds.POD, "default", POD, DeleteOptions.now(before));
    await().until(() -> mirror().at("/status/phase").asString("").equals("Succeeded"));
    assertThat(uid(mirror())).isNotEqualTo(before);
  }

  @Test
  void badFileIsAnEventOfTheNodeAndSecondPodOfANameOneOfThePod() throws Exception {
    write("a.yaml", pod("one", ""));
    write("b.yaml", pod("two", ""));
    write("c.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n");
    startAgent();
    awaitReadyMirror();
    await()
        .untilAsserted(
            () ->
                assertThat(server.events(NODE))
                    .anyMatch(
                        event ->
                            event.startsWith("FailedValidation: Static pod of file ")
                                && event.contains("c.yaml is not run: ")));
    await()
        .untilAsserted(
            () ->
                assertThat(server.events(POD))
                    .anyMatch(
                        event ->
                            event.startsWith("FailedValidation: Error validating pod " + POD)
                                && event.contains("due to duplicate pod name")));
    awaitStarts("one");
  }

  @Test
  void podOfTheApiWhoseAnnotationsClaimAFileIsNoStaticPod() throws Exception {
    startAgent();
    assertThat(agent.awaitReady(Duration.ofSeconds(20))).isTrue();
    ObjectNode pod = Json.object().put("apiVersion", "v1").put("kind", "Pod");
    pod.putObject("metadata")
        .put("name", "liar")
        .put("namespace", "default")
        .putObject("annotations")
        .put("kubernetes.io/config.source", "file");
    ObjectNode spec = pod.putObject("spec").put("nodeName", NODE);
    spec.put("runtimeClassName", "process").put("terminationGracePeriodSeconds", 1);
    spec.putArray("containers")
        .addObject()
        .put("name", "main")
        .put("image", "host/sleep")
        .putArray("command")
        .add("sleep")
        .add("1000");
    server.direct().create(Kinds.POD, "default", pod);
    await().until(() -> TestCluster.condition(server.pod("liar"), "Ready").equals("True"));
    server.direct().delete(Kinds.POD, "default", "liar", DeleteOptions.DEFAULT);
    await().until(() -> server.pods().isEmpty());
  }

  @Test
  void plainPodNeedsAServerAndIsNotTakenForAMirror() throws Exception {
    write("web.yaml", pod("one", ""));
    startAgent();
    awaitReadyMirror();
    // A user's pod with a mirror annotation is never run from (spec: node-agent 3.2).
    ObjectNode pod = Json.object().put("apiVersion", "v1").put("kind", "Pod");
    pod.putObject("metadata")
        .put("name", "false-mirror")
        .put("namespace", "default")
        .putObject("annotations")
        .put("kubernetes.io/config.mirror", "x");
    ObjectNode spec = pod.putObject("spec").put("nodeName", NODE);
    spec.put("runtimeClassName", "process");
    spec.putArray("containers").addObject().put("name", "main").put("image", "host/sleep");
    server.direct().create(Kinds.POD, "default", pod);
    await().until(() -> server.pods().size() == 1);
    awaitStarts("one");
  }
}
