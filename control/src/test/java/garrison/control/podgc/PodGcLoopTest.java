package garrison.control.podgc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.client.DeleteOptions;
import garrison.control.CachedServer;
import garrison.model.Condition;
import garrison.model.Pod;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Spec: daemonset 9.6. */
class PodGcLoopTest {
  private final CachedServer server = new CachedServer();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
  private final PodGcLoop loop = new PodGcLoop(server.cluster(), server.nodes, server.pods, clock);

  private void forward(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  @AfterEach
  void stop() {
    loop.close();
    server.close();
  }

  private void pass() {
    server.settle();
    loop.pass();
    server.settle();
  }

  private void node(String name, String taints) {
    server.create(Kinds.NODE, "", "{'metadata':{'name':'" + name + "'}}");
    server.patch(Kinds.NODE, "", name, "{'spec':{'taints':[" + taints + "]}}", "");
  }

  /** With a finalizer, so that its last state can be looked at. */
  private void pod(String name, String node) {
    server.create(
        Kinds.POD,
        "default",
        "{'metadata':{'name':'"
            + name
            + "','finalizers':['a.b/c']},'spec':{"
            + (node.isEmpty() ? "" : "'nodeName':'" + node + "',")
            + "'containers':[{'name':'c','image':'i'}]}}");
  }

  private void delete(String name) {
    server.cluster().delete(Kinds.POD, "default", name, DeleteOptions.DEFAULT);
  }

  private boolean isDeletedNow(String name) {
    Pod pod = server.pod(name);
    Long grace = pod.meta().deletionGracePeriodSeconds();
    return pod.phase().equals("Failed") && grace != null && grace == 0;
  }

  @Test
  void podsOfAMissingNodeGoAfterItsQuarantine() {
    pod("p", "gone");
    pass();
    forward(Duration.ofSeconds(39));
    pass();
    assertThat(server.pod("p").phase()).isEqualTo("Pending");
    forward(Duration.ofSeconds(1));
    pass();
    assertThat(isDeletedNow("p")).isTrue();
    Condition target = Condition.find(server.pod("p").conditions(), "DisruptionTarget");
    assertThat(target).isNotNull();
    assertThat(target.isTrue()).isTrue();
    assertThat(target.reason()).isEqualTo("DeletionByPodGC");
    assertThat(target.message()).isEqualTo("PodGC: node no longer exists");
  }

  @Test
  void nodeThatComesBackInTimeKeepsItsPods() {
    pod("p", "back");
    pass();
    forward(Duration.ofSeconds(30));
    node("back", "");
    pass();
    server.cluster().delete(Kinds.NODE, "", "back", DeleteOptions.DEFAULT);
    await().until(() -> server.nodes.size() == 0);
    pass();
    forward(Duration.ofSeconds(30));
    pass();
    assertThat(server.pod("p").phase()).isEqualTo("Pending");
    forward(Duration.ofSeconds(10));
    pass();
    assertThat(isDeletedNow("p")).isTrue();
  }

  @Test
  void podThatEndedOnAMissingNodeKeepsItsPhase() {
    pod("done", "gone");
    server.patch(Kinds.POD, "default", "done", "{'status':{'phase':'Succeeded'}}", "status");
    pass();
    forward(Duration.ofSeconds(40));
    pass();
    assertThat(server.pod("done").phase()).isEqualTo("Succeeded");
    assertThat(server.pod("done").terminating()).isTrue();
  }

  @Test
  void deletedPodsGoWhereTheNodeIsDownAndOutOfService() {
    String taint = "{'key':'node.kubernetes.io/out-of-service','effect':'NoExecute'}";
    node("down", taint);
    node("up", taint);
    server.patch(
        Kinds.NODE,
        "",
        "up",
        "{'status':{'conditions':[{'type':'Ready','status':'True'}]}}",
        "status");
    node("tainted", "");
    for (String name : new String[] {"down", "up", "tainted"}) {
      pod("on-" + name, name);
      delete("on-" + name);
    }
    pod("alive", "down");
    pass();
    assertThat(isDeletedNow("on-down")).isTrue();
    assertThat(Condition.find(server.pod("on-down").conditions(), "DisruptionTarget")).isNull();
    assertThat(isDeletedNow("on-up")).isFalse();
    assertThat(isDeletedNow("on-tainted")).isFalse();
    assertThat(server.pod("alive").terminating()).isFalse();
  }

  @Test
  void deletedPodThatWasNeverBoundIsFailed() {
    pod("unbound", "");
    delete("unbound");
    pod("waiting", "");
    pass();
    assertThat(isDeletedNow("unbound")).isTrue();
    assertThat(server.pod("waiting").terminating()).isFalse();
    server.patch(Kinds.POD, "default", "unbound", "{'metadata':{'finalizers':null}}", "");
    assertThat(server.hasPod("unbound")).isFalse();
  }

  private static Pod ended(String name, String phase, String reason, int minute) {
    ObjectNode document = Json.object();
    document
        .putObject("metadata")
        .put("name", name)
        .put("creationTimestamp", "2026-01-01T00:%02d:00Z".formatted(minute));
    document.putObject("status").put("phase", phase).put("reason", reason);
    return Pod.of(document);
  }

  @Test
  void endedPodsBeyondTheThresholdGoEvictedOnesFirstThenTheOldest() {
    List<Pod> pods = new ArrayList<>();
    pods.add(ended("new", "Succeeded", "", 9));
    pods.add(ended("old", "Failed", "", 1));
    pods.add(ended("twin", "Failed", "", 1));
    pods.add(ended("evicted", "Failed", "Evicted", 8));
    pods.add(ended("running", "Running", "", 0));
    assertThat(PodGarbage.ended(pods, 1))
        .extracting(Pod::name)
        .containsExactly("evicted", "old", "twin");
    assertThat(PodGarbage.ended(pods, 4)).isEmpty();
    assertThat(PodGarbage.ended(pods, 0)).isEmpty();
  }
}
