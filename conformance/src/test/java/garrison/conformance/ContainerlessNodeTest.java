package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.SharedFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A DaemonSet that needs images, on this machine as a node without a container runtime: all reads
 * as on Kubernetes, and says why the pod waits.
 */
class ContainerlessNodeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What one kubectl prints and another does not, or calls otherwise. */
  private static final Pattern OF_SOME_VERSIONS =
      Pattern.compile("(?m)^(Namespace:|  Kube-Proxy Version:|    (ConfigMap)?Optional:).*\n");

  private static final String WHY =
      "node NODE has no container runtime, so it cannot run images; give the pod"
          + " \"runtimeClassName: process\" and a command of the node, or label the DaemonSet's"
          + " nodes so that it runs only where a container runtime is";

  @TempDir static Path folder;
  private static Garrison garrison;
  private static Kubectl kubectl;
  private static String node;
  private static String pod;

  @BeforeAll
  static void applyFluentd() {
    garrison = Garrison.start(folder, "up");
    kubectl = Kubectl.against(garrison).in(Path.of(".."));
    await()
        .atMost(PATIENCE)
        .until(() -> kubectl.run("get", "nodes", "--no-headers").contains(" Ready "));
    assertThat(kubectl.run("create", "namespace", "logging"))
        .isEqualTo("namespace/logging created\n");
    assertThat(kubectl.run("apply", "-f", "examples/fluentd.yaml"))
        .isEqualTo("daemonset.apps/fluentd created\n");
    await()
        .atMost(PATIENCE)
        .until(() -> logging("get", "pods", "--no-headers").contains("NoContainerRuntime"));
    await().atMost(PATIENCE).until(() -> logging("get", "events").contains("no container runtime"));
    node = kubectl.run("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
    pod = logging("get", "pods", "-o", "jsonpath={.items[0].metadata.name}");
  }

  @AfterAll
  static void stop() {
    garrison.close();
  }

  private static String logging(String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "-n";
    all[arguments.length + 1] = "logging";
    return kubectl.run(all);
  }

  /** Without what differs from run to run, from machine to machine, and between kubectls. */
  private static String plain(String text) {
    return OF_SOME_VERSIONS
        .matcher(text)
        .replaceAll("")
        .replace(pod, "POD")
        .replaceAll("\\b" + Pattern.quote(node) + "\\b", "NODE")
        .replaceAll("kube-api-access-\\w{5}", "kube-api-access-xxxxx")
        .replaceAll("controller-revision-hash=\\w+", "controller-revision-hash=HASH")
        .replaceAll("\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d [-+]\\d{4}", "TIME")
        .replaceAll("NODE/[0-9a-f.:]+", "NODE/ADDRESS")
        // Ages, and the columns whose width they decide.
        .replaceAll("(?m)^(  \\w+ +\\w+ +)\\d+s +", "$1AGE  ")
        .replaceAll("(?m)^(  Type +Reason +Age) +", "$1  ")
        .replaceAll("(?m)^(  ---- +------ +----) +", "$1  ")
        .replaceAll("(?m) +$", "");
  }

  @Test
  void theExampleIsAppliedAgainWithoutAChange() {
    assertThat(kubectl.run("apply", "-f", "examples/fluentd.yaml"))
        .isEqualTo("daemonset.apps/fluentd unchanged\n");
    assertThat(kubectl.tryRun("", "diff", "-f", "examples/fluentd.yaml").code()).isZero();
  }

  @Test
  void tablesShowTheDaemonSetAndItsWaitingPod() {
    assertThat(rows("get", "ds,pods", "-o", "wide"))
        .isEqualTo(
            """
            NAME|DESIRED|CURRENT|READY|UP-TO-DATE|AVAILABLE|NODE SELECTOR|AGE|CONTAINERS|IMAGES|SELECTOR
            daemonset.apps/fluentd|1|1|0|1|0|<none>|AGE|fluentd|fluent/fluentd:v1.14|app=fluentd

            NAME|READY|STATUS|RESTARTS|AGE|IP|NODE|NOMINATED NODE|READINESS GATES
            pod/POD|0/1|NoContainerRuntime|0|AGE|<none>|NODE|<none>|<none>
            """);
  }

  private static String rows(String... arguments) {
    return plain(logging(arguments)).replaceAll(" {2,}", "|").replaceAll("\\b\\d+s\\b", "AGE");
  }

  @Test
  void columnsAreThoseOfARealServer() {
    assumeTrue(SharedFiles.present(), "the recorded answers are not beside this checkout");
    for (String table : List.of("daemonsets", "pods", "nodes", "events")) {
      JsonNode columns =
          SharedFiles.json("spec/golden/table-" + table + ".json")
              .at("/cases/0/response/body/columnDefinitions");
      for (boolean wide : new boolean[] {false, true}) {
        String expected =
            columns
                .valueStream()
                .filter(column -> wide || column.path("priority").asInt() == 0)
                .map(column -> column.path("name").asString().toUpperCase(Locale.ROOT))
                .collect(Collectors.joining("|"));
        String printed = logging("get", table, "-o", wide ? "wide" : "");
        assertThat(printed.lines().findFirst().orElseThrow().trim().replaceAll(" {2,}", "|"))
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void describeDaemonSetReadsAsOnKubernetes() {
    assertThat(plain(logging("describe", "ds", "fluentd")))
        .isEqualTo(
            """
            Name:           fluentd
            Selector:       app=fluentd
            Node-Selector:  <none>
            Labels:         <none>
            Annotations:    deprecated.daemonset.template.generation: 1
            Desired Number of Nodes Scheduled: 1
            Current Number of Nodes Scheduled: 1
            Number of Nodes Scheduled with Up-to-date Pods: 1
            Number of Nodes Scheduled with Available Pods: 0
            Number of Nodes Misscheduled: 0
            Pods Status:  0 Running / 1 Waiting / 0 Succeeded / 0 Failed
            Pod Template:
              Labels:  app=fluentd
              Containers:
               fluentd:
                Image:      fluent/fluentd:v1.14
                Port:       <none>
                Host Port:  <none>
                Limits:
                  cpu:     100m
                  memory:  200Mi
                Requests:
                  cpu:        50m
                  memory:     100Mi
                Environment:  <none>
                Mounts:
                  /var/log from varlog (ro)
              Volumes:
               varlog:
                Type:          HostPath (bare host directory volume)
                Path:          /var/log
                HostPathType:
              Node-Selectors:  <none>
              Tolerations:     <none>
            Events:
              Type    Reason            Age  From                  Message
              ----    ------            ----  ----                  -------
              Normal  SuccessfulCreate  AGE  daemonset-controller  Created pod: POD
            """);
  }

  @Test
  void describePodSaysWhyItWaits() {
    assertThat(plain(logging("describe", "pod", pod)))
        .isEqualTo(
            """
            Name:             POD
            Priority:         0
            Service Account:  default
            Node:             NODE/ADDRESS
            Start Time:       TIME
            Labels:           app=fluentd
                              controller-revision-hash=HASH
                              pod-template-generation=1
            Annotations:      <none>
            Status:           Pending
            IP:
            IPs:              <none>
            Controlled By:    DaemonSet/fluentd
            Containers:
              fluentd:
                Container ID:
                Image:          fluent/fluentd:v1.14
                Image ID:
                Port:           <none>
                Host Port:      <none>
                State:          Waiting
                  Reason:       NoContainerRuntime
                Ready:          False
                Restart Count:  0
                Limits:
                  cpu:     100m
                  memory:  200Mi
                Requests:
                  cpu:        50m
                  memory:     100Mi
                Environment:  <none>
                Mounts:
                  /var/log from varlog (ro)
                  /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-xxxxx (ro)
            Conditions:
              Type                        Status
              PodReadyToStartContainers   False
              Initialized                 True
              Ready                       False
              ContainersReady             False
              PodScheduled                True
            Volumes:
              varlog:
                Type:          HostPath (bare host directory volume)
                Path:          /var/log
                HostPathType:
              kube-api-access-xxxxx:
                Type:                    Projected (a volume that contains injected data from multiple sources)
                TokenExpirationSeconds:  3607
                ConfigMapName:           kube-root-ca.crt
                DownwardAPI:             true
            QoS Class:                   Burstable
            Node-Selectors:              <none>
            Tolerations:                 node.kubernetes.io/disk-pressure:NoSchedule op=Exists
                                         node.kubernetes.io/memory-pressure:NoSchedule op=Exists
                                         node.kubernetes.io/not-ready:NoExecute op=Exists
                                         node.kubernetes.io/pid-pressure:NoSchedule op=Exists
                                         node.kubernetes.io/unreachable:NoExecute op=Exists
                                         node.kubernetes.io/unschedulable:NoSchedule op=Exists
            Events:
              Type     Reason                  Age  From               Message
              ----     ------                  ----  ----               -------
              Normal   Scheduled               AGE  default-scheduler  Successfully assigned logging/POD to NODE
              Warning  FailedCreatePodSandBox  AGE  kubelet            Failed to create pod sandbox: WHY
            """
                .replace("WHY", WHY));
  }

  @Test
  void theContainerItsLogAndTheEventsSayWhyToo() {
    assertThat(
            plain(
                logging(
                    "get",
                    "pod",
                    pod,
                    "-o",
                    "jsonpath={.status.containerStatuses[0].state.waiting.message}")))
        .isEqualTo(WHY);
    assertThat(plain(kubectl.tryRun("", "logs", "ds/fluentd", "-n", "logging").err()))
        .isEqualTo(
            "Error from server (BadRequest): container \"fluentd\" in pod \"POD\" is waiting to"
                + " start: NoContainerRuntime\n");
    assertThat(plain(logging("get", "events", "--no-headers")).lines())
        .extracting(line -> line.replaceFirst("^\\S+ +", "").replaceAll(" {2,}", "|"))
        .containsExactlyInAnyOrder(
            "Normal|Scheduled|pod/POD|Successfully assigned logging/POD to NODE",
            "Warning|FailedCreatePodSandBox|pod/POD|Failed to create pod sandbox: " + WHY,
            "Normal|SuccessfulCreate|daemonset/fluentd|Created pod: POD");
  }

  @Test
  void describeNodeHasTheSectionsOfKubernetes() {
    String described = plain(kubectl.run("describe", "node", node));
    assertThat(
            described.lines().filter(line -> line.matches("\\w.*")).map(line -> line.split(":")[0]))
        .containsExactly(
            "Name",
            "Roles",
            "Labels",
            "Annotations",
            "CreationTimestamp",
            "Taints",
            "Unschedulable",
            "Lease",
            "Conditions",
            "Addresses",
            "Capacity",
            "Allocatable",
            "System Info",
            "Non-terminated Pods",
            "Allocated resources",
            "Events");
    assertThat(described)
        .contains(
            "Taints:             <none>\nUnschedulable:      false\nLease:\n  HolderIdentity:  NODE\n")
        .containsPattern(
            "(?m)^  MemoryPressure +False .*KubeletHasSufficientMemory +kubelet has sufficient memory available$")
        .containsPattern(
            "(?m)^  DiskPressure +False .*KubeletHasNoDiskPressure +kubelet has no disk pressure$")
        .containsPattern(
            "(?m)^  PIDPressure +False .*KubeletHasSufficientPID +kubelet has sufficient PID available$")
        .containsPattern("(?m)^  Ready +True .*KubeletReady +kubelet is posting ready status$")
        .containsPattern("(?m)^  Container Runtime Version:  process://")
        .containsPattern(
            "(?m)^  logging +POD +50m \\(\\d+%\\) +100m \\(\\d+%\\) +100Mi \\(\\d+%\\) +200Mi \\(\\d+%\\) ")
        .containsPattern("(?m)^  cpu +50m \\(\\d+%\\) +100m \\(\\d+%\\)$")
        .containsPattern(
            "(?m)^  Normal +NodeReady +AGE +kubelet +Node NODE status is now: NodeReady$");
  }
}
