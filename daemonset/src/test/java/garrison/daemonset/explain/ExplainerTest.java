package garrison.daemonset.explain;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.HostPort;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One thing broken at a time, and the words for it. */
class ExplainerTest {
  private static final String READY =
      "{'phase':'Running','conditions':[{'type':'Ready','status':'True'}]}";
  private static final String NOT_READY_NODE =
      "{'conditions':[{'type':'Ready','status':'False','message':'container runtime is down',"
          + "'lastTransitionTime':'2026-11-25T11:55:00Z'}]}";
  private static final String SILENT_NODE =
      "{'conditions':[{'type':'Ready','status':'Unknown','lastTransitionTime':'2026-11-25T11:55:00Z'}]}";

  private static String sentence(NodeFinding finding) {
    assertThat(finding.causes()).hasSize(1);
    return finding.causes().getFirst().sentence();
  }

  private static List<String> codes(NodeFinding finding) {
    return finding.causes().stream().map(Cause::code).toList();
  }

  private static @Nullable String command(NodeFinding finding, int fix) {
    return finding
        .causes()
        .getFirst()
        .fixes()
        .get(fix)
        .command(List.of(finding.node()), finding.pods());
  }

  @Test
  void aNodeWithAnAvailablePodNeedsNoWords() {
    NodeFinding finding = new Scene().node("n1").pod("p", "n1", READY).node1();
    assertThat(finding.state()).isEqualTo(State.RUNS);
    assertThat(finding.causes()).isEmpty();
  }

  @Test
  void aCordonIsToldAndIsNoCause() {
    NodeFinding finding =
        new Scene()
            .node(
                "n1",
                "{}",
                "{'unschedulable':true,'taints':[{'key':'node.kubernetes.io/unschedulable','effect':'NoSchedule'}]}",
                "{'conditions':[{'type':'Ready','status':'True'}]}")
            .pod("p", "n1", READY)
            .node1();
    assertThat(finding.state()).isEqualTo(State.RUNS);
    assertThat(finding.causes()).isEmpty();
    assertThat(finding.notes())
        .containsExactly("the node is cordoned, which keeps no daemon pod away");
  }

