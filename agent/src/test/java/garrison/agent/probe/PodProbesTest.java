package garrison.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.agent.probe.PodProbes.Before;
import garrison.agent.probe.PodProbes.Watched;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.Container.State;
import garrison.agent.runtime.ExecResult;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.client.queue.Timer;
import garrison.model.json.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** When probes ask, by a clock that the test moves (spec: node-agent 3.7). */
class PodProbesTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final ByHand time = new ByHand();
  private final Map<String, ExecResult> answers = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final AtomicInteger changes = new AtomicInteger();
  private final Runtime runtime =
      FakeExec.runtime(
          command -> {
            asked.add(command.getFirst());
            ExecResult result = answers.get(command.getFirst());
            if (result == null) {
              throw new RuntimeFailure("ExecError", "no such command");
            }
            return result;
          });
  private final Probes node =
      new Probes(
          new Checks(time), time, () -> START.plusNanos(time.nanos()), new SplittableRandom(1));
  private final PodProbes probes =
      new PodProbes(
          node,
          new PodProbes.Listener() {
            @Override
            public void warning(String container, String reason, String message) {
              told.add(container + " " + reason + ": " + message);
            }

            @Override
            public void changed() {
              changes.incrementAndGet();
            }
          });

  @Test
  void othersWaitForStartupThenAskAtOnce() {
    fails("startup");
    succeeds("readiness");
    succeeds("liveness");
    observe(
        """
        startupProbe: {exec: {command: [startup]}, periodSeconds: 5, failureThreshold: 9}
        livenessProbe: {exec: {command: [liveness]}}
        readinessProbe: {exec: {command: [readiness]}}
        """);
    advance(0);
    awaitAsked("startup");
    advance(4);
    advance(1);
    awaitAsked("startup", "startup");
    assertThat(probes.of("id")).isEqualTo(new Health(false, false, null, null));
    succeeds("startup");
    advance(5);
    await().until(() -> probes.of("id").started());
    advance(0);

    await().until(() -> probes.of("id").ready());
    advance(10);
    await().until(() -> asked.stream().filter("liveness"::equals).count() == 2);
    assertThat(asked.stream().filter("startup"::equals)).hasSize(3);
    assertThat(told).containsOnly("main Unhealthy: Startup probe failed: bad");
  }

  @Test
  void livenessFailsAfterItsThresholdAndIsNotAskedAgain() {
    fails("liveness");
    observe(
        "livenessProbe: {exec: {command: [liveness]}, failureThreshold: 2, initialDelaySeconds: 7,"
            + " terminationGracePeriodSeconds: 3}");
    advance(6);
    assertThat(asked).isEmpty();
    advance(1);
    awaitAsked("liveness");
    await().until(() -> told.size() == 1);
    assertThat(probes.of("id")).isEqualTo(Health.GOOD);
    advance(10);
    await().until(() -> changes.get() == 1);

    assertThat(probes.of("id"))
        .isEqualTo(new Health(true, true, ProbeKind.LIVENESS, Duration.ofSeconds(3)));
    advance(100);
    assertThat(asked).hasSize(2);
  }

  @Test
  void errorIsTriedThreeTimesThenDropped() {
    observe("livenessProbe: {exec: {command: [liveness]}, failureThreshold: 1}");
    advance(0);

    awaitAsked("liveness", "liveness", "liveness");
    await()
        .until(
            () ->
                told.equals(
                    List.of(
                        "main Unhealthy: Liveness probe errored and resulted in unknown state: no"
                            + " such command")));
    assertThat(probes.of("id").failed()).isNull();
  }

  @Test
  void containerThatIsNotReadyIsAskedWithEachPassOverThePod() {
    fails("readiness");
    observe("readinessProbe: {exec: {command: [readiness]}, periodSeconds: 1000}");
    advance(0);
    await().until(() -> told.size() == 1);
    succeeds("readiness");

    probes.hurry();
    advance(0);

    await().until(() -> probes.of("id").ready());
  }

  @Test
  void readinessGoesOnWhileTheContainerIsStopped() {
    succeeds("readiness");
    succeeds("liveness");
    observe(
        """
        livenessProbe: {exec: {command: [liveness]}}
        readinessProbe: {exec: {command: [readiness]}}
        """);
    advance(0);
    await().until(() -> asked.size() == 2 && probes.of("id").ready());

    probes.stopping(Set.of("id"));
    advance(10);

    await().until(() -> asked.size() == 3);
    assertThat(asked.getLast()).isEqualTo("readiness");
  }

  @Test
  void containerFromBeforeKeepsWhatItsStatusSays() {
    fails("readiness");
    fails("startup");
    probes.observe(
        List.of(
            watched(
                START.minusSeconds(60),
                new Before(true, true),
                """
                startupProbe: {exec: {command: [startup]}}
                readinessProbe: {exec: {command: [readiness]}, failureThreshold: 1}
                """)));

    assertThat(probes.of("id")).isEqualTo(Health.GOOD);
    advance(10);
    await().until(() -> !probes.of("id").ready());
    assertThat(asked).containsExactly("readiness");
  }

  @Test
  void containerThatEndedIsAskedNoMore() {
    succeeds("readiness");
    observe("readinessProbe: {exec: {command: [readiness]}}");
    advance(0);
    awaitAsked("readiness");
    await().until(() -> probes.of("id").ready());

    probes.observe(List.of());
    advance(100);

    assertThat(asked).hasSize(1);
  }

  private void succeeds(String command) {
    answers.put(command, new ExecResult(0, "", false));
  }

  private void fails(String command) {
    answers.put(command, new ExecResult(1, "bad", false));
  }

  private void awaitAsked(String... commands) {
    await().untilAsserted(() -> assertThat(asked).containsExactly(commands));
    // The answer is taken in after it was given.
    await().until(() -> time.waiting() > 0 || !told.isEmpty());
  }

  private void advance(long seconds) {
    time.advance(Duration.ofSeconds(seconds));
  }

  private void observe(String probesOfMain) {
    probes.observe(List.of(watched(START.plusNanos(1), null, probesOfMain)));
  }

  private Watched watched(Instant startedAt, Before before, String spec) {
    Container container =
        new Container(
            "id",
            "s",
            "main",
            0,
            "i",
            "i",
            State.RUNNING,
            startedAt,
            startedAt,
            null,
            0,
            "",
            "",
            "/log",
            "h",
            Map.of(),
            null);
    return new Watched(
        container,
        Yaml.documents(spec).getFirst(),
        new Target(runtime, "id", "127.0.0.1"),
        before,
        UnaryOperator.identity());
  }

  /** Calls when the test says that it is time. */
  private static final class ByHand implements Timer {
    private record Call(long at, Runnable task) {}

    private final List<Call> calls = new ArrayList<>();
    private long now = 1;

    @Override
    public synchronized long nanos() {
      return now;
    }

    @Override
    public synchronized void after(Duration delay, Runnable task) {
      calls.add(new Call(now + delay.toNanos(), task));
    }

    synchronized int waiting() {
      return calls.size();
    }

    void advance(Duration by) {
      List<Call> due;
      synchronized (this) {
        now += by.toNanos();
        due = new ArrayList<>(calls.stream().filter(call -> call.at <= now).toList());
        calls.removeAll(due);
      }
      due.sort(Comparator.comparingLong(Call::at));
      due.forEach(call -> call.task.run());
    }
  }
}
