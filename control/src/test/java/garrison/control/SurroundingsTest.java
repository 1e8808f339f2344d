package garrison.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.apiserver.LocalCluster;
import garrison.apiserver.auth.User;
import garrison.apiserver.resource.Resources;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.control.nodelifecycle.Limits;
import garrison.model.Condition;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.store.MemoryStore;
import garrison.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What surrounds DaemonSets (spec: daemonset 9), all loops over the real server in process; the
 * test is the nodes. What a loop decides is tested beside it; here is what it writes.
 */
class SurroundingsTest {
  private static final Limits PATIENT =
      new Limits(
          Duration.ofMillis(200), Duration.ofMinutes(5), Duration.ofMinutes(5), 10, 1, 50, 0.55);

  private final Store store = MemoryStore.open();
  private final Resources resources =
      Resources.open(store, InstantSource.system(), new Random(1), List.of());
  private final LocalCluster cluster = new LocalCluster(resources);
  private final Controllers controllers =
      new Controllers(
          loop -> cluster.as(User.loop(loop)),
          "-----BEGIN CERTIFICATE-----\n",
          Clock.systemUTC(),
          PATIENT,
          new SimpleMeterRegistry());

  @BeforeEach
  void start() {
    controllers.start();
    eventually().until(() -> get(Kinds.SERVICE_ACCOUNT, "default") != null);
  }

