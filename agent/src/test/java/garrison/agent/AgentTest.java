package garrison.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.apiserver.pki.Credential;
import garrison.apiserver.pki.Pki;
import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One agent, real processes, a whole API server in memory (spec: node-agent 2 to 4). */
class AgentTest {
  private static final String NODE = "machine-1";

  @TempDir static Path keys;
  private static Pki pki;

  @TempDir Path temp;
  private final TestCluster server = new TestCluster();
  private Agent agent;

  @BeforeAll
  static void makeKeys() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(20));
    pki = Pki.open(keys.resolve("pki"), Clock.systemUTC(), List.of("127.0.0.1"));
  }

  @BeforeEach
  void start() throws Exception {
    startAgent();
    assertThat(agent.awaitReady(Duration.ofSeconds(20))).isTrue();
  }

  private void startAgent() {
    agent =
        Agent.start(
            AgentConfig.of(NODE, temp.resolve("agent")).withAddress("127.0.0.1"),
            server.cluster(),
            TestAgents.identity(pki, NODE),
            Clock.systemUTC());
  }

  @AfterEach
  void stop() throws Exception {
    server.away(false);
    server.forgetPods();
    TestAgents.awaitNothingLeft(temp.resolve("agent"));
    agent.close();
    server.close();
  }

  @Test
  void nodeIsRegisteredWithWhatTheMachineHas() throws Exception {
    ObjectNode node = server.node(NODE);

    assertThat(TestCluster.condition(node, "Ready")).isEqualTo("True");
    assertThat(node.at("/status/daemonEndpoints/kubeletEndpoint/Port").asInt())
        .isEqualTo(agent.port());
    assertThat(node.at("/status/addresses/0/address").asString()).isEqualTo("127.0.0.1");
    assertThat(node.at("/status/nodeInfo/containerRuntimeVersion").asString())
        .isEqualTo("process://1");
    long memory =
        Files.readAllLines(Path.of("/proc/meminfo")).stream()
            .filter(line -> line.startsWith("MemTotal:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow();
    assertThat(node.at("/status/capacity/memory").asString()).isEqualTo(memory + "Ki");
    await()
        .untilAsserted(
            () ->
                assertThat(server.events(NODE))
                    .contains(
                        "Starting: Starting kubelet.",
                        "NodeReady: Node " + NODE + " status is now: NodeReady"));
    assertThat(
            server
                .direct()
                .get(Kinds.LEASE, "kube-node-lease", NODE)
                .at("/spec/holderIdentity")
                .asString())
        .isEqualTo(NODE);
  }

  @Test
  void processRunsWithItsEnvironment() {
    create(
        "envy",
        """
        command: [/bin/sh, -c]
        args: ["echo on $NODE of $NS as $(GREETING), not '$$(GREETING)'; exec sleep 1000"]
        env:
        - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
        - {name: NS, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
        - {name: GREETING, value: "hello $(NODE)"}
        """);

    awaitReady("envy");
    JsonNode status = server.pod("envy").path("status");
    assertThat(status.path("phase").asString()).isEqualTo("Running");
    assertThat(status.path("podIP").asString()).isEqualTo("127.0.0.1");
    assertThat(status.at("/containerStatuses/0/containerID").asString()).startsWith("process://");
    await()
        .untilAsserted(
            () ->
                assertThat(log("envy", ""))
                    .isEqualTo(
                        "200 on machine-1 of default as hello machine-1, not $(GREETING)\n"));
    await()
        .untilAsserted(
            () ->
                assertThat(server.events("envy"))
                    .containsSubsequence(
                        "Created: Container created", "Started: Container started"));
  }

  @Test
  void readOnlyHostPathCannotBeWritten() throws Exception {
    assumeTrue(root());
    Path shared = Files.createDirectory(temp.resolve("shared"));
    Files.writeString(shared.resolve("fact"), "known\n");
    server.createPod(
        "reader",
        """
        nodeName: machine-1
        runtimeClassName: process
        terminationGracePeriodSeconds: 1
        containers:
        - name: main
          image: host/sh
          command: [/bin/sh, -c, "cat /mnt/fact; touch /mnt/x || echo refused; exec sleep 1000"]
          volumeMounts: [{name: shared, mountPath: /mnt, readOnly: true}]
        volumes: [{name: shared, hostPath: {path: '%s', type: Directory}}]
        """
            .formatted(shared));

    awaitReady("reader");
    await().untilAsserted(() -> assertThat(log("reader", "")).contains("known\n", "refused\n"));
    assertThat(shared.resolve("x")).doesNotExist();
  }

  @Test
  void volumesOfConfigMapsAreFilesAndTheirAbsenceIsTold() throws Exception {
    assumeTrue(root());
    server.createPod(
        "configured",
        """
        nodeName: machine-1
        runtimeClassName: process
        terminationGracePeriodSeconds: 1
        containers:
        - name: main
          image: host/sh
          command: [/bin/sh, -c, "cat /mnt/key; exec sleep 1000"]
          volumeMounts: [{name: config, mountPath: /mnt}]
        volumes: [{name: config, configMap: {name: settings}}]
        """);
    await()
        .untilAsserted(
            () ->
                assertThat(server.events("configured"))
                    .contains(
                        "FailedMount: MountVolume.SetUp failed for volume \"config\" :"
                            + " configmap \"settings\" not found"));

    ObjectNode map = Json.object().put("apiVersion", "v1").put("kind", "ConfigMap");
    map.putObject("metadata").put("name", "settings").put("namespace", "default");
    map.putObject("data").put("key", "value\n");
    server.direct().create(Kinds.CONFIG_MAP, "default", map);

    awaitReady("configured");
    await().untilAsserted(() -> assertThat(log("configured", "")).isEqualTo("200 value\n"));
  }

  @Test
  void podThatNeedsAnImageWaitsAndSaysWhy() {
    server.createPod(
        "imaged", "{nodeName: machine-1, containers: [{name: main, image: 'example/fluentd:1'}]}");

    await()
        .untilAsserted(
            () ->
                assertThat(server.events("imaged"))
                    .anyMatch(
                        event ->
                            event.startsWith("FailedCreatePodSandBox: ")
                                && event.contains("no container runtime")));
    await()
        .untilAsserted(
            () -> {
              JsonNode waiting =
                  server.pod("imaged").at("/status/containerStatuses/0/state/waiting");
              assertThat(waiting.path("reason").asString()).isEqualTo("NoContainerRuntime");
              assertThat(waiting.path("message").asString()).contains("no container runtime");
            });
    assertThat(server.pod("imaged").at("/status/phase").asString()).isEqualTo("Pending");
  }

  @Test
  void containerThatEndsIsStartedAgainThenHeldBack() {
    create("crashing", "command: [/bin/sh, -c, 'echo run; exit 3']");

    await()
        .until(
            () ->
                server
                    .pod("crashing")
                    .at("/status/containerStatuses/0/state/waiting/reason")
                    .asString("")
                    .equals("CrashLoopBackOff"));
    JsonNode status = server.pod("crashing").at("/status/containerStatuses/0");
    assertThat(status.at("/lastState/terminated/exitCode").asInt()).isEqualTo(3);
    assertThat(status.at("/lastState/terminated/reason").asString()).isEqualTo("Error");
    assertThat(status.path("restartCount").asInt()).isEqualTo(1);
    assertThat(status.at("/state/waiting/message").asString())
        .startsWith("back-off 10s restarting failed container=main pod=crashing_default(");
    assertThat(server.pod("crashing").at("/status/phase").asString()).isEqualTo("Running");
    assertThat(log("crashing", "?previous=true")).isEqualTo("200 run\n");
  }

  @Test
  void deletedPodEndsWithinItsGraceAndGoesAfterItsProcess() throws Exception {
    Path said = temp.resolve("said");
    create(
        "polite",
        """
        command: [/bin/sh, -c]
        args: ["trap 'sleep 0.3; echo bye > %s; exit 0' TERM; echo ready; while :; do sleep 0.05; done"]
        """
            .formatted(said),
        30);
    awaitReady("polite");
    await().untilAsserted(() -> assertThat(log("polite", "")).contains("ready"));

    server.direct().delete(Kinds.POD, "default", "polite", DeleteOptions.DEFAULT);

    await().until(() -> server.pods().isEmpty());
    assertThat(said).hasContent("bye");
    await()
        .until(
            () ->
                TestAgents.empty(temp.resolve("agent/pods"))
                    && TestAgents.empty(temp.resolve("agent/logs")));
    await()
        .untilAsserted(
            () -> assertThat(server.events("polite")).contains("Killing: Stopping container main"));
  }

  @Test
  void processThatDoesNotListenIsKilled() {
    create("deaf", "command: [/bin/sh, -c, 'trap : TERM; while :; do sleep 0.1; done']", 1);
    awaitReady("deaf");

    server.direct().delete(Kinds.POD, "default", "deaf", DeleteOptions.DEFAULT);

    await().until(() -> server.pods().isEmpty());
  }

  @Test
  void shorterGraceCutsALongerOne() {
    create("slow", "command: [/bin/sh, -c, 'trap : TERM; while :; do sleep 0.1; done']", 3600);
    awaitReady("slow");
    server.direct().delete(Kinds.POD, "default", "slow", DeleteOptions.DEFAULT);
    await()
        .untilAsserted(
            () -> assertThat(server.events("slow")).contains("Killing: Stopping container main"));

    server.direct().delete(Kinds.POD, "default", "slow", new DeleteOptions(1, "", "", ""));

    await().until(() -> server.pods().isEmpty());
  }

  @Test
  void processOfAPodThatWasForcedAwayEnds() throws Exception {
    Path pids = temp.resolve("pids");
    create("forced", "command: [/bin/sh, -c, 'echo $$$$ > " + pids + "; exec sleep 1000']");
    awaitReady("forced");
    await().until(() -> Files.exists(pids) && Files.size(pids) > 0);
    long pid = Long.parseLong(Files.readString(pids).strip());

    server
        .direct()
        .delete(
            Kinds.POD,
            "default",
            "forced",
            DeleteOptions.now(server.pod("forced").at("/metadata/uid").asString()));

    await().until(() -> ProcessHandle.of(pid).isEmpty());
  }

  @Test
  void containerWhoseImageChangesIsStartedAnew() {
    create("changing", "command: [/bin/sleep, '1000']");
    awaitReady("changing");
    String before = server.pod("changing").at("/status/containerStatuses/0/containerID").asString();

    ObjectNode patch = Json.object();
    patch
        .putObject("spec")
        .putArray("containers")
        .addObject()
        .put("name", "main")
        .put("image", "host/other");
    server.direct().patch(Kinds.POD, "default", "changing", PatchType.STRATEGIC, patch, "");

    await()
        .untilAsserted(
            () -> {
              JsonNode status = server.pod("changing").at("/status/containerStatuses/0");
              assertThat(status.path("image").asString()).isEqualTo("host/other");
              assertThat(status.path("restartCount").asInt()).isEqualTo(1);
              assertThat(status.path("containerID").asString()).isNotEqualTo(before);
              assertThat(status.path("ready").asBoolean()).isTrue();
            });
    assertThat(server.events("changing"))
        .contains("Killing: Container main definition changed, will be restarted");
  }

  @Test
  void restartedAgentFindsItsProcessesAsTheyAre() throws Exception {
    Path pids = temp.resolve("pids");
    create("lasting", "command: [/bin/sh, -c, 'echo $$$$ >> " + pids + "; exec sleep 1000']");
    awaitReady("lasting");
    JsonNode before = server.pod("lasting").at("/status/containerStatuses/0");
    int port = agent.port();

    agent.close();
    startAgent();
    assertThat(agent.awaitReady(Duration.ofSeconds(20))).isTrue();
    create("later", "command: [/bin/sleep, '1000']");

    awaitReady("later");
    assertThat(server.pod("lasting").at("/status/containerStatuses/0")).isEqualTo(before);
    List<String> all = Files.readAllLines(pids);
    assertThat(all).hasSize(1);
    assertThat(ProcessHandle.of(Long.parseLong(all.getFirst()))).isPresent();
    assertThat(agent.port()).isEqualTo(port);
  }

  @Test
  void endWhileNoAgentRanIsToldWithItsExitCode() throws Exception {
    Path go = temp.resolve("go");
    create(
        "ending",
        "command: [/bin/sh, -c, 'while [ ! -e " + go + " ]; do sleep 0.05; done; exit 7']");
    awaitReady("ending");

    agent.close();
    Files.createFile(go);
    await().until(() -> !TestAgents.empty(temp.resolve("agent/runtime/exits")));
    startAgent();

    await()
        .untilAsserted(
            () -> {
              JsonNode container = server.pod("ending").at("/status/containerStatuses/0");
              assertThat(container.at("/lastState/terminated/exitCode").asInt(0)).isEqualTo(7);
              assertThat(container.at("/restartCount").asInt()).isPositive();
            });
  }

  @Test
  void podDeletedWhileNoAgentRanIsEnded() throws Exception {
    Path pids = temp.resolve("pids");
    create("orphan", "command: [/bin/sh, -c, 'echo $$$$ > " + pids + "; exec sleep 1000']");
    awaitReady("orphan");
    await().until(() -> Files.exists(pids) && Files.size(pids) > 0);
    long pid = Long.parseLong(Files.readString(pids).strip());
    agent.close();
    server
        .direct()
        .delete(
            Kinds.POD,
            "default",
            "orphan",
            DeleteOptions.now(server.pod("orphan").at("/metadata/uid").asString()));

    startAgent();

    await().until(() -> ProcessHandle.of(pid).isEmpty());
  }

  @Test
  void whatAnAgentThatWasKilledHadNotRemovedYetGoes() throws Exception {
    Path pids = temp.resolve("pids");
    create("orphan", "command: [/bin/sh, -c, 'echo $$$$ > " + pids + "; exec sleep 1000']");
    awaitReady("orphan");
    await().until(() -> Files.exists(pids) && Files.size(pids) > 0);
    long pid = Long.parseLong(Files.readString(pids).strip());
    String uid = server.pod("orphan").at("/metadata/uid").asString();
    List<Path> cgroups = cgroups(pid, uid);
    Path logs = temp.resolve("agent/logs/default_orphan_" + uid);
    assertThat(logs).isNotEmptyDirectory();
    agent.close();
    server.direct().delete(Kinds.POD, "default", "orphan", DeleteOptions.now(uid));
    Files.move(temp.resolve("agent/runtime/sandboxes"), temp.resolve("first-of-all"));

    startAgent();

    await().until(() -> TestAgents.empty(temp.resolve("agent/pods")));
    assertThat(logs).doesNotExist();
    assertThat(cgroups).allSatisfy(cgroup -> assertThat(cgroup).doesNotExist());
    if (cgroups.isEmpty()) { // then nobody knows of it any more
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
    await().until(() -> ProcessHandle.of(pid).isEmpty());
  }

  /** The pod's, in every tree. */
  private static List<Path> cgroups(long pid, String uid) throws IOException {
    List<Path> cgroups = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
      String[] parts = line.split(":", 3);
      Path root = Path.of("/sys/fs/cgroup", parts[1]);
      if (parts[2].contains(uid)) {
        String pod = parts[2].substring(1, parts[2].indexOf(uid) + uid.length());
        cgroups.add(root.resolve(pod));
      }
    }
    return cgroups;
  }

  @Test
  void serverThatIsAwayStopsNothingAndIsToldLater() throws Exception {
    Path go = temp.resolve("go");
    Path runs = temp.resolve("runs");
    create(
        "alone",
        """
        command: [/bin/sh, -c]
        args: ["echo run >> %s; while [ ! -e %s ]; do sleep 0.05; done; rm %s; exit 5"]
        """
            .formatted(runs, go, go));
    awaitReady("alone");

    server.away(true);
    Files.createFile(go);
    await().until(() -> Files.readAllLines(runs).size() == 2);
    server.away(false);

    await()
        .until(
            () ->
                server
                        .pod("alone")
                        .at("/status/containerStatuses/0/lastState/terminated/exitCode")
                        .asInt(0)
                    == 5);
  }

  @Test
  void podThatAsksForTooMuchIsRejected() {
    server.createPod(
        "huge",
        """
        nodeName: machine-1
        runtimeClassName: process
        containers:
        - {name: main, image: host/sleep, args: ['1'], resources: {requests: {cpu: '5000'}}}
        """);

    await().until(() -> server.pod("huge").at("/status/phase").asString().equals("Failed"));
    assertThat(server.pod("huge").at("/status/reason").asString()).isEqualTo("OutOfcpu");
    assertThat(server.pod("huge").at("/status/message").asString())
        .startsWith(
            "Pod was rejected: Node didn't have enough resource: cpu, requested: 5000000, used: 0,"
                + " capacity: ");
  }

  @Test
  void podWithoutRestartsSucceeds() {
    server.createPod(
        "once",
        """
        nodeName: machine-1
        runtimeClassName: process
        restartPolicy: Never
        initContainers:
        - {name: first, image: host/sh, command: [/bin/sh, -c, 'echo first']}
        containers:
        - {name: main, image: host/sh, command: [/bin/sh, -c, 'echo second']}
        """);

    await().until(() -> server.pod("once").at("/status/phase").asString().equals("Succeeded"));
    assertThat(log("once", "")).isEqualTo("200 second\n");
    assertThat(get("/containerLogs/default/once/first", pki.kubeletClient()))
        .isEqualTo("200 first\n");
  }

  @Test
  void logsGoToTheApiServerOnly() {
    create("quiet", "command: [/bin/sleep, '1000']");
    awaitReady("quiet");

    assertThat(get("/healthz", pki.kubeletClient())).isEqualTo("200 ok");
    assertThat(get("/containerLogs/default/quiet/main", pki.nodeCredential("other")))
        .isEqualTo(
            "403 Forbidden (user=system:node:other, verb=get, resource=nodes,"
                + " subresource(s)=[proxy])");
    assertThatThrownBy(() -> get("/containerLogs/default/quiet/main", null))
        .isInstanceOf(CompletionException.class);
    assertThat(log("quiet", "?previous=true"))
        .isEqualTo("400 previous terminated container \"main\" in pod \"quiet\" not found");
    assertThat(get("/containerLogs/default/none/main", pki.kubeletClient()))
        .isEqualTo("404 pod \"none\" does not exist");
    assertThat(get("/containerLogs/default/quiet/none", pki.kubeletClient()))
        .isEqualTo("404 container \"none\" not found in pod \"quiet\"");
    assertThat(log("quiet", "?tailLines=x")).isEqualTo("400 tailLines x is not a number");
  }

  @Test
  void followedLogEndsWithItsContainer() throws Exception {
    Path go = temp.resolve("go");
    server.createPod(
        "talking",
        """
        nodeName: machine-1
        runtimeClassName: process
        restartPolicy: Never
        terminationGracePeriodSeconds: 1
        containers:
        - name: main
          image: host/sh
          command: [/bin/sh, -c]
          args: ["echo one; while [ ! -e %s ]; do sleep 0.05; done; echo two"]
        """
            .formatted(go));
    awaitReady("talking");
    var answer = ask("/containerLogs/default/talking/main?follow=true", pki.kubeletClient());
    Files.createFile(go);

    assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("200 one\ntwo\n");
  }

  @Test
  void secondAgentOfOneRootDoesNotStart() {
    assertThatThrownBy(this::startAgent)
        .isInstanceOf(AgentStartException.class)
        .hasMessageContaining("another agent uses");
  }

  @Test
  void identityThatWasKeptIsTheSame() {
    AgentIdentity kept = TestAgents.identity(pki, NODE);
    kept.save(temp.resolve("identity"));

    assertThat(AgentIdentity.load(temp.resolve("identity"))).isEqualTo(kept);
    assertThat(AgentIdentity.load(temp.resolve("nothing"))).isNull();
  }

  private void create(String name, String container) {
    create(name, container, 1);
  }

  private void create(String name, String container, int grace) {
    server.createPod(
        name,
        """
        nodeName: machine-1
        runtimeClassName: process
        terminationGracePeriodSeconds: %d
        containers:
        - name: main
          image: host/sh
        """
                .formatted(grace)
            + container.indent(2));
  }

  private void awaitReady(String pod) {
    await().until(() -> TestCluster.condition(server.pod(pod), "Ready").equals("True"));
  }

  private String log(String pod, String query) {
    return get("/containerLogs/default/" + pod + "/main" + query, pki.kubeletClient());
  }

  private String get(String path, Credential as) {
    return ask(path, as).join();
  }

  private CompletableFuture<String> ask(String path, Credential as) {
    Vertx vertx = Vertx.vertx();
    HttpClientOptions options =
        new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false);
    if (as != null) {
      options.setKeyCertOptions(
          new PemKeyCertOptions()
              .setKeyValue(Buffer.buffer(as.keyPem()))
              .setCertValue(Buffer.buffer(as.certificatePem())));
    }
    HttpClientAgent client = vertx.createHttpClient(options);
    return client
        .request(HttpMethod.GET, agent.port(), "127.0.0.1", path)
        .compose(request -> request.send())
        .compose(
            response -> response.body().map(body -> response.statusCode() + " " + body.toString()))
        // Vert.x closes a client that nobody holds any more.
        .onComplete(ended -> client.close().onComplete(closed -> vertx.close()))
        .toCompletionStage()
        .toCompletableFuture();
  }

  private static boolean root() {
    return "root".equals(System.getProperty("user.name"));
  }
}
