package garrison.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.node.Pressure;
import garrison.agent.pod.Preemption.Candidate;
import garrison.model.Node;
import garrison.model.Pod;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node takes, and in what order it looks (spec: node-agent 3.3). */
class AdmissionTest {
  private static final Node NODE =
      Node.of(
          DecisionsTest.yaml(
              """
              metadata: {name: n1, labels: {disk: ssd, kubernetes.io/os: linux}}
              spec: {taints: [{key: sick, effect: NoExecute}, {key: busy, effect: NoSchedule}]}
              status:
                allocatable: {cpu: '2', memory: 1Gi, ephemeral-storage: 10Gi, pods: '3', example.com/known: '1'}
              """));
  private static final Pod RUNNING =
      pod(
          "tolerations: [{operator: Exists}], containers: [{name: a, ports: [{hostPort: 80,"
              + " containerPort: 80}], resources: {requests: {cpu: 1500m}}}]");

  private static Admission onto(Pod... active) {
    return new Admission(NODE, Pressure.NONE, List.of(active), false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          containers: [{name: a}] | |
          securityContext: {sysctls: [{name: net.ipv4.tcp_syncookies, value: '1'}]}, containers: [{name: a}] | |
          securityContext: {sysctls: [{name: kernel.panic, value: '1'}]}, containers: [{name: a}] | SysctlForbidden | forbidden sysctl: "kernel.panic" not allowlisted
          securityContext: {sysctls: [{name: net/ipv4/tcp_syncookies, value: '1'}]}, hostNetwork: true, containers: [{name: a}] | SysctlForbidden | forbidden sysctl: "net.ipv4.tcp_syncookies" not allowed with host net enabled
          securityContext: {sysctls: [{name: kernel.shm_rmid_forced, value: '1'}]}, hostIPC: true, containers: [{name: a}] | SysctlForbidden | forbidden sysctl: "kernel.shm_rmid_forced" not allowed with host ipc enabled
          os: {name: windows}, containers: [{name: a}] | PodOSNotSupported | Failed to admit pod as the OS field doesn't match node OS
          securityContext: {supplementalGroupsPolicy: Strict}, containers: [{name: a}] | SupplementalGroupsPolicyNotSupported | SupplementalGroupsPolicy=Strict is not supported in this node
          containers: [{name: a, resources: {requests: {cpu: 500m}}}] | |
          containers: [{name: a, resources: {requests: {cpu: 600m}}}] | OutOfcpu | Node didn't have enough resource: cpu, requested: 600, used: 1500, capacity: 2000
          containers: [{name: a, resources: {requests: {memory: 2Gi}}}] | OutOfmemory | Node didn't have enough resource: memory, requested: 2147483648, used: 0, capacity: 1073741824
          containers: [{name: a, resources: {requests: {ephemeral-storage: 11Gi}}}] | OutOfephemeral-storage | Node didn't have enough resource: ephemeral-storage, requested: 11811160064, used: 0, capacity: 10737418240
          containers: [{name: a, resources: {requests: {example.com/known: 2}}}] | OutOfexample.com/known | Node didn't have enough resource: example.com/known, requested: 2, used: 0, capacity: 1
          containers: [{name: a, resources: {requests: {example.com/unknown: 1}}}] | |
          nodeSelector: {disk: ssd}, containers: [{name: a}] | |
          nodeSelector: {disk: hdd}, containers: [{name: a}] | NodeAffinity | Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector
          nodeName: n2, containers: [{name: a}] | NodeName | Predicate NodeName failed: node(s) didn't match the requested node name
          containers: [{name: a, ports: [{hostPort: 80, containerPort: 1}]}] | NodePorts | Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports
          containers: [{name: a, securityContext: {appArmorProfile: {type: RuntimeDefault}}}] | AppArmor | Cannot enforce AppArmor: AppArmor is not enabled on the host
          containers: [{name: a, securityContext: {appArmorProfile: {type: Unconfined}}}] | |
          """)
  void whatSpeaksAgainstIt(String spec, String reason, String message) {
    Rejection rejection =
        onto(RUNNING).check(pod("tolerations: [{operator: Exists}], " + spec), false);

    assertThat(rejection)
        .isEqualTo(reason == null ? null : new Rejection(reason, String.valueOf(message)));
  }

  /** A pod against which everything speaks: each cause that is taken away shows the next one. */
  @Test
  void firstCauseInOrderWins() {
    List<String> reasons = new ArrayList<>();
    String full =
        "ports: [{hostPort: 80}], securityContext: {appArmorProfile: {type: RuntimeDefault}}";
    Pod[] crowd = {RUNNING, RUNNING, RUNNING};
    Pressure disk = new Pressure(false, true, false);
    String last = "containers: [{name: a, " + full + "}]";
    record Row(Pressure pressure, Pod[] active, String label, String spec) {}
    String affinity = "nodeSelector: {disk: hdd}, nodeName: n2, ";
    String lacking =
        "containers: [{name: a, resources: {requests: {cpu: 9, memory: 9Gi}}, " + full + "}]";
    String os = "os: {name: windows}, ";
    String strict = "securityContext: {supplementalGroupsPolicy: Strict}, ";
    String sysctls =
        "securityContext: {sysctls: [{name: kernel.panic, value: '1'}], supplementalGroupsPolicy:"
            + " Strict}, ";
    Pod[] one = {RUNNING};
    for (Row row :
        List.of(
            new Row(disk, crowd, "windows", sysctls + os + affinity + lacking),
            new Row(Pressure.NONE, crowd, "windows", sysctls + os + affinity + lacking),
            new Row(Pressure.NONE, crowd, "windows", strict + os + affinity + lacking),
            new Row(Pressure.NONE, crowd, "linux", strict + os + affinity + lacking),
            new Row(Pressure.NONE, crowd, "linux", strict + affinity + lacking),
            new Row(Pressure.NONE, crowd, "linux", affinity + lacking),
            new Row(Pressure.NONE, one, "linux", affinity + lacking),
            new Row(Pressure.NONE, one, "linux", affinity + lacking.replace("cpu: 9, ", "")),
            new Row(Pressure.NONE, one, "linux", affinity + last),
            new Row(Pressure.NONE, one, "linux", "nodeName: n2, " + last),
            new Row(Pressure.NONE, one, "linux", last),
            new Row(Pressure.NONE, new Pod[0], "linux", last),
            new Row(
                Pressure.NONE,
                new Pod[0],
                "linux",
                "tolerations: [{operator: Exists}], " + last))) {
      Pod pod =
          Pod.of(
              DecisionsTest.yaml(
                  "{metadata: {name: p, uid: u, labels: {kubernetes.io/os: "
                      + row.label()
                      + "}}, spec: {"
                      + row.spec()
                      + "}}"));
      Rejection rejection =
          new Admission(NODE, row.pressure(), List.of(row.active()), false).check(pod, false);
      reasons.add(rejection == null ? "" : rejection.reason());
    }
    assertThat(reasons)
        .containsExactly(
            "Evicted",
            "SysctlForbidden",
            "PodOSSelectorNodeLabelDoesNotMatch",
            "PodOSNotSupported",
            "SupplementalGroupsPolicyNotSupported",
            "OutOfpods",
            "OutOfcpu",
            "OutOfmemory",
            "NodeAffinity",
            "NodeName",
            "NodePorts",
            "TaintToleration",
            "AppArmor");
  }

  @Test
  void taintThatEndsPodsIsNotBorneByAllButByStaticOnes() {
    Pod pod = pod("tolerations: [{key: busy, operator: Exists}], containers: [{name: a}]");

    assertThat(onto().check(pod, false))
        .isEqualTo(
            new Rejection(
                "TaintToleration",
                "Predicate TaintToleration failed: node(s) had taints that the pod didn't"
                    + " tolerate"));
    assertThat(onto().check(pod, true)).isNull();
  }

  @Test
  void moreThanAllowedAreOutOfPods() {
    assertThat(onto(RUNNING, RUNNING, RUNNING).check(RUNNING, false))
        .isEqualTo(
            new Rejection(
                "OutOfpods",
                "Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3"));
  }

  @ParameterizedTest
  @CsvSource({
    "true,  false, false, 'containers: [{name: a}]', 'The node had condition: [MemoryPressure]. '",
    "true,  false, false, 'containers: [{name: a, resources: {requests: {cpu: 1m}}}]', ''",
    "true,  false, false, 'tolerations: [{key: node.kubernetes.io/memory-pressure, operator: Exists, effect: NoSchedule}, {key: sick, operator: Exists}], containers: [{name: a}]', ''",
    "false, true,  false, 'containers: [{name: a, resources: {requests: {cpu: 1m}}}]', 'The node had condition: [DiskPressure]. '",
    "true,  true,  false, 'containers: [{name: a, resources: {requests: {cpu: 1m}}}]', 'The node had condition: [MemoryPressure DiskPressure]. '",
    "false, false, true,  'tolerations: [{operator: Exists}], containers: [{name: a}]', 'The node had condition: [PIDPressure]. '",
    "false, true,  false, 'priority: 2000000000, containers: [{name: a}]', ''",
    "false, true,  false, 'priority: 1999999999, containers: [{name: a}]', 'The node had condition: [DiskPressure]. '",
  })
  void pressureKeepsOthersOut(
      boolean memory, boolean disk, boolean pids, String spec, String message) {
    Pod pod =
        pod(
            spec.startsWith("tolerations")
                ? spec
                : "tolerations: [{key: sick, operator: Exists}], " + spec);
    Admission admission = new Admission(NODE, new Pressure(memory, disk, pids), List.of(), false);

    Rejection rejection = admission.check(pod, false);

    assertThat(rejection).isEqualTo(message.isEmpty() ? null : new Rejection("Evicted", message));
    assertThat(admission.check(pod, true)).as("a static pod is critical").isNull();
  }

  private static Pod pod(String spec) {
    return Pod.of(DecisionsTest.yaml("{metadata: {name: p, uid: u}, spec: {" + spec + "}}"));
  }

  private static Candidate running(String name, String spec) {
    return new Candidate(
        Pod.of(
            DecisionsTest.yaml(
                "{metadata: {name: " + name + ", uid: " + name + "}, spec: {" + spec + "}}")),
        name.startsWith("static"));
  }

  private static String asks(String cpu) {
    return "containers: [{name: a, resources: {requests: {cpu: " + cpu + "}}}]";
  }

  private static String guaranteed(String cpu) {
    String both = "{cpu: " + cpu + ", memory: 1Mi}";
    return "containers: [{name: a, resources: {requests: " + both + ", limits: " + both + "}}]";
  }

  @ParameterizedTest
  @CsvSource({
    // Free are 100m; asked for, victims.
    "200m, 'small'",
    "400m, 'middle'",
    "700m, 'middle small'",
    "1000m, 'middle small firm'",
    "1500m, ''",
  })
  void fewestAndSmallestGoThoseWithTheLeastPromisesFirst(String cpu, String names) {
    List<Candidate> all =
        List.of(
            running("nothing", "containers: [{name: a}]"),
            running("small", asks("200m")),
            running("middle", asks("400m")),
            running("firm", guaranteed("300m")),
            running("critical", "priority: 2000000000, " + asks("500m")),
            running("static", asks("500m")));
    Node node =
        Node.of(
            DecisionsTest.yaml(
                "{metadata: {name: n}, status: {allocatable: {cpu: '2', memory: 1Gi, pods: 9}}}"));
    Pod wanted = pod("priority: 2000000000, " + asks(cpu));
    Admission.Result result =
        new Admission(node, Pressure.NONE, all.stream().map(Candidate::pod).toList(), false)
            .judge(wanted, false);
    assertThat(result.rejection()).isNotNull();

    List<Pod> victims = Preemption.victims(wanted, false, all, result.lacking());

    if (names.isEmpty()) {
      assertThat(victims).isNull();
      assertThat(Preemption.impossible(result.lacking()))
          .isEqualTo(
              new Rejection(
                  "UnexpectedAdmissionError",
                  "Unexpected error while attempting to recover from admission failure:"
                      + " preemption: error finding a set of pods to preempt: no set of running"
                      + " pods found to reclaim resources: [(res: cpu, q: 1400), ]"));
    } else {
      assertThat(victims).extracting(Pod::name).containsExactly(names.split(" "));
    }
  }

  @Test
  void podThatDoesNotFitForAnotherReasonEndsNobody() {
    Pod wanted = pod("priority: 2000000000, nodeSelector: {disk: hdd}, " + asks("9"));
    assertThat(onto(RUNNING).judge(wanted, false).lacking()).isEmpty();
  }
}
