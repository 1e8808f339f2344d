package garrison.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.probe.Answer.Verdict;
import garrison.agent.probe.ProbeState.Result;
import garrison.model.json.Yaml;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What probes decide (spec: node-agent 3.7). */
class ProbeStateTest {
  @ParameterizedTest
  @CsvSource({"STARTUP, UNKNOWN", "LIVENESS, SUCCESS", "READINESS, FAILURE"})
  void resultBeforeTheFirstAnswer(ProbeKind kind, Result result) {
    assertThat(ProbeState.first(probe(kind, "{}")).result()).isEqualTo(result);
  }

  /** S success, W warning, F failure, E error; the thresholds are 2 successes, 3 failures. */
  @ParameterizedTest
  @CsvSource({
    "READINESS, S, FAILURE",
    "READINESS, SS, SUCCESS",
    "READINESS, SW, SUCCESS",
    "READINESS, SFS, FAILURE",
    "READINESS, SES, SUCCESS",
    "READINESS, SSFF, SUCCESS",
    "READINESS, SSFFSFF, SUCCESS",
    "READINESS, SSFFF, FAILURE",
    "READINESS, SSFFEF, FAILURE",
    "READINESS, SSFFFS, FAILURE",
    "READINESS, SSFFFSS, SUCCESS",
    "LIVENESS, FF, SUCCESS",
    "LIVENESS, FFF, FAILURE",
    "LIVENESS, EEEEE, SUCCESS",
    "STARTUP, FF, UNKNOWN",
    "STARTUP, FFSFF, UNKNOWN",
    "STARTUP, FFF, FAILURE",
    "STARTUP, FFSS, SUCCESS",
  })
  void thresholdsCountAnswersInARow(ProbeKind kind, String answers, Result result) {
    ProbeState state = ProbeState.first(probe(kind, "{successThreshold: 2, failureThreshold: 3}"));
    for (char answer : answers.toCharArray()) {
      state =
          state.after(
              switch (answer) {
                case 'S' -> Verdict.SUCCESS;
                case 'W' -> Verdict.WARNING;
                case 'E' -> Verdict.ERROR;
                default -> Verdict.FAILURE;
              });
    }

    assertThat(state.result()).isEqualTo(result);
    assertThat(state.failed()).isEqualTo(kind != ProbeKind.READINESS && result == Result.FAILURE);
  }

  @ParameterizedTest
  @CsvSource({
    // kind, failed before, started, stopping: asks
    "STARTUP, false, false, false, true",
    "STARTUP, false, true, false, false",
    "STARTUP, false, false, true, false",
    "STARTUP, true, false, false, false",
    "LIVENESS, false, false, false, false",
    "LIVENESS, false, true, false, true",
    "LIVENESS, false, true, true, false",
    "LIVENESS, true, true, false, false",
    "READINESS, false, false, false, false",
    "READINESS, false, true, false, true",
    "READINESS, false, true, true, true",
    "READINESS, true, true, false, true",
  })
  void startupComesFirstAndAFailedContainerIsNotAskedAgain(
      ProbeKind kind, boolean failed, boolean started, boolean stopping, boolean asks) {
    ProbeState state = ProbeState.first(probe(kind, "{failureThreshold: 1}"));
    if (failed) {
      state = state.after(Verdict.FAILURE);
    }

    assertThat(state.asks(started, stopping)).isEqualTo(asks);
  }

  @ParameterizedTest
  @CsvSource({"0, 30", "10, 20", "30, 0", "31, 0"})
  void initialDelayCountsFromTheStart(long since, long wait) {
    ProbeState state = ProbeState.first(probe(ProbeKind.LIVENESS, "{initialDelaySeconds: 30}"));

    assertThat(state.wait(Duration.ofSeconds(since))).hasSeconds(wait);
  }

