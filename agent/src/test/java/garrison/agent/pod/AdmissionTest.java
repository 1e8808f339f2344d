package garrison.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.node.Pressure;
import garrison.model.Node;
import garrison.model.Pod;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node takes (spec: node-agent 3.3). */
class AdmissionTest {
  private static final Node NODE =
      Node.of(
          DecisionsTest.yaml(
              """
              metadata: {name: n1, labels: {disk: ssd, kubernetes.io/os: linux}}
              spec: {taints: [{key: sick, effect: NoExecute}, {key: busy, effect: NoSchedule}]}
              status:
                allocatable: {cpu: '2', memory: 1Gi, ephemeral-storage: 10Gi, pods: '3'}
              """));
  private static final Pod RUNNING =
      pod(
          "tolerations: [{operator: Exists}], containers: [{name: a, ports: [{hostPort: 80,"
              + " containerPort: 80}], resources: {requests: {cpu: 1500m}}}]");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          containers: [{name: a}] | |
          containers: [{name: a, resources: {requests: {cpu: 600m}}}] | OutOfcpu | Node didn't have enough resource: cpu, requested: 600, used: 1500, capacity: 2000
          containers: [{name: a, resources: {requests: {memory: 2Gi}}}] | OutOfmemory | Node didn't have enough resource: memory, requested: 2147483648, used: 0, capacity: 1073741824
          containers: [{name: a, resources: {requests: {example.com/gpu: 1}}}] | |
          nodeSelector: {disk: ssd}, containers: [{name: a}] | |
          nodeSelector: {disk: hdd}, containers: [{name: a}] | NodeAffinity | Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector
          containers: [{name: a, ports: [{hostPort: 80, containerPort: 1}]}] | NodePorts | Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports
          os: {name: windows}, containers: [{name: a}] | PodOSNotSupported | Failed to admit pod as the OS field doesn't match node OS
          securityContext: {sysctls: [{name: kernel.panic, value: '1'}]}, containers: [{name: a}] | SysctlForbidden | forbidden sysctl: "kernel.panic" not allowlisted
          """)
  void firstThingThatSpeaksAgainstIt(String spec, String reason, String message) {
    Rejection rejection =
        new Admission(NODE, Pressure.NONE, List.of(RUNNING))
            .check(pod("tolerations: [{operator: Exists}], " + spec));

    assertThat(rejection)
        .isEqualTo(reason == null ? null : new Rejection(reason, String.valueOf(message)));
  }

  @Test
  void taintThatEndsPodsIsNotBorneByAll() {
    Pod pod = pod("tolerations: [{key: busy, operator: Exists}], containers: [{name: a}]");

    assertThat(new Admission(NODE, Pressure.NONE, List.of()).check(pod))
        .extracting(Rejection::reason)
        .isEqualTo("TaintToleration");
  }

  @Test
  void moreThanAllowedAreOutOfPods() {
    assertThat(
            new Admission(NODE, Pressure.NONE, List.of(RUNNING, RUNNING, RUNNING)).check(RUNNING))
        .extracting(Rejection::reason)
        .isEqualTo("OutOfpods");
  }

  @ParameterizedTest
  @CsvSource({
    "true,  false, 'containers: [{name: a}]',                                            Evicted",
    "true,  false, 'containers: [{name: a, resources: {requests: {cpu: 1m}}}]',          ''",
    "false, true,  'containers: [{name: a, resources: {requests: {cpu: 1m}}}]',          Evicted",
    "false, true,  'priority: 2000001000, containers: [{name: a}]',                      ''",
  })
  void pressureKeepsOthersOut(boolean memory, boolean disk, String spec, String reason) {
    Pod pod = pod("tolerations: [{key: sick, operator: Exists}], " + spec);

    Rejection rejection =
        new Admission(NODE, new Pressure(memory, disk, false), List.of()).check(pod);

    assertThat(rejection == null ? "" : rejection.reason()).isEqualTo(reason);
  }

  private static Pod pod(String spec) {
    return Pod.of(DecisionsTest.yaml("{metadata: {name: p, uid: u}, spec: {" + spec + "}}"));
  }
}
