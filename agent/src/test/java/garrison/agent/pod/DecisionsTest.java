package garrison.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.runtime.Container;
import garrison.agent.runtime.Container.State;
import garrison.model.json.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The small tables of the pod workers. */
class DecisionsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "RUNNING, same, ,         true,  Keep[]",
    "RUNNING, new,  ,         true,  Kill[cause=DEFINITION]",
    "RUNNING, new,  LIVENESS, true,  Kill[cause=DEFINITION]",
    "RUNNING, same, LIVENESS, false, Kill[cause=LIVENESS]",
    "CREATED, same, ,         false, Start[attempt=2]",
    "EXITED,  same, ,         true,  Start[attempt=3]",
    "EXITED,  new,  LIVENESS, false, Done[]",
  })
  void whatIsToBeDoneAboutAContainer(
      State state, String hash, RestartDecision.Cause failed, boolean again, String decision) {
    Container container = container(state, 1, NOW);

    assertThat(RestartDecision.of(container, hash, failed, again, new CrashBackOff(), NOW))
        .hasToString(decision);
  }

  @Test
  void containerThatNeverWasIsStarted() {
    assertThat(RestartDecision.of(null, "h", null, false, new CrashBackOff(), NOW))
        .isEqualTo(new RestartDecision.Start(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DEFINITION | false | true | Container c definition changed, will be restarted
          DEFINITION | true | true | Init container c definition changed
          LIVENESS | false | true | Container c failed liveness probe, will be restarted
          LIVENESS | false | false | Container c failed liveness probe
          LIVENESS | true | true | Init container c failed liveness probe
          STARTUP | false | true | Container c failed startup probe, will be restarted
          STARTUP | true | true | Init container c failed startup probe
          HOOK | false | true | FailedPostStartHook
          """)
  void causesAreToldInUpstreamsWords(
      RestartDecision.Cause cause, boolean init, boolean again, String message) {
    assertThat(cause.message("c", init, again)).isEqualTo(message);
  }

  @Test
  void ruleThatIsNotKnownIsRefusedNotPassedOver() {
    assertThat(
            RestartPolicy.unsupported(
                yaml("{restartPolicyRules: [{action: RestartAllContainers}]}")))
        .isEqualTo("restartPolicyRules with action RestartAllContainers");
    assertThat(RestartPolicy.unsupported(yaml("{restartPolicyRules: [{action: Restart}]}")))
        .isNull();
  }

  /** Restart policies and rules (spec: node-agent 3.5). */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Always | {} | main | 0 | true
          OnFailure | {} | main | 0 | false
          OnFailure | {} | main | 1 | true
          Never | {} | main | 1 | false
          Never | {restartPolicy: Always} | main | 0 | true
          Always | {restartPolicy: Never} | main | 1 | false
          Always | {restartPolicy: OnFailure} | main | 0 | false
          Always | {} | init | 0 | false
          Always | {} | init | 1 | true
          OnFailure | {} | init | 1 | true
          Never | {} | init | 1 | false
          Never | {restartPolicy: OnFailure} | init | 1 | true
          Never | {restartPolicy: Always} | init | 0 | true
          Never | {restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [3, 42]}}]} | main | 42 | true
          Never | {restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [3, 42]}}]} | main | 1 | false
          Never | {restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [3, 42]}}]} | init | 42 | true
          Never | {restartPolicy: OnFailure, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]} | main | 7 | true
          Never | {restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: NotIn, values: [0, 1]}}]} | main | 2 | true
          Never | {restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: NotIn, values: [0, 1]}}]} | main | 1 | false
          Never | {restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]} | main | 42 | false
          """)
  void whatEndedStartsAgainByItsRulesThenItsPolicyThenThePods(
      String policy, String container, String list, int code, boolean again) {
    assertThat(
            RestartPolicy.again(
                yaml("{restartPolicy: " + policy + "}"),
                yaml(container),
                list.equals("init"),
                container(State.EXITED, code, NOW)))
        .isEqualTo(again);
  }

  @Test
  void waitsDoubleFromTenSecondsToFiveMinutes() {
    CrashBackOff backOff = new CrashBackOff();
    assertThat(backOff.remaining(NOW, NOW)).isZero();
    for (long seconds : new long[] {10, 20, 40, 80, 160, 300, 300}) {
      backOff.restarted(NOW, NOW);
      assertThat(backOff.remaining(NOW, NOW)).isEqualTo(Duration.ofSeconds(seconds));
      assertThat(backOff.remaining(NOW, NOW.plusSeconds(seconds - 1)).toSeconds()).isEqualTo(1);
    }
  }

  @Test
  void waitsBeginAnewAfterTenGoodMinutes() {
    CrashBackOff backOff = new CrashBackOff();
    backOff.restarted(NOW, NOW);
    backOff.restarted(NOW, NOW);

    assertThat(backOff.remaining(NOW.plusSeconds(601), NOW.plusSeconds(601))).isZero();
    backOff.restarted(NOW.plusSeconds(601), NOW.plusSeconds(601));
    assertThat(backOff.step()).isEqualTo(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @CsvSource({
    "plain, plain",
    "$(A)/x, 1/x",
    "$$(A), $(A)",
    "$(UNKNOWN), $(UNKNOWN)",
    "$(A, $(A",
    "$A, $A",
    "a$, a$",
    "$$$(A), $1",
    "$(A)$(B), 1two",
  })
  void variablesAreExpanded(String text, String expanded) {
    assertThat(Expansion.expand(text, Map.of("A", "1", "B", "two"))).isEqualTo(expanded);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {containers: [{name: a}]} | BestEffort
          {containers: [{name: a, resources: {requests: {cpu: 1}}}]} | Burstable
          {containers: [{name: a, resources: {limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 1, memory: 1Gi}}}]} | Guaranteed
          {containers: [{name: a, resources: {limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 500m}}}]} | Burstable
          {containers: [{name: a, resources: {limits: {cpu: 1, memory: 1Gi}}}, {name: b}]} | Burstable
          {containers: [{name: a, resources: {limits: {example.com/x: 1}}}]} | BestEffort
          {containers: [{name: a, resources: {requests: {cpu: 0, memory: 0}}}]} | BestEffort
          """)
  void classOfService(String spec, String qos) {
    assertThat(Qos.of(yaml(spec)).text()).isEqualTo(qos);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {ports: [{containerPort: 80}]} | containerPort 80 without hostNetwork: true
          {ports: [{containerPort: 80, hostPort: 80}]} |
          {securityContext: {seccompProfile: {type: Localhost}}} | seccompProfile Localhost
          {securityContext: {capabilities: {add: [SYS_TIME]}, runAsUser: 5}} | capabilities.add for a user other than root
          {lifecycle: {postStart: {exec: {command: [x]}}}} |
          {volumeMounts: [{name: a, mountPath: /a, mountPropagation: Bidirectional}]} | mountPropagation Bidirectional
          """)
  void whatHostProcessesCannotGiveIsRefused(String container, String why) {
    assertThat(Unsupported.in(yaml("{}"), yaml(container), true)).isEqualTo(why);
  }

  @Test
  void servicesAreTold() {
    ObjectNode web =
        yaml(
            "{metadata: {name: my-web, namespace: a}, spec: {clusterIP: 10.0.0.1, ports:"
                + " [{port: 80, name: http}, {port: 53, protocol: UDP}]}}");
    ObjectNode headless =
        yaml("{metadata: {name: none, namespace: a}, spec: {clusterIP: None, ports: [{port: 1}]}}");
    List<ObjectNode> all = List.of(web, headless);

    assertThat(ServiceVariables.of(all, "a", true))
        .containsEntry("MY_WEB_SERVICE_HOST", "10.0.0.1")
        .containsEntry("MY_WEB_SERVICE_PORT", "80")
        .containsEntry("MY_WEB_SERVICE_PORT_HTTP", "80")
        .containsEntry("MY_WEB_PORT", "tcp://10.0.0.1:80")
        .containsEntry("MY_WEB_PORT_53_UDP", "udp://10.0.0.1:53")
        .containsEntry("MY_WEB_PORT_53_UDP_ADDR", "10.0.0.1")
        .doesNotContainKey("NONE_SERVICE_HOST");
    assertThat(ServiceVariables.of(all, "b", true)).isEmpty();
    assertThat(ServiceVariables.of(all, "a", false)).isEmpty();
  }

  static Container container(State state, int code, Instant at) {
    boolean ended = state == State.EXITED;
    return new Container(
        "id",
        "sandbox",
        "main",
        2,
        "host/x",
        "host/x",
        state,
        at,
        at,
        ended ? at : null,
        code,
        ended ? code == 0 ? "Completed" : "Error" : "",
        "",
        "/log",
        "same",
        Map.of(),
        null);
  }

  static ObjectNode yaml(String text) {
    JsonNode document = Yaml.documents(text).getFirst();
    return (ObjectNode) document;
  }
}
