package garrison.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.agent.runtime.Container;
import garrison.agent.runtime.ContainerSpec;
import garrison.agent.runtime.ContainerSpec.Input;
import garrison.agent.runtime.ContainerSpec.Limits;
import garrison.agent.runtime.ContainerSpec.Mount;
import garrison.agent.runtime.ContainerSpec.Propagation;
import garrison.agent.runtime.ContainerSpec.Security;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, real cgroups (spec: node-agent 4). */
class ProcessRuntimeTest {
  private static final Security PLAIN = Security.PLAIN;
  private static final SandboxSpec FRAME = SandboxSpec.of("default", "p", "uid-1");
  private static final Limits NO_LIMITS = new Limits(2, 0, 0, null);

  @TempDir Path temp;
  private ProcessRuntime runtime;
  private String sandbox;

  @BeforeEach
  void open() {
    runtime = ProcessRuntime.open(temp.resolve("root"), "test", Clock.systemUTC());
    sandbox = runtime.runSandbox(FRAME);
  }

  @AfterEach
  void removeAll() throws InterruptedException {
    for (Container container : runtime.containers(sandbox)) {
      runtime.stopContainer(container.id(), Duration.ZERO);
    }
    runtime.removeSandbox(sandbox);
    runtime.close();
  }

  private ContainerSpec shell(String script) {
    return spec(script, NO_LIMITS, PLAIN, List.of());
  }

  private ContainerSpec spec(String script, Limits limits, Security security, List<Mount> mounts) {
    return new ContainerSpec(
        "c",
        0,
        "host/sh",
        "host/sh",
        List.of("/bin/sh", "-c"),
        List.of(script),
        "",
        Map.of("GREETING", "hi"),
        mounts,
        temp.resolve("logs/0.log").toString(),
        limits,
        security,
        Input.NONE,
        "",
        Map.of(),
        "h");
  }

  private String start(ContainerSpec spec) {
    String id = runtime.createContainer(sandbox, FRAME, spec);
    runtime.startContainer(id);
    return id;
  }

  private Container ended(String id) {
    return await().until(() -> container(id), Container::exited);
  }

