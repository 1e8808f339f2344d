package garrison.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.agent.volume.HostPathGuard;
import garrison.apiserver.pki.Credential;
import garrison.apiserver.pki.Pki;
import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Volumes and the owner's guard, seen by real processes (spec: node-agent 3.10, 3.11). */
class VolumesTest {
  private static final String NODE = "machine-1";

  @TempDir static Path keys;
  private static Pki pki;

  @TempDir Path temp;
  private final TestCluster server = new TestCluster();
  private Path out;
  private Agent agent;

  @BeforeAll
  static void makeKeys() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(20));
    pki = Pki.open(keys.resolve("pki"), Clock.systemUTC(), List.of("127.0.0.1"));
  }

  @BeforeEach
  void start() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")));
    temp = temp.toRealPath();
    out = Files.createDirectory(temp.resolve("out"));
    Files.createDirectories(temp.resolve("log"));
    Files.createDirectories(temp.resolve("secret"));
    Files.createSymbolicLink(out.resolve("link"), temp.resolve("secret"));
    Credential credential = pki.nodeCredential(NODE);
    agent =
        Agent.start(
            AgentConfig.of(NODE, temp.resolve("agent"))
                .withAddress("127.0.0.1")
                .withOwner(
                    OwnerPolicy.NONE.withHostPaths(
                        new HostPathGuard(
                            List.of(
                                HostPathGuard.Allowed.parse(out.toString()),
                                HostPathGuard.Allowed.parse(temp + "/log:ro"))))),
            server.cluster(),
            new AgentIdentity(
                credential.key(),
                credential.chain(),
                List.of(pki.certificateAuthority().certificate())),
            Clock.systemUTC());
    assertThat(agent.awaitReady(Duration.ofSeconds(20))).isTrue();
  }

  @AfterEach
  void stop() throws Exception {
    if (agent != null) {
      server.away(false);
      for (ObjectNode pod : server.pods()) {
        server
            .direct()
            .delete(
                Kinds.POD,
                "default",
                pod.at("/metadata/name").asString(),
                DeleteOptions.now(pod.at("/metadata/uid").asString()));
      }
      await().until(() -> empty(temp.resolve("agent/runtime/sandboxes")));
      await().until(() -> empty(temp.resolve("agent/pods")));
      agent.close();
    }
    server.close();
  }

  private static boolean empty(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return true;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  private void object(garrison.model.kind.Kind kind, String name, Map<String, String> data) {
    ObjectNode object = Json.object().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    object.putObject("metadata").put("name", name).put("namespace", "default");
    ObjectNode values = object.putObject("data");
    data.forEach(values::put);
    server.direct().create(kind, "default", object);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A pod whose main container runs a script that writes what it sees below /out. */
  private void pod(String name, String script, String mounts, String more) {
    server.createPod(
        name,
        """
        nodeName: machine-1
        runtimeClassName: process
        terminationGracePeriodSeconds: 1
        containers:
        - name: main
          image: host/sh
          command: [/bin/sh, -c, "{ %s; } > /mnt/out/new 2>&1; mv /mnt/out/new /mnt/out/%s; exec sleep 1000"]
          volumeMounts:
          - {name: out, mountPath: /mnt/out}
        """
                .formatted(script, name)
            + mounts.indent(2)
            + "volumes:\n- {name: out, hostPath: {path: '"
            + out
            + "'}}\n"
            + more);
  }

  private List<String> seen(String name) {
    Path file = out.resolve(name);
    await().until(() -> Files.exists(file));
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void filesOfObjectsHaveTheirPlacesModesAndFileSystems() {
    object(Kinds.CONFIG_MAP, "map", Map.of("a", "A", "b", "B"));
    object(Kinds.SECRET, "safe", Map.of("password", base64("open sesame")));
    pod(
        "files",
        "cd /mnt; cat map/a map/b; echo; ls items; cat items/deep/x; echo; cat safe/password; echo;"
            + " stat -L -c %a safe/password items/deep/x map/a; stat -f -c %T safe map down all;"
            + " cat down/labels; echo; cat down/limit; echo; cat all/p all/a all/ns; echo;"
            + " touch map/new || echo read-only; ls optional | wc -l; cat /mnt/one/file",
        """
        - {name: map, mountPath: /mnt/map, readOnly: true}
        - {name: items, mountPath: /mnt/items}
        - {name: safe, mountPath: /mnt/safe}
        - {name: down, mountPath: /mnt/down}
        - {name: all, mountPath: /mnt/all}
        - {name: optional, mountPath: /mnt/optional}
        - {name: map, mountPath: /mnt/one/file, subPath: a}
        """,
        """
        - {name: map, configMap: {name: map}}
        - {name: items, configMap: {name: map, defaultMode: 0440, items: [{key: b, path: deep/x}]}}
        - {name: safe, secret: {secretName: safe, defaultMode: 0400}}
        - name: down
          downwardAPI:
            items:
            - {path: labels, fieldRef: {fieldPath: metadata.name}}
            - {path: limit, resourceFieldRef: {containerName: main, resource: limits.cpu, divisor: 1m}}
        - name: all
          projected:
            sources:
            - {secret: {name: safe, items: [{key: password, path: p}]}}
            - {configMap: {name: map, items: [{key: a, path: a}]}}
            - {downwardAPI: {items: [{path: ns, fieldRef: {fieldPath: metadata.namespace}}]}}
            - {configMap: {name: none, optional: true}}
        - {name: optional, secret: {secretName: none, optional: true}}
        - {name: unused, secret: {secretName: none}}
        """);

    String millis =
        Integer.toString(
            server.node(NODE).at("/status/allocatable/cpu").asString().endsWith("m")
                ? 0
                : Integer.parseInt(server.node(NODE).at("/status/allocatable/cpu").asString())
                    * 1000);
    assertThat(seen("files").stream().filter(line -> !line.startsWith("touch:")))
        .containsExactly(
            "AB",
            "deep",
            "B",
            "open sesame",
            "400",
            "440",
            "644",
            "tmpfs",
            diskType(),
            "tmpfs",
            "tmpfs",
            "files",
            millis,
            "open sesameAdefault",
            "read-only",
            "0",
            "A");
  }

  private String diskType() {
    try {
      Process process = new ProcessBuilder("stat", "-f", "-c", "%T", temp.toString()).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void emptyDirsAreOpenInMemoryOfTheirSizeAndOfTheirGroup() {
    pod(
        "empty",
        "cd /mnt; stat -c '%a %g' disk memory; stat -f -c %T memory; df --output=size -k memory |"
            + " tail -1 | tr -d ' '; echo x > memory/x; stat -c %g memory/x; id -G | tr ' ' '\\\\n' |"
            + " grep 4242; ls -A part; echo y > part/y; cat disk/host-empty/y",
        """
        - {name: disk, mountPath: /mnt/disk}
        - {name: memory, mountPath: /mnt/memory}
        - {name: disk, mountPath: /mnt/part, subPathExpr: '$(KIND)-$(NAME)'}
        env:
        - {name: KIND, value: host}
        - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        """,
        """
        - {name: disk, emptyDir: {}}
        - {name: memory, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
        securityContext: {fsGroup: 4242}
        """);
    assertThat(seen("empty"))
        .containsExactly("2777 4242", "3777 4242", "tmpfs", "1024", "4242", "4242", "y");
  }

  @Test
  void changesReachTheFilesAndAMissingSourceHoldsUpNothingThatRuns() throws Exception {
    object(Kinds.CONFIG_MAP, "map", Map.of("a", "one"));
    pod(
        "fresh",
        "cat /mnt/map/a; while [ $(cat /mnt/map/a) = one ]; do sleep 0.05; done; cat /mnt/map/a",
        "- {name: map, mountPath: /mnt/map}\n",
        "- {name: map, configMap: {name: map}}\n");
    await().until(() -> TestCluster.condition(server.pod("fresh"), "Ready").equals("True"));
    ObjectNode patch = Json.object();
    patch.putObject("data").put("a", "two");
    server.direct().patch(Kinds.CONFIG_MAP, "default", "map", PatchType.MERGE, patch, "");
    touch("fresh", "1");
    assertThat(seen("fresh")).containsExactly("onetwo");

    server.direct().delete(Kinds.CONFIG_MAP, "default", "map", DeleteOptions.DEFAULT);
    touch("fresh", "2");
    await()
        .untilAsserted(
            () ->
                assertThat(server.events("fresh"))
                    .contains(
                        "FailedMount: MountVolume.SetUp failed for volume \"map\" : configmap"
                            + " \"map\" not found"));
    assertThat(TestCluster.condition(server.pod("fresh"), "Ready")).isEqualTo("True");
  }

  /** Any change of a pod has its node look at it again. */
  private void touch(String pod, String value) {
    ObjectNode patch = Json.object();
    patch.putObject("metadata").putObject("annotations").put("touched", value);
    server.direct().patch(Kinds.POD, "default", pod, PatchType.MERGE, patch, "");
  }

  @Test
  void eachVolumeThatFailsSaysWhyAndThePodGoesOnOnceNoneDoes() {
    pod(
        "late",
        "cat /mnt/map/a",
        """
        - {name: map, mountPath: /mnt/map}
        - {name: safe, mountPath: /mnt/safe}
        - {name: typed, mountPath: /mnt/typed}
        """,
        """
        - {name: map, configMap: {name: map, items: [{key: a, path: a}]}}
        - {name: safe, secret: {secretName: safe}}
        - {name: typed, hostPath: {path: '%s/dir', type: Directory}}
        """
            .formatted(out));
    String dir = out + "/dir";
    await()
        .untilAsserted(
            () ->
                assertThat(server.events("late"))
                    .contains(
                        failed("map", "configmap \"map\" not found"),
                        failed("safe", "secret \"safe\" not found"),
                        failed(
                            "typed",
                            "hostPath type check failed, "
                                + dir
                                + " is not a directory, unable to determine its type: path \""
                                + dir
                                + "\" does not exist")));
    object(Kinds.CONFIG_MAP, "map", Map.of("b", "B"));
    object(Kinds.SECRET, "safe", Map.of());
    await()
        .untilAsserted(
            () ->
                assertThat(server.events("late"))
                    .contains(failed("map", "configmap references non-existent config key: a")));
    ObjectNode patch = Json.object();
    patch.putObject("data").put("a", "at last");
    server.direct().patch(Kinds.CONFIG_MAP, "default", "map", PatchType.MERGE, patch, "");
    assertThat(out.resolve("dir").toFile().mkdir()).isTrue();
    assertThat(seen("late")).containsExactly("at last");
  }

  private static String failed(String volume, String why) {
    return "FailedMount: MountVolume.SetUp failed for volume \"" + volume + "\" : " + why;
  }

  @ParameterizedTest
  @CsvSource({
    "T/secret, true,  T/secret is not among those",
    "T/secret, false, T/secret is not among those",
    "/, true,  / is not among those",
    "T/log, false, T/log may be mounted read-only only on this node",
    "T/out/link, true, T/out/link (really T/secret) is not among those",
    "T/out/link/new, true, T/out/link/new (really T/secret/new) is not among those",
  })
  void podOutsideOfWhatTheOwnerAllowsIsRefused(String path, boolean readOnly, String why) {
    server.createPod(
        "curious",
        """
        nodeName: machine-1
        runtimeClassName: process
        containers:
        - name: main
          image: host/sh
          command: [sleep, "1000"]
          volumeMounts: [{name: v, mountPath: /mnt, readOnly: %s}]
        volumes: [{name: v, hostPath: {path: '%s', type: DirectoryOrCreate}}]
        """
            .formatted(readOnly, path.replace("T/", temp + "/")));
    await().until(() -> server.pod("curious").at("/status/phase").asString("").equals("Failed"));
    JsonNode status = server.pod("curious").path("status");
    String sentence = "volume \"v\": hostPath " + why.replace("T/", temp + "/");
    assertThat(status.path("reason").asString()).isEqualTo("HostPathNotAllowed");
    assertThat(status.path("message").asString()).startsWith("Pod was rejected: " + sentence);
    await()
        .untilAsserted(
            () ->
                assertThat(server.events("curious"))
                    .anyMatch(event -> event.startsWith("HostPathNotAllowed: " + sentence)));
    assertThat(temp.resolve("secret")).isEmptyDirectory();
  }

  @Test
  void whatMayOnlyBeReadIsNotSharedWithLaterMounts() {
    server.createPod(
        "sharing",
        """
        nodeName: machine-1
        runtimeClassName: process
        containers:
        - name: main
          image: host/sh
          command: [sleep, "1000"]
          volumeMounts: [{name: v, mountPath: /mnt, readOnly: true, mountPropagation: HostToContainer}]
        volumes: [{name: v, hostPath: {path: '%s/log'}}]
        """
            .formatted(temp));
    await()
        .untilAsserted(
            () ->
                assertThat(server.events("sharing"))
                    .anyMatch(
                        event ->
                            event.startsWith(
                                failed(
                                    "v",
                                    "hostPath "
                                        + temp
                                        + "/log may be mounted read-only only on this node, so"
                                        + " without mountPropagation"))));
  }

  @Test
  void linkThatTurnsAwayAfterAdmissionIsCaughtAtTheMount() throws Exception {
    Path later = out.resolve("later");
    server.createPod(
        "turned",
        """
        nodeName: machine-1
        runtimeClassName: process
        containers:
        - name: main
          image: host/sh
          command: [sleep, "1000"]
          volumeMounts: [{name: v, mountPath: /mnt}]
        volumes: [{name: v, hostPath: {path: '%s', type: Directory}}]
        """
            .formatted(later));
    await()
        .untilAsserted(
            () ->
                assertThat(server.events("turned"))
                    .anyMatch(event -> event.startsWith("FailedMount: ")));
    Files.createSymbolicLink(later, temp.resolve("secret"));
    await()
        .untilAsserted(
            () ->
                assertThat(server.events("turned"))
                    .anyMatch(
                        event ->
                            event.startsWith(
                                failed(
                                    "v", "hostPath " + later + " (really " + temp + "/secret)"))));
    Files.delete(later);
    Files.createDirectory(later);
    await().until(() -> TestCluster.condition(server.pod("turned"), "Ready").equals("True"));
  }

  @Test
  void variablesComeFromEverySource() {
    object(Kinds.CONFIG_MAP, "map", Map.of("A", "from map", "B", "map"));
    object(Kinds.SECRET, "safe", Map.of("S", base64("sesame")));
    server.createPod(
        "env",
        """
        nodeName: machine-1
        runtimeClassName: process
        terminationGracePeriodSeconds: 1
        initContainers:
        - name: writer
          image: host/sh
          command: [/bin/sh, -c, "echo \\"F='from file'\\" > /mnt/files/env"]
          volumeMounts: [{name: files, mountPath: /mnt/files}]
        containers:
        - name: main
          image: host/sh
          command: [/bin/sh, -c, "env | sort > /mnt/out/new; mv /mnt/out/new /mnt/out/env; exec sleep 1000"]
          resources: {limits: {memory: 64Mi}, requests: {cpu: 10m}}
          envFrom:
          - {configMapRef: {name: map}}
          - {secretRef: {name: safe}, prefix: P_}
          - {configMapRef: {name: none, optional: true}}
          env:
          - {name: B, value: own}
          - {name: C, value: '$(A) and $(B), $$(B), $(NONE)'}
          - {name: D, valueFrom: {configMapKeyRef: {name: map, key: B}}}
          - {name: E, valueFrom: {secretKeyRef: {name: safe, key: none, optional: true}}}
          - {name: F, valueFrom: {fileKeyRef: {volumeName: files, path: env, key: F}}}
          - {name: G, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
          - {name: H, valueFrom: {resourceFieldRef: {resource: requests.cpu, divisor: 1m}}}
          - {name: I, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}
          volumeMounts:
          - {name: out, mountPath: /mnt/out}
        volumes:
        - {name: out, hostPath: {path: '%s'}}
        - {name: files, emptyDir: {}}
        """
            .formatted(out));
    assertThat(
            seen("env").stream()
                .filter(line -> line.matches("[A-Z](_S)?=.*"))
                .collect(Collectors.joining("\n")))
        .isEqualTo(
            """
            A=from map
            B=own
            C=from map and own, $(B), $(NONE)
            D=map
            F=from file
            G=64
            H=10
            I=127.0.0.1
            P_S=sesame\
            """);
  }
}