  // Eligibility.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'key':'gpu','value':'true','effect':'NoSchedule'} | EXCLUDED | untolerated taint gpu=true:NoSchedule | kubectl taint nodes n1 gpu:NoSchedule-",
        "{'key':'gpu','effect':'NoExecute'} | EXCLUDED | untolerated taint gpu:NoExecute, which also sends running pods off | kubectl taint nodes n1 gpu:NoExecute-",
        "{'key':'node-role.kubernetes.io/control-plane','effect':'NoSchedule'} | EXCLUDED | untolerated taint node-role.kubernetes.io/control-plane:NoSchedule, by which a control-plane node keeps ordinary pods away | kubectl taint nodes n1 node-role.kubernetes.io/control-plane:NoSchedule-",
        "{'key':'node.kubernetes.io/not-ready','effect':'NoSchedule'} | EXCLUDED | the node is ready, but still has the taint node.kubernetes.io/not-ready:NoSchedule, which the node lifecycle controller is to take away | kubectl taint nodes n1 node.kubernetes.io/not-ready:NoSchedule-",
        "{'key':'node.kubernetes.io/network-unavailable','effect':'NoSchedule'} | EXCLUDED | the node's network is not set up yet (taint node.kubernetes.io/network-unavailable:NoSchedule) | ",
      })
  void taints(String taint, State state, String sentence, @Nullable String fix) {
    NodeFinding finding = new Scene().tainted("n1", taint).node1();
    assertThat(finding.state()).isEqualTo(state);
    assertThat(sentence(finding)).isEqualTo(sentence);
    assertThat(command(finding, 1)).isEqualTo(fix);
  }

  @Test
  void aTolerationIsAddedToThoseThereAre() {
    String taint = "{'key':'gpu','value':'true','effect':'NoSchedule'}";
    assertThat(command(new Scene().tainted("n1", taint).node1(), 0))
        .isEqualTo(
            "kubectl -n ops patch ds/log --type=json -p"
                + " '[{\"op\":\"add\",\"path\":\"/spec/template/spec/tolerations\",\"value\":[{\"key\":\"gpu\","
                + "\"operator\":\"Equal\",\"value\":\"true\",\"effect\":\"NoSchedule\"}]}]'");
    NodeFinding beside =
        new Scene()
            .template("{'tolerations':[{'key':'other','operator':'Exists'}]}")
            .tainted("n1", taint)
            .node1();
    assertThat(command(beside, 0)).contains("\"/spec/template/spec/tolerations/-\"");
    assertThat(beside.causes().getFirst().fixes().getFirst().manifest())
        .isEqualTo(
            """
            spec:
              template:
                spec:
                  tolerations:
                  - key: gpu
                    operator: Equal
                    value: "true"
                    effect: NoSchedule""");
  }

  @Test
  void aPodThatWasThereBeforeTheTaintStays() {
    NodeFinding finding =
        new Scene()
            .tainted("n1", "{'key':'gpu','effect':'NoSchedule'}")
            .pod("p", "n1", READY)
            .node1();
    assertThat(finding.state()).isEqualTo(State.STAYS);
    assertThat(codes(finding)).containsExactly("untolerated_taint");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}             | nodeSelector wants disk=ssd, the node has no such label | kubectl label nodes n1 disk=ssd",
        "{'disk':'hdd'} | nodeSelector wants disk=ssd, the node has disk=hdd      | kubectl label nodes n1 disk=ssd --overwrite",
      })
  void labels(String labels, String sentence, String fix) {
    NodeFinding finding =
        new Scene()
            .template("{'nodeSelector':{'disk':'ssd'}}")
            .node("n1", labels, "{}", "{'conditions':[{'type':'Ready','status':'True'}]}")
            .node1();
    assertThat(finding.state()).isEqualTo(State.EXCLUDED);
    assertThat(sentence(finding)).isEqualTo(sentence);
    assertThat(command(finding, 0)).isEqualTo(fix);
    assertThat(command(finding, 1))
        .contains("\"op\":\"remove\",\"path\":\"/spec/template/spec/nodeSelector/disk\"");
  }

  /** Expressions against a node with zone=b and n=5; the last column is the change of labels. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'key':'zone','operator':'In','values':['a','c']} | zone In [a, c] (the node has zone=b)          | zone=a --overwrite",
        "{'key':'zone','operator':'NotIn','values':['b']}  | zone NotIn [b] (the node has zone=b)          | zone-",
        "{'key':'zone','operator':'DoesNotExist'}          | zone DoesNotExist (the node has zone=b)       | zone-",
        "{'key':'gpu','operator':'Exists'}                 | gpu Exists (the node has no label gpu)        | gpu=",
        "{'key':'n','operator':'Gt','values':['7']}        | n Gt [7] (the node has n=5)                   | n=8 --overwrite",
        "{'key':'n','operator':'Lt','values':['3']}        | n Lt [3] (the node has n=5)                   | n=2 --overwrite",
      })
  void affinity(String expression, String words, String change) {
    NodeFinding finding =
        new Scene()
            .template(
                "{'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
                    + "{'nodeSelectorTerms':[{'matchExpressions':["
                    + expression
                    + "]}]}}}}")
            .node(
                "n1",
                "{'zone':'b','n':'5'}",
                "{}",
                "{'conditions':[{'type':'Ready','status':'True'}]}")
            .node1();
    assertThat(sentence(finding)).isEqualTo("no term of the node affinity matches: " + words);
    assertThat(command(finding, 0)).isEqualTo("kubectl label nodes n1 " + change);
  }

  @Test
  void everyReasonIsTold_whatLastsBeforeWhatPasses() {
    NodeFinding finding =
        new Scene()
            .template("{'nodeName':'n2','nodeSelector':{'disk':'ssd'}}")
            .node(
                "n1",
                "{}",
                "{'taints':[{'key':'node.kubernetes.io/not-ready','effect':'NoSchedule'},"
                    + "{'key':'gpu','effect':'NoSchedule'}]}",
                NOT_READY_NODE)
            .node1();
    assertThat(codes(finding))
        .containsExactly("other_node", "node_selector", "untolerated_taint", "node_not_ready");
  }

  // The node.

  @Test
  void aNodeThatIsNotReadySaysWhy() {
    NodeFinding finding =
        new Scene()
            .node(
                "n1",
                "{}",
                "{'taints':[{'key':'node.kubernetes.io/not-ready','effect':'NoSchedule'},"
                    + "{'key':'node.kubernetes.io/not-ready','effect':'NoExecute'}]}",
                NOT_READY_NODE)
            .node1();
    assertThat(finding.state()).isEqualTo(State.EXCLUDED);
    assertThat(sentence(finding))
        .isEqualTo("the node has not been ready for 5 min: container runtime is down");
  }

  @Test
  void ofASilentNodeOnlyItsSilenceIsTold() {
    NodeFinding finding =
        new Scene()
            .template("{'tolerations':[{'operator':'Exists'}]}")
            .node("n1", "{}", "{}", SILENT_NODE)
            .pod(
                "p",
                "n1",
                "{'phase':'Running','conditions':[{'type':'Ready','status':'False'}],"
                    + "'containerStatuses':[{'name':'c','state':{'waiting':{'reason':'CrashLoopBackOff'}}}]}")
            .node1();
    assertThat(finding.state()).isEqualTo(State.NOT_READY);
    assertThat(sentence(finding))
        .isEqualTo(
            "the node has been silent for 5 min: its agent or kubelet has stopped reporting");
  }

  @Test
  void aPodOfANodeThatIsGoneIsLeftOver() {
    NodeFinding finding = new Scene().pod("p", "n1", READY).node1();
    assertThat(finding.state()).isEqualTo(State.LEFT_OVER);
    assertThat(codes(finding)).containsExactly("node_gone");
  }

  // Scheduling (spec: daemonset 9.1).

  private static Scene unscheduled(String message) {
    return new Scene()
        .node("n1")
        .unbound(
            "p",
            "n1",
            "{'phase':'Pending','conditions':[{'type':'PodScheduled','status':'False',"
                + "'reason':'Unschedulable','message':'"
                + message
                + "'}]}");
  }

  @Test
  void tooFewResourcesAreToldInFigures() {
    NodeFinding finding =
        unscheduled(
                "0/3 nodes are available: 1 Insufficient memory, 2 node(s) didnt satisfy. preemption:"
                    + " 0/3 nodes are available: 1 No preemption victims found for incoming pod.")
            .obstacles(
                "p",
                new Obstacle.Shortage(
                    "memory",
                    100L << 20,
                    40L << 20,
                    1000L << 20,
                    List.of(new Obstacle.Taker("default", "web", 500L << 20))))
            .template("{}")
            .node1();
    assertThat(finding.state()).isEqualTo(State.WAITING);
    assertThat(finding.causes().getFirst().sentence())
        .isEqualTo("insufficient memory, needs 100Mi, 40Mi free");
    assertThat(finding.causes().getFirst().fixes())
        .extracting(Fix::what)
        .containsExactly(
            "make room; most is requested there by default/web 500Mi",
            "or let it take the place of less important pods");
  }

  @Test
  void theRequestThatWouldFitIsNamed() {
    NodeFinding finding =
        unscheduled("0/1 nodes are available: 1 Insufficient cpu.")
            .template("{'containers':[{'name':'c','resources':{'requests':{'cpu':'500m'}}}]}")
            .obstacles("p", new Obstacle.Shortage("cpu", 500, 200, 4000, List.of()))
            .node1();
    assertThat(sentence(finding)).isEqualTo("insufficient cpu, needs 500m, 200m free");
    assertThat(command(finding, 0))
        .isEqualTo("kubectl -n ops set resources ds/log -c c --requests=cpu=200m");
  }

  @Test
  void aTakenHostPortNamesItsHolder() {
    NodeFinding finding =
        unscheduled(
                "0/1 nodes are available: 1 node(s) didn?t have free ports for the requested pod ports.")
            .obstacles(
                "p",
                new Obstacle.PortTaken(
                    new HostPort("0.0.0.0", "TCP", 80), new Obstacle.Taker("web", "nginx", 0)))
            .node1();
    assertThat(sentence(finding))
        .isEqualTo("host port 80/TCP is taken on the node by pod web/nginx");
  }

  @Test
  void surgeAndHostPortsBlockOneAnother() {
    NodeFinding finding =
        unscheduled(
                "0/1 nodes are available: 1 node(s) didn?t have free ports for the requested pod ports.")
            .spec(
                "{'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':1,'maxUnavailable':0}}}")
            .old("o", "n1")
            .obstacles(
                "p",
                new Obstacle.PortTaken(
                    new HostPort("0.0.0.0", "TCP", 80), new Obstacle.Taker("ops", "o", 0)))
            .node1();
    assertThat(finding.state()).isEqualTo(State.OUTDATED);
    assertThat(codes(finding)).containsExactly("surge_host_port");
  }

  @Test
  void whatOnlyTheSchedulerKnowsIsQuoted() {
    NodeFinding finding =
        unscheduled(
                "0/2 nodes are available: 1 node(s) didn?t match pod anti-affinity rules, 1 node(s)"
                    + " didn?t satisfy plugin(s) [NodeAffinity]. preemption: none")
            .obstacles("p")
            .node1();
    assertThat(finding.causes().getFirst().sentence())
        .isEqualTo("the scheduler: node(s) didn?t match pod anti-affinity rules");
  }

  @Test
  void aLackThatIsOverIsNotToldAsALack() {
    NodeFinding finding =
        unscheduled("0/1 nodes are available: 1 Insufficient cpu.").obstacles("p").node1();
    assertThat(codes(finding)).containsExactly("scheduling_retry");
  }

  @Test
  void aPodThatNobodySchedulesIsToldAfterAWhile() {
    assertThat(sentence(new Scene().node("n1").unbound("p", "n1", "{'phase':'Pending'}").node1()))
        .isEqualTo("no scheduler has looked at the pod in 60 min");
  }

  // On the node.

  private static Scene container(String state) {
    return new Scene()
        .node("n1")
        .pod(
            "p",
            "n1",
            "{'phase':'Running','conditions':[{'type':'Ready','status':'False'}],'startTime':'2026-11-25T11:59:00Z',"
                + "'containerStatuses':[{'name':'c','image':'r.io/i:1','restartCount':3,"
                + state
                + "}]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'state':{'waiting':{'reason':'ImagePullBackOff','message':'manifest unknown'}} | image_pull | container c has no image r.io/i:1: there is no such image (manifest unknown)",
        "'state':{'waiting':{'reason':'ErrImagePull','message':'401 Unauthorized'}} | image_pull | container c has no image r.io/i:1: the registry does not let the node have it (401 Unauthorized)",
        "'state':{'waiting':{'reason':'ErrImagePull','message':'dial tcp: lookup r.io: no such host'}} | image_pull | container c has no image r.io/i:1: the node does not reach the registry (dial tcp: lookup r.io: no such host)",
        "'state':{'waiting':{'reason':'InvalidImageName'}} | image_name | container c names an image that is no name: r.io/i:1",
        "'state':{'waiting':{'reason':'ErrImageNeverPull'}} | image_missing | container c wants image r.io/i:1 without a pull, and the node has no such image",
        "'state':{'waiting':{'reason':'NoContainerRuntime'}} | no_container_runtime | container c needs a container runtime, and the node has none",
        "'state':{'waiting':{'reason':'CreateContainerError','message':'no space'}} | container_error | container c: CreateContainerError: no space",
        "'state':{'waiting':{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':{'exitCode':3,'reason':'Error'}} | crash_loop | container c crashes with exit code 3, restarted 3 times",
        "'state':{'waiting':{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':{'exitCode':3,'message':'one\\ntwo'}} | crash_loop | container c crashes with exit code 3, restarted 3 times; last message: two",
        "'state':{'waiting':{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':{'exitCode':0,'reason':'Completed'}} | completes | container c ends by itself with exit code 0, but a daemon is to go on, restarted 3 times",
        "'state':{'waiting':{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':{'exitCode':127}} | crash_loop | container c names a command that is not there (exit code 127), restarted 3 times",
        "'state':{'terminated':{'exitCode':139}} | crash_loop | container c crashes (exit code 139, SIGSEGV), restarted 3 times",
        "'state':{'waiting':{'reason':'ContainerCreating'}} | starting | its containers are being started for 60 s",
        "'ready':false,'state':{'running':{'startedAt':'2026-11-25T11:59:30Z'}} | not_ready | container c runs and is not ready yet, running for 30 s",
      })
  void containers(String state, String code, String sentence) {
    NodeFinding finding = container(state).node1();
    assertThat(finding.state()).isEqualTo(State.NOT_READY);
    assertThat(codes(finding)).containsExactly(code);
    assertThat(sentence(finding)).isEqualTo(sentence);
  }

  @Test
  void outOfMemoryNamesTheLimitAndDoublesIt() {
    NodeFinding finding =
        new Scene()
            .template("{'containers':[{'name':'c','resources':{'limits':{'memory':'64Mi'}}}]}")
            .node("n1")
            .pod(
                "p",
                "n1",
                "{'phase':'Running','containerStatuses':[{'name':'c','restartCount':1,'state':{'waiting':"
                    + "{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':{'exitCode':137,'reason':'OOMKilled'}}}]}")
            .node1();
    assertThat(sentence(finding))
        .isEqualTo(
            "container c uses more memory than its limit of 64Mi and is killed (OOMKilled),"
                + " restarted 1 time");
    assertThat(command(finding, 0))
        .isEqualTo("kubectl -n ops set resources ds/log -c c --limits=memory=128Mi");
  }

  @Test
  void lastWordsComeFromTheLogWhereTheStatusHasNone() {
    NodeFinding finding =
        container(
                "'state':{'waiting':{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':{'exitCode':1}}")
            .lastWords("p", "c", "cannot open /etc/x\n")
            .node1();
    assertThat(sentence(finding)).endsWith("; last message: cannot open /etc/x");
    assertThat(command(finding, 0)).isEqualTo("kubectl -n ops logs p -c c --previous");
  }

  @Test
  void aFailingLivenessProbeIsTheCauseOfItsRestarts() {
    NodeFinding finding =
        container(
                "'state':{'waiting':{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':{'exitCode':137}}")
            .podEvent("p", "Unhealthy", "Liveness probe failed: connection refused")
            .podEvent("p", "Killing", "Container c failed liveness probe, will be restarted")
            .node1();
    assertThat(codes(finding)).containsExactly("failing_probe");
    assertThat(sentence(finding))
        .isEqualTo(
            "container c, restarted 3 times, because: Liveness probe failed: connection refused");
  }

  @ParameterizedTest
  @CsvSource({"readinessProbe,Readiness,true", "startupProbe,Startup,false"})
  void aProbeThatFailsIsQuoted(String member, String word, boolean started) {
    NodeFinding finding =
        new Scene()
            .template("{'containers':[{'name':'c','" + member + "':{'tcpSocket':{'port':1}}}]}")
            .node("n1")
            .pod(
                "p",
                "n1",
                "{'phase':'Running','containerStatuses':[{'name':'c','ready':false,'started':"
                    + started
                    + ",'state':{'running':{'startedAt':'2026-11-25T11:59:30Z'}}}]}")
            .podEvent(
                "p", "Unhealthy", word + " probe failed: HTTP probe failed with statuscode: 503")
            .node1();
    assertThat(sentence(finding))
        .isEqualTo(
            "container c: "
                + word
                + " probe failed: HTTP probe failed with statuscode: 503, running for 30 s");
  }

  @Test
  void minReadySecondsAreCountedDown() {
    NodeFinding finding =
        new Scene()
            .spec("{'minReadySeconds':30}")
            .node("n1")
            .pod(
                "p",
                "n1",
                "{'phase':'Running','conditions':[{'type':'Ready','status':'True','lastTransitionTime':'2026-11-25T11:59:50Z'}]}")
            .node1();
    assertThat(sentence(finding))
        .isEqualTo("ready, and counts as available after 30 s (minReadySeconds), in 20 s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FailedMount            | MountVolume.SetUp failed for volume \"v\" : configmap \"cfg\" not found | volume            | kubectl -n ops create configmap cfg --from-literal=KEY=VALUE",
        "FailedMount            | MountVolume.SetUp failed for volume \"v\" : secret \"s\" not found      | volume            | kubectl -n ops create secret generic s --from-literal=KEY=VALUE",
        "NetworkNotReady        | network is not ready: cni config uninitialized                         | network_not_ready | kubectl get pods -A -o wide --field-selector spec.nodeName=n1",
        "FailedCreatePodSandBox | no address left                                                        | sandbox           | kubectl -n ops describe pod p",
      })
  void whatHoldsUpAPodBeforeItsContainers(String reason, String message, String code, String fix) {
    NodeFinding finding =
        container("'state':{'waiting':{'reason':'ContainerCreating'}}")
            .podEvent("p", reason, message)
            .node1();
    assertThat(codes(finding)).containsExactly(code);
    assertThat(sentence(finding)).contains(message);
    assertThat(command(finding, 0)).isEqualTo(fix);
  }

  @Test
  void aPodThatItsNodeHasNotTakenUp() {
    assertThat(sentence(new Scene().node("n1").pod("p", "n1", "{'phase':'Pending'}").node1()))
        .isEqualTo("the node has not taken the pod up for 60 min");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "OutOfcpu     | Pod was rejected: Node did not have enough resource: cpu | the node refused the pod: out of cpu (OutOfcpu)",
        "NodeAffinity | Pod was rejected                                         | the node refused the pod: its labels do not match the pod (NodeAffinity)",
        "Evicted      | The node was low on resource: memory.                    | the node ended the pod because it ran short of something (Evicted)",
        "UnexpectedAdmissionError | device                                       | the pod failed on its node (UnexpectedAdmissionError)",
      })
  void aPodThatFailedOnItsNode(String reason, String message, String sentence) {
    NodeFinding finding =
        new Scene()
            .node("n1")
            .pod(
                "p",
                "n1",
                "{'phase':'Failed','reason':'%s','message':'%s'}".formatted(reason, message))
            .node1();
    assertThat(finding.state()).isEqualTo(State.NOT_READY);
    assertThat(sentence(finding)).startsWith(sentence + ": " + message);
  }

  // Ending.

  private static Scene terminating(String node, long due, String finalizers) {
    Scene scene = new Scene();
    if (!node.isEmpty()) {
      scene.node("n1", "{}", "{}", node);
    }
    return scene.pod(
        "p",
        "{'deletionTimestamp':'%s','deletionGracePeriodSeconds':30,'finalizers':%s}"
            .formatted(Scene.ago(due), finalizers),
        "{'nodeName':'n1'}",
        READY,
        3600);
  }

  @Test
  void whatATerminatingPodWaitsFor() {
    String ready = "{'conditions':[{'type':'Ready','status':'True'}]}";
    assertThat(sentence(terminating(ready, -20, "[]").node1()))
        .isEqualTo("the pod is ending; its grace period runs for another 20 s");
    assertThat(sentence(terminating(ready, 60, "[]").node1()))
        .isEqualTo("the pod should have ended, and its node is still at it (due 60 s ago)");
    NodeFinding dead = terminating(SILENT_NODE, 60, "[]").node1();
    assertThat(dead.state()).isEqualTo(State.ENDING);
    assertThat(dead.causes().getFirst().sentence())
        .isEqualTo(
            "the pod was deleted, and its node is silent: only the node could say that it has"
                + " ended (due 60 s ago)");
    assertThat(command(dead, 2)).isEqualTo("kubectl -n ops delete pod p --grace-period=0 --force");
    NodeFinding kept = terminating(ready, -20, "['a/b']").node1();
    assertThat(codes(kept)).containsExactly("grace", "finalizers");
  }

  // Creation.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pods \"log-x\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2 | quota | quota q is used up: a pod requests pods=1, used pods=2 of pods=2",
        "pods \"log-x\" is forbidden: failed quota: q: must specify cpu for: c | quota | quota q takes only pods that specify cpu for: c",
        "pods \"log-\" is forbidden: error looking up service account ops/sa: serviceaccount \"sa\" not found | service_account | service account sa does not exist",
        "pods \"log-x\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true) | pod_security | the namespace's pod security level baseline refuses the pods: host namespaces (hostNetwork=true)",
        "pods \"log-\" is forbidden: no PriorityClass with name high was found | priority_class | priority class high does not exist",
        "admission webhook \"w.x\" denied the request: no latest | webhook_denied | admission webhook w.x refuses the pods: no latest",
        "Internal error occurred: failed calling webhook \"w.x\": connection refused | webhook_down | admission webhook w.x does not answer: connection refused",
        "pods \"log-x\" is forbidden: whatever | create_refused | the API server refuses the pods: pods \"log-x\" is forbidden: whatever",
      })
  void refusalsOnCreate(String message, String code, String sentence) {
    NodeFinding finding =
        new Scene().node("n1").event("FailedCreate", "Error creating: " + message, 5).node1();
    assertThat(finding.state()).isEqualTo(State.WAITING);
    assertThat(codes(finding)).containsExactly(code);
    assertThat(sentence(finding)).isEqualTo(sentence);
  }

  @Test
  void aQuotaOfPodsIsRaisedByWhatIsMissing() {
    NodeFinding finding =
        new Scene()
            .node("n1")
            .node("n2")
            .node("n3")
            .pod("p", "n3", READY)
            .event(
                "FailedCreate",
                "Error creating: pods \"x\" is forbidden: exceeded quota: q, requested: pods=1,"
                    + " used: pods=1, limited: pods=1",
                5)
            .node1();
    assertThat(command(finding, 0))
        .isEqualTo(
            "kubectl -n ops patch quota q --type=merge -p '{\"spec\":{\"hard\":{\"pods\":\"3\"}}}'");
  }

  @Test
  void whatTheServerSaysNowCountsMoreThanWhatItSaid() {
    String event = "Error creating: exceeded quota: q, requested: a, used: b, limited: c";
    assertThat(codes(new Scene().node("n1").event("FailedCreate", event, 5).refusedNow("").node1()))
        .containsExactly("refused_before");
    assertThat(
            sentence(
                new Scene()
                    .node("n1")
                    .event("FailedCreate", event, 5)
                    .refusedNow("no PriorityClass with name high was found")
                    .node1()))
        .isEqualTo("priority class high does not exist");
  }

  @Test
  void aRefusalBeforeTheYoungestPodIsPast() {
    NodeFinding finding =
        new Scene()
            .node("n1")
            .node("n2")
            .pod("p", "{}", "{'nodeName':'n2'}", READY, 60)
            .event("FailedCreate", "Error creating: exceeded quota: q", 120)
            .node1();
    assertThat(codes(finding)).containsExactly("being_made");
  }

  // The controller.

  @Test
  void aPodThatIsMissingIsFirstLookedForAgain() {
    Explanation first = new Scene().node("n1").explain();
    assertThat(first.unsettled()).isTrue();
    assertThat(codes(first.nodes().getFirst())).containsExactly("being_made");
    NodeFinding second =
        new Scene().node("n1").watched(3).lease("kube-controller-manager", "m1", 90).node1();
    assertThat(sentence(second))
        .isEqualTo(
            "eligible, and no controller makes a pod for it: nothing happened in 3 s (lease"
                + " kube-system/kube-controller-manager was last renewed 90 s ago, by m1)");
  }

  @Test
  void aGenerationThatNobodySawIsToldFirst() {
    Explanation explanation =
        new Scene()
            .daemonSet(
                document -> {
                  document.withObject("metadata").put("generation", 2);
                  return document;
                })
            .node("n1")
            .pod("p", "n1", READY)
            .watched(3)
            .explain();
    assertThat(explanation.overall())
        .singleElement()
        .satisfies(
            cause -> {
              assertThat(cause.code()).isEqualTo("controller_absent");
              assertThat(cause.sentence())
                  .isEqualTo(
                      "no controller has seen the DaemonSet's generation 2, the last one seen is"
                          + " 1");
            });
  }

  @Test
  void aDaemonSetThatIsBeingDeletedGetsNoPods() {
    NodeFinding finding =
        new Scene()
            .daemonSet(
                document -> {
                  document.withObject("metadata").put("deletionTimestamp", Scene.ago(60));
                  document.withObject("metadata").putArray("finalizers").add("foregroundDeletion");
                  return document;
                })
            .node("n1")
            .node1();
    assertThat(codes(finding)).containsExactly("deleted");
  }

  // Turns (spec: daemonset 6).

  @Test
  void anOldPodWaitsForThoseThatAreNamed() {
    NodeFinding finding =
        new Scene()
            .node("n1")
            .node("n2", "{}", "{}", SILENT_NODE)
            .old("o", "n1")
            .pod(
                "dead",
                "{'deletionTimestamp':'%s'}".formatted(Scene.ago(300)),
                "{'nodeName':'n2'}",
                READY,
                3600)
            .node1();
    assertThat(finding.state()).isEqualTo(State.OUTDATED);
    assertThat(sentence(finding))
        .isEqualTo(
            "waits for its turn: maxUnavailable allows 1 node without an available pod, and so many"
                + " there are: n2 (the pod was deleted, and its node is silent: only the node could"
                + " say that it has ended (due 5 min ago))");
    assertThat(finding.causes().getFirst().fixes().getLast().command(List.of(), List.of()))
        .isEqualTo(
            "kubectl -n ops patch ds/log --type=merge -p"
                + " '{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"maxUnavailable\":2}}}}'");
  }

  @Test
  void anOldPodIsPausedByOnDelete() {
    NodeFinding finding =
        new Scene()
            .spec("{'updateStrategy':{'type':'OnDelete'}}")
            .node("n1")
            .old("o", "n1")
            .node1();
    assertThat(codes(finding)).containsExactly("on_delete");
    assertThat(command(finding, 0)).isEqualTo("kubectl -n ops delete pod o");
  }

  @Test
  void surgeHasABudgetOfItsOwn() {
    NodeFinding finding =
        new Scene()
            .spec(
                "{'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':1,'maxUnavailable':0}}}")
            .node("n1")
            .node("n2")
            .old("o1", "n1")
            .old("o2", "n2")
            .unbound("new", "n2", "{'phase':'Pending'}")
            .node1();
    assertThat(sentence(finding))
        .isEqualTo(
            "waits for its turn: maxSurge allows 1 new pod that is not available yet, and so many"
                + " there are: n2 (no scheduler has looked at the pod in 60 min)");
  }

  @Test
  void anOldPodWhoseTurnItIsIsNext() {
    NodeFinding finding = new Scene().node("n1").old("o", "n1").node1();
    assertThat(codes(finding)).containsExactly("next_turn");
  }

  @Test
  void whatIsBrokenInTheNewRevisionHasTheWayBack() {
    NodeFinding finding =
        new Scene()
            .earlierRevision(4)
            .node("n1")
            .pod(
                "p",
                "n1",
                "{'phase':'Running','containerStatuses':[{'name':'c','state':{'waiting':{'reason':'CrashLoopBackOff'}},"
                    + "'lastState':{'terminated':{'exitCode':1}}}]}")
            .node1();
    assertThat(command(finding, 1)).isEqualTo("kubectl -n ops rollout undo ds/log --to-revision=4");
  }

  // The fleet.

  @Test
  void nodesThatAreAlikeAreOneGroup() {
    Scene scene = new Scene();
    for (int i = 0; i < 1200; i++) {
      scene.node("run-" + i).pod("p" + i, "run-" + i, READY);
    }
    for (int i = 0; i < 3; i++) {
      scene.tainted("gpu-" + i, "{'key':'gpu','value':'true','effect':'NoSchedule'}");
    }
    scene
        .node("tight")
        .unbound(
            "w",
            "tight",
            "{'conditions':[{'type':'PodScheduled','status':'False','message':'0/1 nodes are available: 1 Insufficient memory.'}]}")
        .obstacles(
            "w", new Obstacle.Shortage("memory", 100L << 20, 40L << 20, 1L << 30, List.of()));
    assertThat(scene.explain().line())
        .isEqualTo(
            "1,200 run · 3 excluded: untolerated taint gpu=true:NoSchedule · 1 waiting:"
                + " insufficient memory, needs 100Mi, 40Mi free");
  }

  @Test
  void whatSharesItsFirstReasonIsOneInTheLine() {
    Explanation explanation =
        new Scene()
            .template("{'nodeSelector':{'disk':'ssd'}}")
            .node("n1")
            .tainted("n2", "{'key':'gpu','effect':'NoSchedule'}")
            .explain();
    assertThat(explanation.line())
        .isEqualTo("2 excluded: nodeSelector wants disk=ssd, the node has no such label");
    assertThat(explanation.groups()).hasSize(2);
  }

  @Test
  void withoutNodesThereIsOneSentence() {
    assertThat(new Scene().explain().line()).isEqualTo("there are no nodes");
  }
}
