package garrison.agent.life;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.TestCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * In which order containers start, start again and end (spec: node-agent 3.4, 3.5, 3.8); each
 * runtime has a subclass.
 */
public abstract class OrderLife {
  /** Says when it starts and when it is told to end. */
  private static final String TALKING =
      "command: [/bin/sh, -c, 'trap \"echo -NAME >> DIR/log; exit 0\" TERM; echo +NAME >> DIR/log;"
          + " while :; do sleep 0.05; done']";

  @TempDir Path temp;
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
  }

  private static String talking(String name) {
    return "name: " + name + "\n  " + TALKING.replace("NAME", name);
  }

  @Test
  void section34InitContainersRunOneByOneToTheirEnd() throws Exception {
    node.create(
        "prepared",
        """
        initContainers:
        - {name: a, command: [/bin/sh, -c, 'sleep 0.3; echo a >> DIR/log']}
        - {name: b, command: [/bin/sh, -c, 'test -e DIR/once || { touch DIR/once; exit 1; }; echo b >> DIR/log']}
        containers:
        - {name: main, command: [/bin/sh, -c, 'echo main >> DIR/log; exec sleep 1000']}
        """);

    node.awaitReady("prepared");
    node.awaitLine("log", "main");
    assertThat(node.lines("log")).containsExactly("a", "b", "main");
    assertThat(node.container("prepared", "b").path("restartCount").asInt()).isEqualTo(1);
    assertThat(node.container("prepared", "a").at("/state/terminated/reason").asString())
        .isEqualTo("Completed");
  }

  @Test
  void section34ContainerForDebuggingRunsOnceEvenBeforeTheOthers() throws Exception {
    node.create(
        "held",
        """
        initContainers:
        - {name: init, command: [/bin/sh, -c, 'until [ -e DIR/go ]; do sleep 0.1; done']}
        containers:
        - {name: main, command: [/bin/sh, -c, 'echo main >> DIR/log; exec sleep 1000']}
        """);
    node.awaitContainer("held", "init", status -> status.at("/state").has("running"));

    node.debug("held", "{name: debug, command: [/bin/sh, -c, 'echo debug >> DIR/log; exit 7']}");

    node.awaitContainer(
        "held", "debug", status -> status.at("/state/terminated/exitCode").asInt(-1) == 7);
    Files.createFile(node.file("go"));
    node.awaitReady("held"); // though one has failed
    node.stopAgent();
    node.startAgent();
    node.debug("held", "{name: late, command: [/bin/sh, -c, 'echo late >> DIR/log; sleep 1000']}");
    node.awaitContainer("held", "late", status -> status.at("/state").has("running"));
    node.awaitLine("log", "late");
    assertThat(node.lines("log")).containsExactly("debug", "main", "late");
    assertThat(node.container("held", "debug").path("restartCount").asInt()).isZero();

    node.delete("held"); // which ends those, too
    node.awaitGone("held");
  }

  @Test
  void section34FailedInitContainerFailsAPodThatIsNeverRestarted() throws Exception {
    node.create(
        "broken",
        """
        restartPolicy: Never
        initContainers:
        - {name: a, command: [/bin/sh, -c, 'exit 1']}
        containers:
        - {name: main, command: [/bin/sh, -c, 'echo main >> DIR/log']}
        """);

    node.awaitPhase("broken", "Failed");
    assertThat(node.lines("log")).isEmpty();
    assertThat(TestCluster.condition(node.server().pod("broken"), "Initialized"))
        .isEqualTo("False");
  }

  @Test
  void section34SidecarIsUpBeforeWhatComesAfterIt() throws Exception {
    node.create(
        "accompanied",
        """
        initContainers:
        - name: side
          restartPolicy: Always
          command: [/bin/sh, -c, 'echo side >> DIR/log; exec sleep 1000']
          startupProbe: {exec: {command: [test, -e, DIR/up]}, periodSeconds: 1, failureThreshold: 1000}
        - {name: init, command: [/bin/sh, -c, 'echo init >> DIR/log']}
        containers:
        - {name: main, command: [/bin/sh, -c, 'echo main >> DIR/log; exec sleep 1000']}
        """);
    node.awaitEvent("accompanied", "Unhealthy: Startup probe failed: ");
    assertThat(node.lines("log")).containsExactly("side");
    assertThat(TestCluster.condition(node.server().pod("accompanied"), "Initialized"))
        .isEqualTo("False");

    Files.createFile(node.file("up"));

    node.awaitReady("accompanied");
    node.awaitLine("log", "main");
    assertThat(node.lines("log")).containsExactly("side", "init", "main");
  }

  @Test
  void section34SidecarThatEndsStartsAgainBesideTheMainContainer() throws Exception {
    node.create(
        "restless",
        """
        restartPolicy: Never
        initContainers:
        - name: side
          restartPolicy: Always
          command: [/bin/sh, -c, 'test -e DIR/once || { touch DIR/once; sleep 0.5; exit 0; }; exec sleep 1000']
        containers:
        - {name: main, command: [sleep, '1000']}
        """);

    node.awaitContainer("restless", "side", now -> now.path("restartCount").asInt() == 1);
    node.awaitReady("restless");
    assertThat(node.container("restless", "main").path("restartCount").asInt()).isZero();
  }

  @Test
  void section34PodEndsWithItsWorkThoughASidecarRuns() throws Exception {
    node.create(
        "job",
        """
        restartPolicy: Never
        initContainers:
        - %s
          restartPolicy: Always
        containers:
        - {name: main, command: [/bin/sh, -c, 'while [ ! -e DIR/go ]; do sleep 0.05; done']}
        """
            .formatted(talking("side")));
    node.awaitReady("job");
    node.awaitLine("log", "+side");

    Files.createFile(node.file("go"));

    node.awaitPhase("job", "Succeeded");
    assertThat(node.lines("log")).containsExactly("+side", "-side");
    assertThat(node.container("job", "side").at("/state/terminated").isObject()).isTrue();
  }

  @Test
  void section35RuleOfAContainerStartsItAgain() {
    node.create(
        "ruled",
        """
        restartPolicy: Never
        containers:
        - name: main
          command: [/bin/sh, -c, 'test -e DIR/once || { touch DIR/once; exit 42; }; exit 7']
          restartPolicy: Never
          restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]
        """);

    node.awaitPhase("ruled", "Failed");
    assertThat(node.container("ruled", "main").path("restartCount").asInt()).isEqualTo(1);
    assertThat(node.container("ruled", "main").at("/state/terminated/exitCode").asInt())
        .isEqualTo(7);
  }

  @Test
  void section35PolicyOfAContainerGoesBeforeThePods() throws Exception {
    node.create(
        "mixed",
        """
        restartPolicy: Never
        containers:
        - name: again
          command: [/bin/sh, -c, 'test -e DIR/once || { touch DIR/once; exit 1; }; exec sleep 1000']
          restartPolicy: OnFailure
        - {name: once, command: [/bin/sh, -c, 'exit 1']}
        """);

    node.awaitContainer("mixed", "again", now -> now.path("restartCount").asInt() == 1);
    node.awaitContainer("mixed", "once", now -> now.at("/state/terminated/exitCode").asInt() == 1);
    assertThat(node.status("mixed").path("phase").asString()).isEqualTo("Running");
    assertThat(node.container("mixed", "once").path("restartCount").asInt()).isZero();
  }

  @Test
  void section38SidecarsEndLastInReverseOrder() throws Exception {
    node.create(
        "procession",
        """
        terminationGracePeriodSeconds: 60
        initContainers:
        - %s
          restartPolicy: Always
        - %s
          restartPolicy: Always
        containers:
        - name: main
          command: [/bin/sh, -c, 'trap "sleep 0.5; echo -main >> DIR/log; exit 0" TERM; echo +main >> DIR/log; while :; do sleep 0.05; done']
        """
            .formatted(talking("first"), talking("second")));
    node.awaitReady("procession");
    node.awaitLine("log", "+main");
    node.awaitLine("log", "+second");

    node.delete("procession");

    node.awaitGone("procession");
    assertThat(node.lines("log").subList(3, 6)).containsExactly("-main", "-second", "-first");
    assertThat(node.lines("log").subList(0, 3))
        .containsExactlyInAnyOrder("+first", "+second", "+main");
  }

  @Test
  void section38GraceCountsForTheWholeProcession() {
    node.create(
        "deaf",
        """
        terminationGracePeriodSeconds: 1
        initContainers:
        - %s
          restartPolicy: Always
        containers:
        - {name: main, command: [/bin/sh, -c, 'trap : TERM; while :; do sleep 0.1; done']}
        """
            .formatted(talking("side")));
    node.awaitReady("deaf");

    node.delete("deaf");

    node.awaitGone("deaf");
  }

  @Test
  void section34PodThatIsActiveForTooLongFails() throws Exception {
    node.create(
        "tired",
        """
        activeDeadlineSeconds: 2
        containers:
        - %s
        """
            .formatted(talking("main")));

    node.awaitPhase("tired", "Failed");
    assertThat(node.status("tired").path("reason").asString()).isEqualTo("DeadlineExceeded");
    assertThat(node.status("tired").path("message").asString())
        .isEqualTo("Pod was active on the node longer than the specified deadline");
    assertThat(node.container("tired", "main").at("/state/terminated").isObject()).isTrue();
    assertThat(node.lines("log")).containsExactly("+main", "-main");
  }

  @Test
  void section38PodThatWentWhileNoAgentRanEndsWithItsHook() throws Exception {
    node.create(
        "orphan",
        """
        containers:
        - %s
          lifecycle: {preStop: {exec: {command: [/bin/sh, -c, 'echo hook >> DIR/log']}}}
        """
            .formatted(talking("main")));
    node.awaitReady("orphan");
    node.awaitLine("log", "+main");
    node.stopAgent();
    node.forget("orphan");

    node.startAgent();

    node.awaitLine("log", "-main");
    assertThat(node.lines("log")).containsExactly("+main", "hook", "-main");
  }
}
