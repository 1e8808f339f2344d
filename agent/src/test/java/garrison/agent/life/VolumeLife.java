package garrison.agent.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.agent.AgentConfig;
import garrison.agent.OwnerPolicy;
import garrison.agent.TestCluster;
import garrison.agent.volume.HostPathGuard;
import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Volumes, the owner's guard and variables, seen by what really runs (spec: node-agent 3.10, 3.11);
 * each runtime has a subclass.
 */
public abstract class VolumeLife {
  @TempDir Path temp;
  private NodeFixture node;
  private TestCluster server;
  private Path out;

  /** What they are held to. */
  protected abstract Flavour flavour();

  @BeforeEach
  void open() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")));
    node = new NodeFixture(flavour().with(this::guarded), temp);
    server = node.server();
    temp = node.temp();
    out = node.file("");
    Files.createDirectories(temp.resolve("log"));
    Files.createDirectories(temp.resolve("secret"));
    Files.createSymbolicLink(out.resolve("link"), temp.resolve("secret"));
  }

  private AgentConfig guarded(AgentConfig config) {
    Path files = config.root().getParent();
    return config.withOwner(
        OwnerPolicy.NONE.withHostPaths(
            new HostPathGuard(
                List.of(
                    HostPathGuard.Allowed.parse(files + "/shared"),
                    HostPathGuard.Allowed.parse(files + "/log:ro")))));
  }

  @AfterEach
  void close() throws Exception {
    if (node != null) {
      node.close();
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

  /** A pod whose main container runs a script, and writes down what it sees. */
  private void pod(String name, String script, String mounts, String more) {
    node.create(
        name,
        """
        containers:
        - name: main
          command: [/bin/sh, -c, "{ %s; } > DIR/new 2>&1; mv DIR/new DIR/%s; exec sleep 1000"]
          volumeMounts:
        """
                .formatted(script, name)
            + mounts.indent(2)
            + "volumes:\n"
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
            + " stat -L -c %a safe/password items/deep/x map/a; stat -f -c %T safe map down all |"
            + " sed '/tmpfs/!s/.*/disk/';"
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

    String cpu = server.node(NodeFixture.NODE).at("/status/allocatable/cpu").asString();
    String millis = cpu.endsWith("m") ? "0" : cpu + "000";
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
            "disk",
            "tmpfs",
            "tmpfs",
            "files",
            millis,
            "open sesameAdefault",
            "read-only",
            "0",
            "A");
  }

  @Test
  void emptyDirsAreOpenInMemoryOfTheirSizeAndOfTheirGroup() {
    pod(
        "empty",
        "cd /mnt; stat -c '%a %g' disk memory; stat -f -c %T memory; df -Pk memory |"
            + " tail -1 | tr -s ' ' | cut -d ' ' -f 2; echo x > memory/x; stat -c %g memory/x; id -G | tr ' ' '\\\\n' |"
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
  void hostPathsOfEveryTypeAreWhatTheyAreCalled() throws Exception {
    Files.createDirectory(out.resolve("Directory"));
    Files.writeString(out.resolve("File"), "of the host");
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(out.resolve("Socket")));
    }
    run("mknod", out + "/CharDevice", "c", "1", "3");
    run("mknod", out + "/BlockDevice", "b", "7", "199");
    StringBuilder mounts = new StringBuilder();
    StringBuilder volumes = new StringBuilder();
    List<String> types =
        List.of(
            "Directory",
            "DirectoryOrCreate",
            "File",
            "FileOrCreate",
            "Socket",
            "CharDevice",
            "BlockDevice",
            "");
    for (String type : types) {
      String name = "v" + type.toLowerCase(Locale.ROOT);
      mounts.append("- {name: %s, mountPath: '/mnt/at%s'}\n".formatted(name, type));
      volumes.append(
          "- {name: %s, hostPath: {path: 'DIR/%s', type: '%s'}}\n".formatted(name, type, type));
    }
    pod(
        "types",
        "cd /mnt; stat -c %F "
            + types.stream().map(type -> "at" + type).collect(Collectors.joining(" "))
            + "; echo written > atDirectory/x; touch locked/x || echo read-only",
        mounts + "- {name: vdirectory, mountPath: /mnt/locked, readOnly: true}\n",
        volumes.toString());
    assertThat(seen("types").stream().filter(line -> !line.startsWith("touch:")))
        .containsExactly(
            "directory",
            "directory",
            "regular file",
            "regular empty file",
            "socket",
            "character special file",
            "block special file",
            "directory",
            "read-only");
    assertThat(out.resolve("Directory/x")).hasContent("written");
    assertThat(out.resolve("DirectoryOrCreate")).isDirectory();
    assertThat(out.resolve("FileOrCreate")).isEmptyFile();
  }

  @Test
  void whatTheHostMountsLaterIsSeenByThoseThatAskForIt() throws Exception {
    Path host = Files.createDirectory(out.resolve("host"));
    run("mount", "-t", "tmpfs", "tmpfs", host.toString());
    try {
      run("mount", "--make-shared", host.toString());
      Path later = Files.createDirectory(host.resolve("later"));
      pod(
          "later",
          "while [ ! -e /mnt/live/later/file ]; do sleep 0.05; done; ls /mnt/still/later",
          """
          - {name: host, mountPath: /mnt/live, mountPropagation: HostToContainer}
          - {name: host, mountPath: /mnt/still}
          """,
          "- {name: host, hostPath: {path: DIR/host}}\n");
      node.awaitReady("later");

      run("mount", "-t", "tmpfs", "tmpfs", later.toString());
      Files.createFile(later.resolve("file"));

      assertThat(seen("later")).isEmpty();
    } finally {
      run("umount", "--recursive", "--lazy", host.toString());
    }
  }

  @Test
  void whatAPrivilegedContainerMountsIsSeenByOthersWhereTheRuntimeTakesIt() {
    assumeTrue(flavour().folder() != null, "processes refuse Bidirectional");
    node.create(
        "both",
        """
        containers:
        - name: giver
          securityContext: {privileged: true}
          command: [/bin/sh, -c, "mkdir /mnt/in; mount -t tmpfs tmpfs /mnt/in; touch /mnt/in/file; trap 'exit 0' TERM; while :; do sleep 0.05; done"]
          lifecycle: {preStop: {exec: {command: [umount, /mnt/in]}}}
          volumeMounts: [{name: host, mountPath: /mnt, mountPropagation: Bidirectional}]
        - name: taker
          command: [/bin/sh, -c, "while [ ! -e /mnt/in/file ]; do sleep 0.05; done; echo seen > DIR/both; trap 'exit 0' TERM; while :; do sleep 0.05; done"]
          volumeMounts: [{name: host, mountPath: /mnt, mountPropagation: HostToContainer}]
        volumes:
        - {name: host, hostPath: {path: DIR/host, type: DirectoryOrCreate}}
        """);
    assertThat(seen("both")).containsExactly("seen");
    assertThat(out.resolve("host/in")).as("on this machine").isEmptyDirectory();
    node.delete("both", 10);
    node.awaitGone("both");
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", String.join(" ", command), output).isZero();
  }

  @Test
  void changesReachTheFilesAndAMissingSourceHoldsUpNothingThatRuns() throws Exception {
    object(Kinds.CONFIG_MAP, "map", Map.of("a", "one"));
    pod(
        "fresh",
        "cat /mnt/map/a; touch DIR/read; while [ $(cat /mnt/map/a) = one ]; do sleep 0.05; done; cat /mnt/map/a",
        "- {name: map, mountPath: /mnt/map}\n",
        "- {name: map, configMap: {name: map}}\n");
    await().until(() -> Files.exists(out.resolve("read")));
    node.awaitReady("fresh");
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
    "T/shared/link, true, T/shared/link (really T/secret) is not among those",
    "T/shared/link/new, true, T/shared/link/new (really T/secret/new) is not among those",
  })
  void podOutsideOfWhatTheOwnerAllowsIsRefused(String path, boolean readOnly, String why) {
    node.create(
        "curious",
        """
        containers:
        - name: main
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
    node.create(
        "sharing",
        """
        containers:
        - name: main
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
  void whatMayOnlyBeReadIsNotWrittenByWhoeverDebugs() {
    node.create(
        "read",
        """
        containers:
        - name: main
          command: [sleep, "1000"]
          volumeMounts: [{name: v, mountPath: /mnt, readOnly: true}]
        volumes: [{name: v, hostPath: {path: '%s/log'}}]
        """
            .formatted(temp));
    node.awaitReady("read");

    node.debug(
        "read",
        "{name: writes, command: [sleep, '1000'], volumeMounts: [{name: v, mountPath: /mnt}]}");
    node.debug(
        "read",
        "{name: reads, command: [sleep, '1000'],"
            + " volumeMounts: [{name: v, mountPath: /mnt, readOnly: true}]}");

    node.awaitContainer("read", "reads", status -> status.at("/state").has("running"));
    JsonNode refused = node.container("read", "writes").at("/state/waiting");
    assertThat(refused.path("reason").asString()).isEqualTo("CreateContainerConfigError");
    assertThat(refused.path("message").asString())
        .startsWith("hostPath " + temp + "/log may be mounted read-only only on this node");
  }

  @Test
  void linkThatTurnsAwayAfterAdmissionIsCaughtAtTheMount() throws Exception {
    Path later = out.resolve("later");
    node.create(
        "turned",
        """
        containers:
        - name: main
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
    node.create(
        "env",
        """
        initContainers:
        - name: writer
          command: [/bin/sh, -c, "echo \\"F='from file'\\" > /mnt/files/env"]
          volumeMounts: [{name: files, mountPath: /mnt/files}]
        containers:
        - name: main
          command: [/bin/sh, -c, "env | sort > DIR/new; mv DIR/new DIR/env; exec sleep 1000"]
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
        volumes:
        - {name: files, emptyDir: {}}
        """);
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
