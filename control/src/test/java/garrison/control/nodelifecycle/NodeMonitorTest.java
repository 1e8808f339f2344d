package garrison.control.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.client.cache.Index;
import garrison.client.events.EventRecorder;
import garrison.control.CachedServer;
import garrison.model.Condition;
import garrison.model.Lease;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.Taint;
import garrison.model.Timestamps;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Spec: daemonset 9.3, the passes of the node lifecycle, with a clock that the test turns. */
class NodeMonitorTest {
  private static final Duration GRACE = Duration.ofSeconds(50);
  private static final Duration LATE = Duration.ofSeconds(51);

  private final CachedServer server = new CachedServer();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
  private final EventRecorder events =
      new EventRecorder(server.cluster(), "node-controller", "", clock);
  private final NodeWrites writes = new NodeWrites(server.cluster(), events);
  private final Index<Pod> podsOfNode =
      server.pods.index(pod -> pod.nodeName().isEmpty() ? List.of() : List.of(pod.nodeName()));
  private final NodeMonitor monitor = monitor();

  private void forward(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  @AfterEach
  void stop() {
    events.close();
    server.close();
  }

  private NodeMonitor monitor() {
    return new NodeMonitor(server.nodes, podsOfNode, server.leases, writes, clock, Limits.DEFAULT);
  }

  private void pass() {
    server.settle();
    monitor.pass();
    server.settle();
  }

  private void serve() {
    server.settle();
    monitor.serve();
    server.settle();
  }

  private void node(String name, String zone) {
    server.create(
        Kinds.NODE,
        "",
        "{'metadata':{'name':'"
            + name
            + "','labels':{'topology.kubernetes.io/zone':'"
            + zone
            + "'}}}");
  }

  private void says(String node, String ready) {
    server
        .cluster()
        .patch(
            Kinds.NODE,
            "",
            node,
            PatchType.STRATEGIC,
            CachedServer.json(
                "{'status':{'conditions':[{'type':'Ready','status':'"
                    + ready
                    + "','reason':'r','message':'m','lastHeartbeatTime':'"
                    + Timestamps.seconds(clock.instant())
                    + "'},{'type':'MemoryPressure','status':'False'}]}}"),
            "status");
  }

  private void lease(String node) {
    server.create(
        Kinds.LEASE,
        "kube-node-lease",
        "{'metadata':{'name':'"
            + node
            + "'},'spec':{'holderIdentity':'"
            + node
            + "','leaseDurationSeconds':40,'renewTime':'"
            + Timestamps.micros(clock.instant())
            + "'}}");
  }

  private void renew(String node) {
    server.patch(
        Kinds.LEASE,
        "kube-node-lease",
        node,
        "{'spec':{'renewTime':'" + Timestamps.micros(clock.instant()) + "'}}",
        "");
  }

  private Condition condition(String node, String type) {
    return server.node(node).condition(type);
  }

  private boolean isGivenUp(String node) {
    Node present = server.node(node);
    return present.hasTaint(ConditionTaints.UNREACHABLE, Taint.NO_EXECUTE)
        || present.hasTaint(ConditionTaints.NOT_READY, Taint.NO_EXECUTE);
  }

  @Test
  void nodesThatComeAndGoAreTold() {
    node("n1", "");
    pass();
    pass();
    assertThat(server.events("RegisteredNode", 1))
        .containsExactly("Node n1 event: Registered Node n1 in Controller");
    server.cluster().delete(Kinds.NODE, "", "n1", DeleteOptions.DEFAULT);
    await().until(() -> server.nodes.size() == 0);
    monitor.pass();
    assertThat(server.events("RemovingNode", 1))
        .containsExactly("Node n1 event: Removing Node n1 from Controller");
  }

  @Test
  void silentNodeIsUnknownAfterItsGraceAndNotBefore() {
    node("n1", "");
    says("n1", "True");
    pass();
    forward(GRACE);
    pass();
    assertThat(condition("n1", "Ready").status()).isEqualTo("True");
    forward(Duration.ofSeconds(1));
    pass();
    Condition ready = condition("n1", "Ready");
    assertThat(ready.status()).isEqualTo("Unknown");
    assertThat(ready.reason()).isEqualTo("NodeStatusUnknown");
    assertThat(ready.message()).isEqualTo("Kubelet stopped posting node status.");
    assertThat(condition("n1", "MemoryPressure").reason()).isEqualTo("NodeStatusUnknown");
    for (String type : new String[] {"DiskPressure", "PIDPressure"}) {
      Condition never = condition("n1", type);
      assertThat(never.status()).isEqualTo("Unknown");
      assertThat(never.reason()).isEqualTo("NodeStatusNeverUpdated");
      assertThat(never.message()).isEqualTo("Kubelet never posted node status.");
      assertThat(never.lastHeartbeatTime()).isEqualTo(server.node("n1").meta().creationTimestamp());
    }
    assertThat(condition("n1", "NetworkUnavailable")).isNull();
    assertThat(server.events("NodeNotReady", 1))
        .containsExactly("Node n1 status is now: NodeNotReady");
  }

  @Test
  void nodeThatNeverSpokeHasAMinuteFromItsCreation() {
    node("n1", "");
    pass();
    forward(Duration.ofSeconds(58));
    pass();
    assertThat(condition("n1", "Ready")).isNull();
    forward(Duration.ofSeconds(4));
    pass();
    assertThat(condition("n1", "Ready").reason()).isEqualTo("NodeStatusNeverUpdated");
    // It was never Ready: nobody is told that it is not any more.
    assertThat(server.events("NodeNotReady")).isEmpty();
  }

  @Test
  void renewedLeaseAloneKeepsANodeAlive() {
    node("n1", "");
    says("n1", "True");
    lease("n1");
    pass();
    for (int i = 0; i < 4; i++) {
      forward(Duration.ofSeconds(40));
      renew("n1");
      pass();
    }
    assertThat(condition("n1", "Ready").status()).isEqualTo("True");
    forward(LATE);
    pass();
    assertThat(condition("n1", "Ready").status()).isEqualTo("Unknown");
  }

  @Test
  void viewOfALeaseThatLagsCondemnsNobody() {
    node("n1", "");
    node("n2", "");
    says("n1", "True");
    says("n2", "True");
    lease("n1");
    pass();
    forward(LATE);
    // Written behind the back of the cache: what the monitor asks for is newer than what it saw.
    NodeWrites ahead =
        new NodeWrites(server.cluster(), events) {
          @Override
          Long newerLease(String node, Lease cached) {
            if (node.equals("n1")) {
              return Long.MAX_VALUE;
            }
            return super.newerLease(node, cached);
          }
        };
    NodeMonitor lagging =
        new NodeMonitor(server.nodes, podsOfNode, server.leases, ahead, clock, Limits.DEFAULT);
    lagging.pass();
    forward(LATE);
    lagging.pass();
    assertThat(condition("n1", "Ready").status()).isEqualTo("True");
    forward(LATE);
    lagging.pass();
    assertThat(condition("n1", "Ready").status()).isEqualTo("True");
    // Nobody else is judged either until the view has caught up, which it never does here.
    assertThat(condition("n2", "Ready").status()).isEqualTo("Unknown");
    says("n2", "True");
    server.settle();
    lagging.pass();
    forward(LATE);
    lagging.pass();
    assertThat(condition("n2", "Ready").status()).isEqualTo("True");
  }

  private void podOn(String name, String node) {
    server.create(
        Kinds.POD,
        "default",
        "{'metadata':{'name':'"
            + name
            + "'},'spec':{'nodeName':'"
            + node
            + "','containers':[{'name':'c','image':'i'}]}}");
    server.patch(
        Kinds.POD,
        "default",
        name,
        "{'status':{'phase':'Running','conditions':[{'type':'Ready','status':'True','reason':'r'}]}}",
        "status");
  }

  @Test
  void podsOfANodeThatFellSilentAreNotReady() {
    node("n1", "");
    says("n1", "True");
    podOn("p", "n1");
    pass();
    forward(LATE);
    pass();
    Pod pod = server.pod("p");
    assertThat(pod.ready()).isFalse();
    assertThat(pod.phase()).isEqualTo("Running");
    Condition ready = Condition.find(pod.conditions(), "Ready");
    assertThat(ready.status()).isEqualTo("False");
    assertThat(ready.reason()).isEqualTo("r");
    assertThat(server.events("NodeNotReady", 2)).contains("Node is not ready");
  }

  @Test
  void podsOfANodeThatSaysItIsNotReadyKeepTheirCondition() {
    node("n1", "");
    node("n2", "");
    says("n2", "True");
    says("n1", "False");
    podOn("p", "n1");
    pass();
    forward(Duration.ofSeconds(40));
    says("n2", "True");
    pass();
    forward(Duration.ofSeconds(20));
    pass();
    assertThat(condition("n1", "Ready").status()).isEqualTo("Unknown");
    assertThat(server.pod("p").ready()).isTrue();
    assertThat(server.events("NodeNotReady")).isEmpty();
  }

  @Test
  void lostNodesAreGivenUpOneByOneAtTheRateOfTheirZone() {
    for (String name : new String[] {"a", "b", "c", "d", "e"}) {
      node(name, "z");
      says(name, name.compareTo("c") < 0 ? "False" : "True");
    }
    pass();
    serve();
    assertThat(isGivenUp("a") ^ isGivenUp("b")).isTrue();
    forward(Duration.ofSeconds(9));
    serve();
    assertThat(isGivenUp("a") && isGivenUp("b")).isFalse();
    forward(Duration.ofSeconds(1));
    serve();
    assertThat(isGivenUp("a") && isGivenUp("b")).isTrue();
    assertThat(isGivenUp("c")).isFalse();
    assertThat(server.node("a").taints())
        .filteredOn(taint -> taint.effect().equals(Taint.NO_EXECUTE))
        .singleElement()
        .satisfies(taint -> assertThat(taint.timeAdded()).isNotNull());
  }

  @Test
  void nodeThatCameBackInTheQueueIsNotGivenUp() {
    node("a", "z");
    node("b", "z");
    says("a", "False");
    says("b", "True");
    pass();
    says("a", "True");
    serve();
    assertThat(isGivenUp("a")).isFalse();
  }

  @Test
  void zoneOfWhichMuchIsLostGivesNobodyUp() {
    for (String name : new String[] {"a", "b", "c", "d"}) {
      node(name, "small");
      says(name, name.equals("d") ? "True" : "False");
    }
    pass();
    serve();
    forward(Duration.ofMinutes(1));
    serve();
    assertThat(List.of("a", "b", "c")).noneMatch(this::isGivenUp);
    says("d", "True");
    node("far", "other");
    says("far", "False");
    pass();
    serve();
    // The other zone is down as a whole: it goes on at the usual rate.
    assertThat(isGivenUp("far")).isTrue();
  }

  @Test
  void whereNoZoneHasAReadyNodeNobodyIsGivenUpAndAllAreTakenBack() {
    node("a", "z");
    node("b", "z");
    says("a", "False");
    says("b", "True");
    pass();
    serve();
    assertThat(isGivenUp("a")).isTrue();
    says("b", "False");
    pass();
    assertThat(isGivenUp("a")).isFalse();
    forward(Duration.ofMinutes(1));
    pass();
    serve();
    assertThat(List.of("a", "b")).noneMatch(this::isGivenUp);
  }

  @Test
  void onceANodeIsReadyAgainAllHaveTheirWholeGrace() {
    node("a", "z");
    node("b", "z");
    says("a", "False");
    says("b", "False");
    pass();
    forward(Duration.ofSeconds(40));
    says("b", "True");
    pass();
    forward(Duration.ofSeconds(20));
    pass();
    assertThat(condition("a", "Ready").status()).isEqualTo("False");
    forward(Duration.ofSeconds(31));
    says("b", "True");
    pass();
    assertThat(condition("a", "Ready").status()).isEqualTo("Unknown");
    serve();
    assertThat(isGivenUp("a")).isTrue();
  }

  @Test
  void nodeLeftOutOfTheStatisticsDoesNotMakeAZoneSick() {
    for (String name : new String[] {"a", "b", "c", "d"}) {
      node(name, "z");
      says(name, name.equals("d") ? "True" : "False");
      if (!name.equals("d")) {
        server.patch(
            Kinds.NODE,
            "",
            name,
            "{'metadata':{'labels':{'node.kubernetes.io/exclude-disruption':''}}}",
            "");
      }
    }
    pass();
    serve();
    assertThat(List.of("a", "b", "c").stream().filter(this::isGivenUp)).hasSize(1);
  }
}
