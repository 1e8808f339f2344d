package garrison.agent.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lifecycle hooks of what really runs (spec: node-agent 3.4, 3.8); each runtime has a subclass. */
public abstract class HookLife {
  /** Ends when it is told to, as the first process of a container does only by a handler. */
  private static final String SLEEP =
      "command: [/bin/sh, -c, 'trap \"exit 143\" TERM; sleep 1000 & wait']";

  @TempDir Path temp;
  private final Servers servers = new Servers();
  private NodeFixture node;

  /** What they are held to. */
  protected abstract Flavour flavour();

  @BeforeEach
  void open() throws Exception {
    node = new NodeFixture(flavour(), temp);
  }

  @AfterEach
  void close() throws Exception {
    node.close();
    servers.close();
  }

  @Test
  void section34ContainerCountsFromTheEndOfPostStartAndTheNextWaitsForIt() throws Exception {
    node.create(
        "greeting",
        """
        containers:
        - name: one
          %s
          lifecycle:
            postStart:
              exec: {command: [/bin/sh, -c, 'echo hook > DIR/hook; while [ ! -e DIR/go ]; do sleep 0.05; done']}
        - name: two
          command: [/bin/sh, -c, 'echo two > DIR/two; exec sleep 1000']
        """
            .formatted(SLEEP));
    node.awaitLine("hook", "hook");
    node.awaitContainer(
        "greeting",
        "one",
        now -> now.at("/state/waiting/reason").asString("").equals("ContainerCreating"));
    assertThat(node.status("greeting").path("phase").asString()).isEqualTo("Pending");
    assertThat(node.lines("two")).isEmpty();

    Files.createFile(node.file("go"));

    node.awaitReady("greeting");
    node.awaitLine("two", "two");
  }

  @Test
  void section34FailedPostStartEndsTheContainer() {
    node.create(
        "unwelcome",
        """
        containers:
        - name: main
          %s
          lifecycle: {postStart: {exec: {command: [/bin/sh, -c, 'echo no; exit 3']}}}
        """
            .formatted(SLEEP));

    node.awaitEvent("unwelcome", "FailedPostStartHook: PostStartHook failed");
    node.awaitEvent("unwelcome", "Killing: FailedPostStartHook");
    node.awaitContainer(
        "unwelcome",
        "main",
        now -> now.at("/state/waiting/reason").asString("").equals("CrashLoopBackOff"));
    assertThat(node.ready("unwelcome")).isFalse();
  }

  @Test
  void section34PostStartCallsOverHttpAndAnyAnswerIsASuccess() {
    int port = servers.start();
    servers.well(false);
    node.create(
        "calling",
        """
        containers:
        - name: main
          %s
          lifecycle: {postStart: {httpGet: {path: /hello, port: %d}}}
        """
            .formatted(SLEEP, port));

    node.awaitReady("calling");
    assertThat(servers.paths()).containsExactly("/hello");
  }

  @Test
  void section34TlsHookAnsweredInPlainHttpIsAskedAgainSo() {
    int port = servers.start();
    node.create(
        "plain",
        """
        containers:
        - name: main
          %s
          lifecycle: {postStart: {httpGet: {path: /hello, scheme: HTTPS, port: %d}}}
        """
            .formatted(SLEEP, port));

    node.awaitReady("plain");
    assertThat(servers.paths()).containsExactly("/hello");
    node.awaitEvent(
        "plain",
        "LifecycleHTTPFallback: request to HTTPS lifecycle hook 127.0.0.1:"
            + port
            + " got HTTP response, retry with HTTP succeeded");
  }

  @Test
  void section34PostStartSleeps() {
    node.create(
        "sleepy",
        """
        containers:
        - name: main
          %s
          lifecycle: {postStart: {sleep: {seconds: 1}}}
        """
            .formatted(SLEEP));

    node.awaitReady("sleepy");
  }

  @Test
  void section34HookThatHangsHoldsUpNeitherItsDeletionNorOtherPods() throws Exception {
    node.create(
        "hanging",
        """
        containers:
        - name: main
          %s
          lifecycle: {postStart: {exec: {command: [/bin/sh, -c, 'echo hook > DIR/hook; exec sleep 1000']}}}
        """
            .formatted(SLEEP));
    node.awaitLine("hook", "hook");
    node.create("other", "{containers: [{name: main, command: [sleep, '1000']}]}");
    node.awaitReady("other");

    node.delete("hanging");

    node.awaitGone("hanging");
  }

