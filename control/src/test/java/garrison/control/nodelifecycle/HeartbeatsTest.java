package garrison.control.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.Lease;
import garrison.model.Node;
import garrison.model.json.Json;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Spec: daemonset 9.3, what counts as a sign of life: that something changed, by our clock. */
class HeartbeatsTest {
  private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant START = Instant.parse("2026-01-01T01:00:00Z");

  private final Heartbeats heartbeats = new Heartbeats();

  private static ObjectNode json(String text) {
    return (ObjectNode) Json.parse(text.replace('\'', '"'));
  }

  private static Node node(String uid, String heartbeat) {
    return Node.of(
        json(
            "{'metadata':{'name':'n','uid':'"
                + uid
                + "','creationTimestamp':'2026-01-01T00:00:00Z'},'status':{'conditions':["
                + (heartbeat.isEmpty()
                    ? ""
                    : "{'type':'Ready','status':'True','lastHeartbeatTime':'" + heartbeat + "'}")
                + "]}}"));
  }

  private static Lease lease(String renewed) {
    return Lease.of(json("{'metadata':{'name':'n'},'spec':{'renewTime':'" + renewed + "'}}"));
  }

  private long silence(Node node, Lease lease, long after) {
    return heartbeats.silence(node, lease, START.plusSeconds(after)).toSeconds();
  }

  @Test
  void firstLookIsASignOfLifeHoweverOldWhatItSees() {
    assertThat(silence(node("u", "2020-01-01T00:00:00Z"), null, 0)).isZero();
    assertThat(silence(node("u", "2020-01-01T00:00:00Z"), null, 30)).isEqualTo(30);
  }

  @Test
  void nodeThatNeverReportedIsSilentSinceItsCreation() {
    assertThat(silence(node("u", ""), null, 0))
        .isEqualTo(Duration.between(CREATED, START).toSeconds());
  }

  @Test
  void changedReportIsASignOfLifeEvenFromTheFuture() {
    silence(node("u", "2026-01-01T00:59:00Z"), null, 0);
    assertThat(silence(node("u", "2030-01-01T00:00:00Z"), null, 20)).isZero();
    assertThat(silence(node("u", "2030-01-01T00:00:00Z"), null, 30)).isEqualTo(10);
    assertThat(silence(node("u", "2026-01-01T00:59:59Z"), null, 40)).isZero();
  }

  @Test
  void leaseCountsOnlyWhenItIsNewer() {
    Node node = node("u", "2026-01-01T00:59:00Z");
    silence(node, lease("2026-01-01T00:59:00.000000Z"), 0);
    assertThat(silence(node, lease("2026-01-01T00:59:10.000000Z"), 10)).isZero();
    assertThat(silence(node, lease("2026-01-01T00:59:05.000000Z"), 20)).isEqualTo(10);
  }

  @Test
  void anotherNodeOfTheSameNameStartsAfresh() {
    silence(node("u", "2026-01-01T00:59:00Z"), null, 0);
    assertThat(silence(node("v", "2026-01-01T00:59:00Z"), null, 40)).isZero();
  }

  @Test
  void restartGivesEveryNodeItsWholeGrace() {
    silence(node("u", "2026-01-01T00:59:00Z"), null, 0);
    heartbeats.restart(START.plusSeconds(40));
    assertThat(silence(node("u", "2026-01-01T00:59:00Z"), null, 45)).isEqualTo(5);
  }
}