  @ParameterizedTest
  @CsvSource({
    "STARTUP, true, true, SUCCESS",
    "STARTUP, false, false, UNKNOWN",
    "READINESS, true, true, SUCCESS",
    "READINESS, true, false, FAILURE",
    "READINESS, false, false, FAILURE",
    "LIVENESS, true, true, SUCCESS",
    "LIVENESS, false, false, SUCCESS",
  })
  void whatTheStatusSaysHoldsAfterARestartOfTheAgent(
      ProbeKind kind, boolean started, boolean ready, Result result) {
    assertThat(ProbeState.kept(probe(kind, "{}"), started, ready).result()).isEqualTo(result);
  }

  @Test
  void keptReadinessTakesAsManyFailuresAsAnyOther() {
    ProbeState state = ProbeState.kept(probe(ProbeKind.READINESS, "{}"), true, true);

    assertThat(state.after(Verdict.FAILURE).after(Verdict.FAILURE).result())
        .isEqualTo(Result.SUCCESS);
    assertThat(state.after(Verdict.FAILURE).after(Verdict.FAILURE).after(Verdict.FAILURE).result())
        .isEqualTo(Result.FAILURE);
  }

  @Test
  void defaultsAreUpstreams() {
    Probe probe = probe(ProbeKind.READINESS, "{}");

    assertThat(probe)
        .extracting(
            Probe::initialDelay,
            Probe::timeout,
            Probe::period,
            Probe::successes,
            Probe::failures,
            Probe::grace)
        .containsExactly(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(10), 1, 3, null);
    assertThat(probe(ProbeKind.LIVENESS, "{terminationGracePeriodSeconds: 7}").grace())
        .hasSeconds(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SUCCESS | LIVENESS |
          FAILURE | LIVENESS | Unhealthy: Liveness probe failed: why
          FAILURE | STARTUP | Unhealthy: Startup probe failed: why
          WARNING | READINESS | ProbeWarning: Readiness probe warning: why
          ERROR | READINESS | Unhealthy: Readiness probe errored and resulted in unknown state: why
          """)
  void answersAreToldInUpstreamsWords(Verdict verdict, ProbeKind kind, String told) {
    Answer.Words words = new Answer(verdict, "why").words(kind);

    assertThat(words == null ? null : words.reason() + ": " + words.message()).isEqualTo(told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {exec: {command: [a, "$(X)"]}} | Exec[command=[a, X!]]
          {httpGet: {port: 80}} | HttpGet[tls=false, host=, port=80, path=/, headers=[]]
          {httpGet: {port: web, scheme: HTTPS, host: h, path: "x?y"}} | HttpGet[tls=true, host=h, port=8080, path=/x?y, headers=[]]
          {httpGet: {port: 80, httpHeaders: [{name: A, value: b}]}} | HttpGet[tls=false, host=, port=80, path=/, headers=[Header[name=A, value=b]]]
          {tcpSocket: {port: "81"}} | Tcp[host=, port=81]
          {tcpSocket: {port: none}} | Impossible[why=the container has no port none]
          {tcpSocket: {port: 70000}} | Impossible[why=the container has no port 70000]
          {grpc: {port: 5, service: s}} | Grpc[port=5, service=s]
          {exec: {command: []}} | Impossible[why=the command is empty]
          """)
  void checksAreRead(String handler, String check) {
    assertThat(
            Check.of(
                Yaml.documents(handler).getFirst(),
                Yaml.documents("{ports: [{name: web, containerPort: 8080}]}").getFirst(),
                text -> text.equals("$(X)") ? "X!" : text))
        .hasToString(check);
  }

  @ParameterizedTest
  @CsvSource({"10, 10s", "59, 59s", "60, 1m0s", "80, 1m20s", "300, 5m0s"})
  void durationsReadAsGoWritesThem(long seconds, String text) {
    assertThat(GoTime.text(Duration.ofSeconds(seconds))).isEqualTo(text);
  }

  private static Probe probe(ProbeKind kind, String fields) {
    Probe probe =
        Probe.of(
            Yaml.documents("{" + kind.field() + ": " + fields + "}").getFirst(),
            kind,
            UnaryOperator.identity());
    assertThat(probe).isNotNull();
    return probe;
  }
}