  private Container container(String id) {
    return runtime.containers(sandbox).stream()
        .filter(container -> container.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private String log() throws IOException {
    Path log = temp.resolve("logs/0.log");
    return Files.exists(log) ? Files.readString(log) : "";
  }

  private long pid(String id) throws IOException {
    Properties state =
        Properties.read(temp.resolve("root/sandboxes/" + sandbox + "/containers/" + id + "/state"));
    return state == null ? 0 : state.number("pid");
  }

  @Test
  void outputGoesToALogInTheCriFormat() throws IOException {
    ended(start(shell("echo $GREETING; echo oops >&2; printf unfinished")));

    assertThat(log().lines().sorted(java.util.Comparator.comparing(line -> line.substring(31))))
        .allMatch(
            line ->
                line.matches(
                    "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z std(out|err) F .*"))
        .extracting(line -> line.substring(line.indexOf(' ') + 1))
        .containsExactlyInAnyOrder("stderr F oops", "stdout F hi", "stdout F unfinished");
  }

  @Test
  void lineOver16KiBIsCutIntoPartialOnes() throws IOException {
    ended(start(shell("head -c 40000 /dev/zero | tr '\\0' x; echo")));

    assertThat(log().lines().map(line -> line.split(" ", 4)[2])).containsExactly("P", "P", "F");
    assertThat(log().lines().mapToInt(line -> line.split(" ", 4)[3].length()).sum())
        .isEqualTo(40_000);
  }

  @Test
  void floodOfOutputIsRotatedBySize() throws IOException {
    ended(start(shell("yes 0123456789012345678901234567890123456789 | head -c 80000000")));

    try (Stream<Path> files = Files.list(temp.resolve("logs"))) {
      assertThat(files.toList())
          .hasSizeBetween(2, 5)
          .allMatch(file -> file.toFile().length() < 10_500_000);
    }
  }

  @Test
  void exitCodeAndReasonAreKept() {
    assertThat(ended(start(shell("exit 0"))))
        .extracting(Container::exitCode, Container::reason)
        .containsExactly(0, "Completed");
    assertThat(ended(start(shell("exit 7"))))
        .extracting(Container::exitCode, Container::reason)
        .containsExactly(7, "Error");
    assertThat(ended(start(shell("kill -9 $$"))))
        .extracting(Container::exitCode, Container::reason)
        .containsExactly(137, "Error");
  }

  @Test
  void programThatIsMissingIsAStartError() {
    ContainerSpec missing =
        new ContainerSpec(
            "c",
            0,
            "host/no-such-program",
            "host/no-such-program",
            List.of(),
            List.of(),
            "",
            Map.of(),
            List.of(),
            temp.resolve("logs/0.log").toString(),
            NO_LIMITS,
            PLAIN,
            Input.NONE,
            "",
            Map.of(),
            "h");
    String id = runtime.createContainer(sandbox, FRAME, missing);

    assertThatThrownBy(() -> runtime.startContainer(id))
        .isInstanceOf(RuntimeFailure.class)
        .hasMessageContaining("no-such-program: the command cannot be started: No such file");
    assertThat(container(id))
        .extracting(Container::exitCode, Container::reason)
        .containsExactly(128, "StartError");
  }

  @Test
  void imageThatIsNoProgramOfTheNodeIsRefused() {
    assertThatThrownBy(() -> runtime.image("fluent/fluentd:v1.14"))
        .isInstanceOf(RuntimeFailure.class)
        .hasMessageContaining("no container runtime");
    assertThat(runtime.image("host/sh").id()).isEqualTo("host/sh");
  }

  @Test
  void stopAsksFirst() throws Exception {
    String id =
        start(shell("trap 'echo asked; exit 3' TERM; echo up; while :; do sleep 0.05; done"));
    await().until(() -> log().contains("up"));

    runtime.stopContainer(id, Duration.ofSeconds(30));

    assertThat(container(id).exitCode()).isEqualTo(3);
    assertThat(log()).contains("asked");
  }

  @Test
  void stopForcesWhenTheGraceIsOver() throws Exception {
    String id = start(shell("trap '' TERM; echo up; while :; do sleep 0.05; done"));
    await().until(() -> log().contains("up"));

    runtime.stopContainer(id, Duration.ofMillis(200));

    assertThat(container(id).exitCode()).isEqualTo(137);
  }

  @Test
  void nothingThatAContainerStartedOutlivesIt() throws IOException {
    ended(
        start(shell("setsid sleep 7777 & setsid sh -c 'setsid sleep 7777 &'; sleep 0.1; echo $!")));

    assertThat(
            ProcessHandle.allProcesses().flatMap(process -> process.info().commandLine().stream()))
        .noneMatch(line -> line.contains("sleep 7777"));
  }

  @Test
  void containersOutliveTheAgentAndAreFoundAgain() throws Exception {
    String running = start(shell("echo up; exec sleep 1000"));
    String ending = start(shell("read line < " + temp.resolve("go") + "; exit 5"));
    long pid = pid(running);
    runtime.close();

    ProcessRuntime next = ProcessRuntime.open(temp.resolve("root"), "test", Clock.systemUTC());
    runtime = next;

    assertThat(container(running).running()).isTrue();
    assertThat(pid(running)).isEqualTo(pid);
    assertThat(ended(ending).exitCode()).as("its file is missing, so it failed").isNotZero();
    next.stopContainer(running, Duration.ofSeconds(5));
    assertThat(container(running).exitCode()).isEqualTo(143);
  }

  @Test
  void endWhileNoAgentRanIsKnownToTheNext() throws Exception {
    String id = start(shell("sleep 0.3; exit 5"));
    long pid = pid(id);
    runtime.close();
    await().until(() -> ProcessHandle.of(pid).isEmpty());

    runtime = ProcessRuntime.open(temp.resolve("root"), "test", Clock.systemUTC());

    assertThat(ended(id).exitCode()).isEqualTo(5);
    assertThat(container(id).finishedAt()).isAfter(container(id).startedAt());
  }

  @Test
  void launcherThatWasKilledLeavesNothingAndIsNoticed() throws Exception {
    String id = start(shell("setsid sleep 8888 & exec sleep 8888"));
    Properties state =
        Properties.read(temp.resolve("root/sandboxes/" + sandbox + "/containers/" + id + "/state"));
    ProcessHandle.of(state.number("launcher")).orElseThrow().destroyForcibly();

    Container container = ended(id);

    assertThat(container.exitCode()).isEqualTo(137);
    assertThat(container.reason()).isEqualTo("ContainerStatusUnknown");
    await()
        .until(
            () ->
                ProcessHandle.allProcesses()
                    .flatMap(process -> process.info().commandLine().stream())
                    .noneMatch(line -> line.contains("sleep 8888")));
  }

  @Test
  void memoryLimitKillsAndIsNamed() {
    assumeTrue(runtime.limitsProblem() == null, "cgroups cannot be written here");

    Container container =
        ended(
            start(
                spec(
                    "x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo ${#x}",
                    new Limits(2, 0, 32 << 20, null),
                    PLAIN,
                    List.of())));

    assertThat(container.reason()).isEqualTo("OOMKilled");
  }

  @Test
  void limitsAreInTheCgroupAndGoneWithIt() throws Exception {
    assumeTrue(runtime.limitsProblem() == null, "cgroups cannot be written here");
    String id =
        start(spec("exec sleep 1000", new Limits(102, 250, 64 << 20, 999), PLAIN, List.of()));
    String cgroups = Files.readString(Path.of("/proc/" + pid(id) + "/cgroup"));
    assertThat(cgroups).contains("/garrison/test-").contains("/uid-1/");
    assertThat(Files.readString(Path.of("/proc/" + pid(id) + "/oom_score_adj")).strip())
        .isEqualTo("999");

    runtime.stopContainer(id, Duration.ofSeconds(5));

    ContainerRecord record =
        ContainerRecord.of(
            garrison.model.json.Json.parse(
                Files.readString(
                    temp.resolve(
                        "root/sandboxes/" + sandbox + "/containers/" + id + "/container.json"))));
    assertThat(record.cgroups()).isNotEmpty().noneMatch(path -> Files.exists(Path.of(path)));
  }

  @Test
  void linkPutInPlaceOfAVolumeIsNotFollowed() throws Exception {
    assumeTrue(root(), "mounts need root");
    Path secret = Files.createDirectories(temp.resolve("secret"));
    Files.createDirectories(temp.resolve("above"));
    Files.createSymbolicLink(temp.resolve("link"), secret);
    Files.createSymbolicLink(temp.resolve("above/link"), temp);
    for (String source : List.of("link", "above/link/secret")) {
      Mount mount =
          new Mount(
              temp.resolve(source).toString(),
              temp.resolve("target").toString(),
              false,
              Propagation.PRIVATE);
      assertThatThrownBy(() -> start(spec("ls /", NO_LIMITS, PLAIN, List.of(mount))))
          .isInstanceOf(RuntimeFailure.class)
          .hasMessageContaining("the volume's source cannot be mounted")
          .hasMessageContaining("Too many levels of symbolic links");
      runtime.removeSandbox(sandbox);
      sandbox = runtime.runSandbox(FRAME);
    }
  }

  @Test
  void readOnlyVolumeCannotBeWrittenAndIsNotSeenOutside() throws Exception {
    assumeTrue(root(), "mounts need root");
    Path source = Files.createDirectories(temp.resolve("source"));
    Files.writeString(source.resolve("file"), "content");
    Path target = temp.resolve("made/where/missing");

    ended(
        start(
            spec(
                "cat " + target + "/file; echo x > " + target + "/new || echo refused",
                NO_LIMITS,
                PLAIN,
                List.of(
                    new Mount(source.toString(), target.toString(), true, Propagation.PRIVATE)))));

    assertThat(log()).contains("stdout F content").contains("refused");
    assertThat(target).isEmptyDirectory();
    assertThat(source.resolve("new")).doesNotExist();
  }

  @Test
  void volumeWithoutReadOnlyIsWritten() throws Exception {
    assumeTrue(root(), "mounts need root");
    Path source = Files.createDirectories(temp.resolve("source"));
    Path target = Files.createDirectories(temp.resolve("target"));

    ended(
        start(
            spec(
                "echo x > " + target + "/new",
                NO_LIMITS,
                PLAIN,
                List.of(
                    new Mount(source.toString(), target.toString(), false, Propagation.PRIVATE)))));

    assertThat(source.resolve("new")).hasContent("x");
  }

  @Test
  void readOnlyRootLeavesOnlyVolumesWritable() throws Exception {
    assumeTrue(root(), "mounts need root");
    Path source = Files.createDirectories(temp.resolve("source"));
    Path target = temp.resolve("target");

    ended(
        start(
            spec(
                "echo x > " + temp + "/outside || echo refused; echo y > " + target + "/inside",
                NO_LIMITS,
                Security.as(null, null, List.of(), true, List.of(), true),
                List.of(
                    new Mount(source.toString(), target.toString(), false, Propagation.PRIVATE)))));

    assertThat(log()).contains("refused");
    assertThat(temp.resolve("outside")).doesNotExist();
    assertThat(source.resolve("inside")).hasContent("y");
  }

  @Test
  void runsAsTheUserAskedForWithoutPrivileges() throws Exception {
    assumeTrue(root(), "changing the user needs root");

    ended(
        start(
            spec(
                "id -u; id -g; id -G; grep -E 'NoNewPrivs|CapBnd' /proc/self/status",
                NO_LIMITS,
                Security.as(65534L, 65534L, List.of(1234L), false, List.of("ALL"), false),
                List.of())));

    assertThat(log().lines().map(line -> line.substring(line.indexOf(" F ") + 3)))
        .containsExactly(
            "65534", "65534", "65534 1234", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1");
  }

  @Test
  void execRunsBesideTheContainer() throws Exception {
    String id = start(shell("echo up; exec sleep 1000"));

    assertThat(
            runtime.exec(
                id, List.of("/bin/sh", "-c", "echo $GREETING; exit 4"), Duration.ofSeconds(10)))
        .extracting("exitCode", "output", "timedOut")
        .containsExactly(4, "hi\n", false);
    assertThat(runtime.exec(id, List.of("sleep", "1000"), Duration.ofMillis(100)).timedOut())
        .isTrue();
  }

  @Test
  void execIsOverWithItsCommandWhateverThatLeavesBehind() throws Exception {
    String id = start(shell("exec sleep 1000"));

    assertThat(
            runtime.exec(
                id,
                List.of("/bin/sh", "-c", "echo me; setsid sh -c 'while echo flood; do :; done' &"),
                Duration.ofSeconds(10)))
        .satisfies(
            result -> {
              assertThat(result.exitCode()).isZero();
              assertThat(result.output()).startsWith("me\n").hasSizeLessThanOrEqualTo(10 * 1024);
            });
  }

  @Test
  void outputOfExecIsCut() throws Exception {
    String id = start(shell("exec sleep 1000"));

    assertThat(
            runtime
                .exec(id, List.of("/bin/sh", "-c", "yes | head -c 5000000"), Duration.ofSeconds(20))
                .output())
        .hasSize(10 * 1024);
  }

  @Test
  void execThatNobodyWaitsForEnds() throws Exception {
    String id = start(shell("exec sleep 1000"));
    Path pid = temp.resolve("pid");
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    runtime.exec(
                        id,
                        List.of("/bin/sh", "-c", "echo $$ > " + pid + "; exec sleep 1000"),
                        Duration.ZERO);
                  } catch (InterruptedException e) {
                    return; // as asked
                  }
                });
    await().until(() -> Files.exists(pid) && Files.size(pid) > 0);
    long command = Long.parseLong(Files.readString(pid).strip());

    waiting.interrupt();

    await().until(() -> ProcessHandle.of(command).isEmpty());
    waiting.join();
  }

  private static boolean root() {
    return "root".equals(System.getProperty("user.name"));
  }
}