  @AfterEach
  void stop() {
    controllers.close();
    resources.close();
    store.close();
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(20)).ignoreExceptions();
  }

  private static ObjectNode json(String text) {
    return (ObjectNode) Json.parse(text.replace('\'', '"'));
  }

  private ObjectNode get(Kind kind, String name) {
    return cluster.get(kind, kind.namespaced() ? "default" : "", name);
  }

  private Pod pod(String name) {
    return Pod.of(get(Kinds.POD, name));
  }

  private List<ObjectNode> events(String reason) {
    return cluster.list(Kinds.EVENT, "", ListOptions.fields("reason=" + reason)).items();
  }

  private static Condition condition(Pod pod, String type) {
    Condition found = Condition.find(pod.conditions(), type);
    assertThat(found).as(type).isNotNull();
    return found;
  }

  private void node(String name) {
    cluster.create(
        Kinds.NODE,
        "",
        json(
            "{'metadata':{'name':'"
                + name
                + "'},'status':{'allocatable':{'cpu':'4','memory':'8Gi','pods':'110'}}}"));
    cluster.patch(
        Kinds.NODE,
        "",
        name,
        PatchType.STRATEGIC,
        json(
            "{'status':{'conditions':[{'type':'Ready','status':'True','lastHeartbeatTime':'"
                + Timestamps.seconds(Instant.now())
                + "'}]}}"),
        "status");
    eventually().until(() -> Node.of(get(Kinds.NODE, name)).taints().isEmpty());
  }

  private void priorityClass(String name, int value) {
    cluster.create(
        Kinds.PRIORITY_CLASS,
        "",
        json("{'metadata':{'name':'" + name + "'},'value':" + value + "}"));
  }

  private void create(String name, String spec) {
    cluster.create(
        Kinds.POD,
        "default",
        json(
            "{'metadata':{'name':'"
                + name
                + "','labels':{'app':'"
                + name.replaceAll("-.*", "")
                + "'}},'spec':{"
                + spec
                + ",'containers':[{'name':'c','image':'i','resources':{'requests':{'cpu':'3'}}}]}}"));
  }

  private void daemon(String priorityClass) {
    cluster.create(
        Kinds.DAEMON_SET,
        "default",
        json(
            "{'metadata':{'name':'ds'},'spec':{'selector':{'matchLabels':{'app':'ds'}},'template':"
                + "{'metadata':{'labels':{'app':'ds'}},'spec':{'priorityClassName':'"
                + priorityClass
                + "','containers':[{'name':'c','image':'i','resources':{'requests':{'cpu':'2'}}}]"
                + "}}}}"));
  }

  private Pod daemonPod() {
    return cluster.list(Kinds.POD, "default", ListOptions.labels("app=ds")).items().stream()
        .map(Pod::of)
        .findFirst()
        .orElseThrow();
  }

  private void running(String name) {
    cluster.patch(
        Kinds.POD,
        "default",
        name,
        PatchType.STRATEGIC,
        json(
            "{'status':{'phase':'Running','startTime':'2026-01-01T00:00:00Z','conditions':["
                + "{'type':'Ready','status':'True'}]}}"),
        "status");
  }

  /** 9.1 */
  @Test
  void podsOfOtherSchedulersAndGatedPodsAreLeftAlone() {
    node("n1");
    create("theirs", "'schedulerName':'theirs'");
    create("gated", "'schedulingGates':[{'name':'g'}]");
    create("ours", "'terminationGracePeriodSeconds':1");
    eventually().until(() -> pod("ours").nodeName().equals("n1"));
    assertThat(pod("theirs").nodeName()).isEmpty();
    assertThat(pod("theirs").conditions()).isEmpty();
    assertThat(pod("gated").nodeName()).isEmpty();
    assertThat(condition(pod("gated"), "PodScheduled").reason()).isEqualTo("SchedulingGated");
    cluster.delete(Kinds.POD, "default", "ours", DeleteOptions.now(""));
    cluster.patch(
        Kinds.POD,
        "default",
        "gated",
        PatchType.MERGE,
        json("{'spec':{'schedulingGates':null}}"),
        "");
    eventually().until(() -> pod("gated").nodeName().equals("n1"));
  }

  /** 9.1 */
  @Test
  void pendingPodSaysWhyInConditionAndEventAndComesOnceThereIsRoom() {
    node("n1");
    create("first", "'terminationGracePeriodSeconds':1");
    eventually().until(() -> pod("first").nodeName().equals("n1"));
    create("second", "'terminationGracePeriodSeconds':1");
    String message =
        "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No"
            + " preemption victims found for incoming pod.";
    eventually()
        .untilAsserted(
            () -> {
              Condition scheduled = condition(pod("second"), "PodScheduled");
              assertThat(scheduled).isNotNull();
              assertThat(scheduled.status()).isEqualTo("False");
              assertThat(scheduled.reason()).isEqualTo("Unschedulable");
              assertThat(scheduled.message()).isEqualTo(message);
            });
    JsonNode written = pod("second").status().path("conditions").path(0);
    assertThat(written.path("observedGeneration").asLong()).isEqualTo(1);
    assertThat(written.get("lastProbeTime").isNull()).isTrue();
    eventually()
        .untilAsserted(
            () ->
                assertThat(events("FailedScheduling"))
                    .anySatisfy(
                        event -> {
                          assertThat(event.path("message").asString()).isEqualTo(message);
                          assertThat(event.path("type").asString()).isEqualTo("Warning");
                          assertThat(event.path("action").asString()).isEqualTo("Scheduling");
                          assertThat(event.path("reportingComponent").asString())
                              .isEqualTo("default-scheduler");
                          assertThat(event.path("source").isEmpty()).isTrue();
                          assertThat(event.at("/involvedObject/name").asString())
                              .isEqualTo("second");
                        }));
    cluster.delete(Kinds.POD, "default", "first", DeleteOptions.now(""));
    eventually().until(() -> pod("second").nodeName().equals("n1"));
    eventually()
        .untilAsserted(
            () ->
                assertThat(events("Scheduled"))
                    .anySatisfy(
                        event -> {
                          assertThat(event.path("message").asString())
                              .isEqualTo("Successfully assigned default/second to n1");
                          assertThat(event.path("action").asString()).isEqualTo("Binding");
                        }));
  }

  /** 9.1 */
  @Test
  void podThatWaitsForCompanyComesWithIt() {
    node("n1");
    cluster.create(
        Kinds.POD,
        "default",
        json(
            "{'metadata':{'name':'follower'},'spec':{'affinity':{'podAffinity':{"
                + "'requiredDuringSchedulingIgnoredDuringExecution':[{'topologyKey':"
                + "'kubernetes.io/hostname','labelSelector':{'matchLabels':{'app':'web'}}}]}},"
                + "'containers':[{'name':'c','image':'i'}]}}"));
    cluster.patch(
        Kinds.NODE,
        "",
        "n1",
        PatchType.MERGE,
        json("{'metadata':{'labels':{'kubernetes.io/hostname':'n1'}}}"),
        "");
    eventually()
        .until(
            () ->
                condition(pod("follower"), "PodScheduled")
                    .message()
                    .contains("1 node(s) didn't match pod affinity rules"));
    create("web-1", "'nodeName':'n1'");
    eventually().until(() -> pod("follower").nodeName().equals("n1"));
  }

  /** 9.2 */
  @Test
  void daemonPodOfAHigherPriorityMakesRoomForItself() {
    node("n1");
    priorityClass("high", 1000);
    create("victim", "'terminationGracePeriodSeconds':30");
    eventually().until(() -> pod("victim").nodeName().equals("n1"));
    running("victim");
    daemon("high");
    eventually().until(() -> pod("victim").terminating());
    Condition target = condition(pod("victim"), "DisruptionTarget");
    assertThat(target.isTrue()).isTrue();
    assertThat(target.reason()).isEqualTo("PreemptionByScheduler");
    assertThat(target.message())
        .isEqualTo("default-scheduler: preempting to accommodate a higher priority pod");
    assertThat(pod("victim").meta().deletionGracePeriodSeconds()).isEqualTo(30);
    assertThat(daemonPod().status().path("nominatedNodeName").asString("")).isEqualTo("n1");
    assertThat(condition(daemonPod(), "PodScheduled").message())
        .isEqualTo(
            "0/1 nodes are available: 1 Insufficient cpu. preemption: found a potential placement"
                + " for pod on node n1, preempting 1 victims");
    eventually()
        .untilAsserted(
            () ->
                assertThat(events("Preempted"))
                    .singleElement()
                    .satisfies(
                        event -> {
                          assertThat(event.path("message").asString())
                              .isEqualTo(
                                  "Preempted by pod " + daemonPod().meta().uid() + " on node n1");
                          assertThat(event.path("action").asString()).isEqualTo("Preempting");
                          assertThat(event.at("/related/uid").asString())
                              .isEqualTo(daemonPod().meta().uid());
                          assertThat(event.at("/involvedObject/name").asString())
                              .isEqualTo("victim");
                        }));
    cluster.delete(Kinds.POD, "default", "victim", DeleteOptions.now(""));
    eventually().until(() -> daemonPod().nodeName().equals("n1"));
    assertThat(daemonPod().status().has("nominatedNodeName")).isFalse();
  }

  private void budget(String spec) {
    cluster.create(
        Kinds.POD_DISRUPTION_BUDGET,
        "default",
        json(
            "{'metadata':{'name':'pdb'},'spec':{'selector':{'matchLabels':{'app':'web'}},"
                + spec
                + "}}"));
  }

  private JsonNode budgetStatus() {
    return get(Kinds.POD_DISRUPTION_BUDGET, "pdb").path("status");
  }

  private void awaitBudget(String expected) {
    eventually()
        .untilAsserted(
            () ->
                assertThat(
                        budgetStatus().path("currentHealthy").asInt()
                            + "/"
                            + budgetStatus().path("desiredHealthy").asInt()
                            + " of "
                            + budgetStatus().path("expectedPods").asInt()
                            + ", "
                            + budgetStatus().path("disruptionsAllowed").asInt()
                            + " "
                            + budgetStatus().at("/conditions/0/reason").asString(""))
                    .isEqualTo(expected));
  }

  private int evict(String pod) {
    try {
      cluster.post(
          Kinds.POD,
          "default",
          pod,
          "eviction",
          json("{'apiVersion':'policy/v1','kind':'Eviction','metadata':{'name':'" + pod + "'}}"));
      return 201;
    } catch (StatusException e) {
      return e.code();
    }
  }

  /** 9.7 */
  @Test
  void budgetFollowsItsPodsAndEvictionsTakeFromIt() {
    node("n1");
    node("n2");
    budget("'minAvailable':1");
    awaitBudget("0/1 of 0, 0 InsufficientPods");
    create("web-1", "'nodeName':'n1'");
    create("web-2", "'nodeName':'n2'");
    awaitBudget("0/1 of 2, 0 InsufficientPods");
    running("web-1");
    running("web-2");
    awaitBudget("2/1 of 2, 1 SufficientPods");
    assertThat(evict("web-1")).isEqualTo(201);
    assertThat(evict("web-2")).isEqualTo(429);
    awaitBudget("1/1 of 2, 0 InsufficientPods");
    cluster.delete(Kinds.POD, "default", "web-1", DeleteOptions.now(""));
    awaitBudget("1/1 of 1, 0 InsufficientPods");
    eventually().until(() -> budgetStatus().path("disruptedPods").isEmpty());
    cluster.patch(
        Kinds.POD_DISRUPTION_BUDGET,
        "default",
        "pdb",
        PatchType.MERGE,
        json("{'spec':{'minAvailable':0}}"),
        "");
    awaitBudget("1/0 of 1, 1 SufficientPods");
    assertThat(budgetStatus().path("observedGeneration").asLong()).isEqualTo(2);
    assertThat(evict("web-2")).isEqualTo(201);
    eventually()
        .untilAsserted(
            () ->
                assertThat(events("NoPods"))
                    .first()
                    .satisfies(
                        event -> {
                          assertThat(event.path("message").asString())
                              .isEqualTo("No matching pods found");
                          assertThat(event.at("/source/component").asString())
                              .isEqualTo("controllermanager");
                        }));
  }

  /** 9.7 */
  @Test
  void budgetOverDaemonPodsCannotBeSharedOut() {
    node("n1");
    daemon("");
    eventually().until(() -> daemonPod().nodeName().equals("n1"));
    cluster.create(
        Kinds.POD_DISRUPTION_BUDGET,
        "default",
        json(
            "{'metadata':{'name':'pdb'},'spec':{'selector':{'matchLabels':{'app':'ds'}},"
                + "'maxUnavailable':1}}"));
    eventually()
        .untilAsserted(
            () -> {
              JsonNode condition = budgetStatus().path("conditions").path(0);
              assertThat(condition.path("type").asString("")).isEqualTo("DisruptionAllowed");
              assertThat(condition.path("status").asString("")).isEqualTo("False");
              assertThat(condition.path("reason").asString("")).isEqualTo("SyncFailed");
              assertThat(condition.path("message").asString(""))
                  .isEqualTo("daemonsets.apps does not implement the scale subresource");
            });
    assertThat(budgetStatus().path("disruptionsAllowed").asInt()).isZero();
    eventually()
        .untilAsserted(
            () ->
                assertThat(events("CalculateExpectedPodCountFailed"))
                    .first()
                    .satisfies(
                        event -> {
                          assertThat(event.path("type").asString()).isEqualTo("Warning");
                          assertThat(event.path("message").asString())
                              .isEqualTo(
                                  "Failed to calculate the number of expected pods:"
                                      + " daemonsets.apps does not implement the scale"
                                      + " subresource");
                        }));
    cluster.patch(
        Kinds.POD_DISRUPTION_BUDGET,
        "default",
        "pdb",
        PatchType.MERGE,
        json("{'spec':{'maxUnavailable':null,'minAvailable':1}}"),
        "");
    awaitBudget("0/1 of 1, 0 InsufficientPods");
  }

  /** 9.7 */
  @Test
  void podsWithoutAnOwnerAndPodsOfTwoBudgetsAreTold() {
    node("n1");
    create("web-1", "'nodeName':'n1'");
    budget("'maxUnavailable':'50%'");
    awaitBudget("0/0 of 0, 0 InsufficientPods");
    eventually()
        .untilAsserted(
            () ->
                assertThat(events("UnmanagedPods"))
                    .first()
                    .satisfies(
                        event ->
                            assertThat(event.path("message").asString())
                                .startsWith(
                                    "Pods selected by this PodDisruptionBudget (selector:"
                                        + " &LabelSelector{MatchLabels:map[string]string{app:"
                                        + " web,},MatchExpressions:[]LabelSelectorRequirement{},})"
                                        + " were found to be unmanaged.")));
    cluster.create(
        Kinds.POD_DISRUPTION_BUDGET,
        "default",
        json("{'metadata':{'name':'zzz'},'spec':{'selector':{},'minAvailable':1}}"));
    running("web-1");
    eventually()
        .untilAsserted(
            () ->
                assertThat(events("MultiplePodDisruptionBudgets"))
                    .first()
                    .satisfies(
                        event ->
                            assertThat(event.path("message").asString())
                                .isEqualTo(
                                    "Pod \"default\"/\"web-1\" matches multiple"
                                        + " PodDisruptionBudgets.  Chose \"pdb\" arbitrarily.")));
  }

  private void taint(String node, String taints) {
    cluster.patch(
        Kinds.NODE, "", node, PatchType.MERGE, json("{'spec':{'taints':" + taints + "}}"), "");
  }

  /** 9.4 */
  @Test
  void toleratedForAWhileIsCancelledByTheTaintsEnd() {
    node("n1");
    create(
        "guest",
        "'tolerations':[{'key':'k','operator':'Exists','effect':'NoExecute',"
            + "'tolerationSeconds':3600}]");
    create("stranger-1", "'nodeName':'n1'");
    eventually().until(() -> pod("guest").nodeName().equals("n1"));
    taint("n1", "[{'key':'k','effect':'NoExecute'}]");
    eventually().until(() -> pod("stranger-1").terminating());
    assertThat(condition(pod("stranger-1"), "DisruptionTarget").reason())
        .isEqualTo("DeletionByTaintManager");
    taint("n1", "[]");
    eventually()
        .untilAsserted(
            () ->
                assertThat(events("TaintManagerEviction"))
                    .extracting(event -> event.path("message").asString())
                    .contains(
                        "Marking for deletion Pod default/stranger-1",
                        "Cancelling deletion of Pod default/guest"));
    assertThat(pod("guest").terminating()).isFalse();
  }

  /** 9.4 */
  @Test
  void toleratedForASecondGoesThen() {
    node("n1");
    create(
        "guest",
        "'tolerations':[{'key':'k','operator':'Exists','effect':'NoExecute',"
            + "'tolerationSeconds':1}]");
    eventually().until(() -> pod("guest").nodeName().equals("n1"));
    taint("n1", "[{'key':'k','effect':'NoExecute'}]");
    eventually().until(() -> pod("guest").terminating());
  }

  /** 9.5 */
  @Test
  void cordonTaintsTheNodeAndDaemonPodsStayAndCome() {
    node("n1");
    cluster.patch(
        Kinds.NODE, "", "n1", PatchType.STRATEGIC, json("{'spec':{'unschedulable':true}}"), "");
    eventually()
        .until(
            () ->
                Node.of(get(Kinds.NODE, "n1"))
                    .hasTaint("node.kubernetes.io/unschedulable", "NoSchedule"));
    daemon("");
    eventually().until(() -> daemonPod().nodeName().equals("n1"));
    create("plain", "'terminationGracePeriodSeconds':1");
    eventually()
        .untilAsserted(
            () ->
                assertThat(condition(pod("plain"), "PodScheduled").message())
                    .startsWith("0/1 nodes are available: 1 node(s) were unschedulable."));
    cluster.patch(
        Kinds.NODE, "", "n1", PatchType.STRATEGIC, json("{'spec':{'unschedulable':null}}"), "");
    eventually().until(() -> Node.of(get(Kinds.NODE, "n1")).taints().isEmpty());
    assertThat(daemonPod().terminating()).isFalse();
  }
}
