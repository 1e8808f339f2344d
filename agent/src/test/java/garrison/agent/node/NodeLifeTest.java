package garrison.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.TestCluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** A node known to the server (spec: node-agent 2). */
class NodeLifeTest {
  private static final String NAME = "n1";

  private final TestCluster server = new TestCluster();
  private final MovableClock clock = new MovableClock();
  private volatile NodeConditions conditions = new NodeConditions(Pressure.NONE, List.of(), null);
  private NodeLife life;

  @BeforeEach
  void register() {
    life = newLife();
    life.tick();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void leaseIsRenewedEveryTenSecondsAndOwnedByTheNode() {
    ObjectNode lease = lease();
    assertThat(lease.at("/spec/leaseDurationSeconds").asInt()).isEqualTo(40);
    assertThat(lease.at("/metadata/ownerReferences/0/uid").asString()).isEqualTo(life.uid());

    Instant last = Instant.parse(lease.at("/spec/renewTime").asString());
    for (int i = 0; i < 6; i++) {
      clock.forward(life.tick());
      life.tick();
      Instant renewed = Instant.parse(lease().at("/spec/renewTime").asString());
      assertThat(Duration.between(last, renewed))
          .isBetween(Duration.ofSeconds(5), Duration.ofMillis(10_500));
      last = renewed;
    }
  }

  @Test
  void statusIsSentOnlyWhenItChangedOrAfterFiveMinutes() {
    String version = version();
    for (int i = 0; i < 20; i++) {
      clock.forward(life.tick());
    }
    assertThat(version()).isEqualTo(version);

    conditions = new NodeConditions(new Pressure(false, true, false), List.of(), null);
    life.tick();
    assertThat(TestCluster.condition(server.node(NAME), "DiskPressure")).isEqualTo("True");

    version = version();
    clock.forward(Duration.ofMinutes(6));
    life.tick();
    assertThat(version()).isNotEqualTo(version);
  }

  @Test
  void changeOfAConditionKeepsTheTimeOfTheOthers() {
    String since = since("Ready");
    clock.forward(Duration.ofSeconds(30));
    conditions = new NodeConditions(new Pressure(true, false, false), List.of(), null);
    life.tick();

    assertThat(since("Ready")).isEqualTo(since);
    assertThat(since("MemoryPressure")).isNotEqualTo(since);
  }

  @Test
  void nodeThatWasDeletedIsNotMadeAgainByThisAgentButByTheNext() {
    server.direct().delete(Kinds.NODE, "", NAME, DeleteOptions.DEFAULT);
    server.direct().delete(Kinds.LEASE, "kube-node-lease", NAME, DeleteOptions.DEFAULT);
    clock.forward(Duration.ofSeconds(30));
    life.tick();
    clock.forward(Duration.ofSeconds(30));
    life.tick();
    assertThat(life.deleted()).isTrue();
    assertThat(server.direct().list(Kinds.NODE, "", ListOptions.ALL).items()).isEmpty();

    newLife().tick();

    assertThat(server.node(NAME).at("/metadata/uid").asString()).isNotEqualTo(life.uid());
  }

  @Test
  void nodeThatIsThereIsTakenOverWithItsLabelsRepaired() {
    ObjectNode patch = Json.object();
    patch
        .putObject("metadata")
        .putObject("labels")
        .put("kubernetes.io/arch", "pdp11")
        .put("mine", "kept");
    patch.putObject("spec").put("unschedulable", true);
    server.direct().patch(Kinds.NODE, "", NAME, PatchType.MERGE, patch, "");
    String uid = life.uid();

    NodeLife next = newLife();
    next.tick();

    ObjectNode node = server.node(NAME);
    assertThat(node.at("/metadata/uid").asString()).isEqualTo(uid);
    assertThat(node.at("/metadata/labels/kubernetes.io~1arch").asString()).isEqualTo("amd64");
    assertThat(node.at("/metadata/labels/mine").asString()).isEqualTo("kept");
    assertThat(node.at("/spec/unschedulable").asBoolean()).isTrue();
  }

  @Test
  void firstTimeThatItIsReadyIsToldAtOnceAndAwaitedForTwoMinutesOnly() {
    conditions = new NodeConditions(Pressure.NONE, List.of("not yet"), null);
    NodeLife starting = newLife();
    for (int i = 0; i < 3; i++) {
      Duration next = starting.tick();
      assertThat(next).isLessThanOrEqualTo(Duration.ofMillis(100));
      clock.forward(next);
    }
    conditions = new NodeConditions(Pressure.NONE, List.of(), null);
    Duration afterwards = starting.tick();
    assertThat(TestCluster.condition(server.node(NAME), "Ready")).isEqualTo("True");
    assertThat(afterwards).isGreaterThan(Duration.ofMillis(100));

    conditions = new NodeConditions(Pressure.NONE, List.of("never"), null);
    NodeLife never = newLife();
    never.tick();
    clock.forward(Duration.ofMinutes(2));
    assertThat(never.tick()).isGreaterThan(Duration.ofMillis(100));
  }

  @Test
  void missingLimitsAreSaidWhileTheyAreMissing() {
    conditions = new NodeConditions(Pressure.NONE, List.of(), "no cgroups");
    life.tick();
    assertThat(TestCluster.condition(server.node(NAME), NodeConditions.LIMITS)).isEqualTo("True");

    conditions = new NodeConditions(Pressure.NONE, List.of(), null);
    life.tick();
    assertThat(TestCluster.condition(server.node(NAME), NodeConditions.LIMITS)).isEmpty();
  }

  @Test
  void allocatableLeavesRoomForTheMachine() {
    ObjectNode status = (ObjectNode) server.node(NAME).path("status");
    assertThat(status.at("/capacity/memory").asString()).isEqualTo("1Gi");
    assertThat(status.at("/allocatable/memory").asString()).isEqualTo("924Mi");
    assertThat(status.at("/capacity/pods").asString()).isEqualTo("110");
    assertThat(status.at("/allocatable/ephemeral-storage").asString()).isEqualTo("9663676416");
  }

  private NodeLife newLife() {
    MachineFacts facts =
        new MachineFacts("n1", "amd64", 2, 1L << 30, 10L << 30, "m", "s", "b", "6.1", "Debian");
    NodeDocument document =
        new NodeDocument(NAME, "10.0.0.1", 10250, facts, () -> "process://1", Map.of(), List.of());
    return new NodeLife(
        server.cluster(), document, () -> conditions, clock, new SplittableRandom(1));
  }

  private ObjectNode lease() {
    return server.direct().get(Kinds.LEASE, "kube-node-lease", NAME);
  }

  private String version() {
    return server.node(NAME).at("/metadata/resourceVersion").asString();
  }

  private String since(String type) {
    return server
        .node(NAME)
        .at("/status/conditions")
        .valueStream()
        .filter(condition -> condition.path("type").asString().equals(type))
        .findFirst()
        .orElseThrow()
        .path("lastTransitionTime")
        .asString();
  }

  private static final class MovableClock extends Clock {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    void forward(Duration time) {
      now = now.plus(time);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