  @Test
  void section38PreStopRunsBeforeTheContainerIsToldToEnd() throws Exception {
    node.create(
        "orderly",
        """
        terminationGracePeriodSeconds: 60
        containers:
        - name: main
          command: [/bin/sh, -c, 'trap "echo term >> DIR/log; exit 0" TERM; echo up > DIR/up; while :; do sleep 0.05; done']
          lifecycle: {preStop: {exec: {command: [/bin/sh, -c, 'sleep 0.3; echo hook >> DIR/log']}}}
        """);
    node.awaitLine("up", "up");
    node.awaitReady("orderly");

    node.delete("orderly");

    node.awaitGone("orderly");
    assertThat(node.lines("log")).containsExactly("hook", "term");
  }

  @Test
  void section38PreStopCallsOverHttp() {
    int port = servers.start();
    node.create(
        "called",
        """
        containers:
        - name: main
          %s
          lifecycle: {preStop: {httpGet: {path: /bye, port: %d}}}
        """
            .formatted(SLEEP, port));
    node.awaitReady("called");

    node.delete("called");

    node.awaitGone("called");
    assertThat(servers.paths()).containsExactly("/bye");
  }

  @Test
  void section38FailedPreStopIsToldAndStoppingGoesOn() {
    node.create(
        "grumpy",
        """
        containers:
        - name: main
          %s
          lifecycle: {preStop: {exec: {command: ['false']}}}
        """
            .formatted(SLEEP));
    node.awaitReady("grumpy");

    node.delete("grumpy");

    node.awaitEvent("grumpy", "FailedPreStopHook: PreStopHook failed");
    node.awaitGone("grumpy");
  }

  @Test
  void section38PreStopThatHangsEndsWithTheGrace() {
    node.create(
        "endless",
        """
        containers:
        - name: main
          %s
          lifecycle: {preStop: {exec: {command: [sleep, '1000']}}}
        """
            .formatted(SLEEP));
    node.awaitReady("endless");

    node.delete("endless");

    node.awaitGone("endless");
  }

  @Test
  void section38ShorterLaterGraceCutsAHookShort() {
    node.create(
        "patient",
        """
        terminationGracePeriodSeconds: 3600
        containers:
        - name: main
          %s
          lifecycle: {preStop: {sleep: {seconds: 3000}}}
        """
            .formatted(SLEEP));
    node.awaitReady("patient");
    node.delete("patient");
    node.awaitEvent("patient", "Killing: Stopping container main");
    assertThat(node.gone("patient")).isFalse();

    node.delete("patient", 1);

    node.awaitGone("patient");
  }

  @Test
  void section38PreStopRunsWhenAProbeEndsTheContainerToo() throws Exception {
    node.create(
        "probed",
        """
        terminationGracePeriodSeconds: 30
        containers:
        - name: main
          %s
          livenessProbe: {exec: {command: [test, '!', -e, DIR/sick]}, periodSeconds: 1, failureThreshold: 1}
          lifecycle: {preStop: {exec: {command: [/bin/sh, -c, 'rm -f DIR/sick; echo hook >> DIR/log']}}}
        """
            .formatted(SLEEP));
    node.awaitReady("probed");

    Files.createFile(node.file("sick"));

    node.awaitContainer("probed", "main", now -> now.path("restartCount").asInt() == 1);
    assertThat(node.lines("log")).containsExactly("hook");
  }

  @Test
  void section38PodThatIsDeletedWhileAContainerIsBeingEndedRunsItsHookOnce() throws Exception {
    node.create(
        "both",
        """
        terminationGracePeriodSeconds: 3600
        containers:
        - name: main
          command: [/bin/sh, -c, 'trap : TERM; while :; do sleep 0.1; done']
          livenessProbe: {exec: {command: ['false']}, periodSeconds: 1, failureThreshold: 1}
          lifecycle: {preStop: {exec: {command: [/bin/sh, -c, 'echo hook >> DIR/log']}}}
        """);
    await().until(() -> node.lines("log").size() == 1);

    node.delete("both", 1);

    node.awaitGone("both");
    assertThat(node.lines("log")).containsExactly("hook");
  }
}
