package garrison.daemonset;

import static garrison.daemonset.Fixtures.daemonSet;
import static garrison.daemonset.Fixtures.node;
import static garrison.daemonset.Fixtures.rolling;
import static garrison.daemonset.Fixtures.tainted;
import static garrison.daemonset.Fixtures.withStrategy;
import static org.assertj.core.api.Assertions.assertThat;

import garrison.daemonset.DaemonPod.Phase;
import garrison.model.DaemonSet;
import garrison.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Spec: daemonset 4.2 to 4.4, 6, 7. Hash "new" is the present revision's. */
class FleetTest {
  private static final Instant START = Instant.ofEpochSecond(1_000_000);
  private static final int MANY = 1000;

  private final NodeTable nodes = new NodeTable();
  private final Fleet fleet = new Fleet(nodes, Fleet.BackOffLimits.UPSTREAM);
  private int made;

  @BeforeEach
  void start() {
    fleet.advance(START);
  }

  private void use(DaemonSet daemonSet) {
    fleet.daemonSetChanged(daemonSet, "new");
  }

  private void put(Node node) {
    nodes.put(node);
    fleet.nodeChanged(node);
  }

  private void drop(String node) {
    nodes.remove(node);
    fleet.nodeGone(node);
  }

  private DaemonPod pod(String name, String node, String hash, Phase phase, boolean ready) {
    return new DaemonPod(
        name,
        "uid-" + name,
        node,
        true,
        phase,
        false,
        ready,
        START.getEpochSecond() - 100,
        made++,
        hash,
        "0");
  }

  private DaemonPod ready(String name, String node, String hash) {
    return pod(name, node, hash, Phase.RUNNING, true);
  }

  private DaemonPod unready(String name, String node, String hash) {
    return pod(name, node, hash, Phase.RUNNING, false);
  }

  private DaemonPod add(DaemonPod pod) {
    fleet.podChanged(pod);
    return pod;
  }

  private static DaemonPod deleting(DaemonPod pod) {
    return new DaemonPod(
        pod.name(),
        pod.uid(),
        pod.node(),
        pod.bound(),
        pod.phase(),
        true,
        pod.ready(),
        pod.readySince(),
        pod.created(),
        pod.hash(),
        pod.generation());
  }

  private static DaemonPod unbound(DaemonPod pod) {
    return new DaemonPod(
        pod.name(),
        pod.uid(),
        pod.node(),
        false,
        Phase.PENDING,
        pod.deleting(),
        false,
        pod.readySince(),
        pod.created(),
        pod.hash(),
        pod.generation());
  }

  private List<String> next() {
    return next(MANY, MANY);
  }

  /** Actions as {@code +node} and {@code -pod}. */
  private List<String> next(int creates, int deletes) {
    return fleet.next(creates, deletes).stream()
        .map(
            action ->
                switch (action) {
                  case Action.CreatePod create -> "+" + create.node();
                  case Action.DeletePod delete -> "-" + delete.pod().name();
                })
        .toList();
  }

  // 4.2

  @Test
  void everyEligibleNodeGetsOnePodAndNoSecondWhileTheCreateIsUnderWay() {
    put(node("n1"));
    put(tainted("n2", "NoSchedule"));
    put(tainted("n3", "NoExecute"));
    use(daemonSet());
    put(node("n4"));
    assertThat(next()).containsExactlyInAnyOrder("+n1", "+n4");
    assertThat(next()).isEmpty();
    put(node("n1", "{'other':'label'}", "[]"));
    assertThat(next()).isEmpty();
  }

  @Test
  void nothingIsDoneBeforeThereIsARevision() {
    put(node("n1"));
    assertThat(next()).isEmpty();
  }

  @Test
  void failedCreateIsDoneAgain() {
    put(node("n1"));
    use(daemonSet());
    assertThat(next()).containsExactly("+n1");
    fleet.createFailed("n1");
    assertThat(next()).containsExactly("+n1");
  }

  @Test
  void noMoreThanTheGivenNumbersAreStarted() {
    for (int i = 0; i < 5; i++) {
      put(node("n" + i));
    }
    use(daemonSet());
    assertThat(next(2, MANY)).hasSize(2);
    assertThat(next(0, MANY)).isEmpty();
    assertThat(next(2, MANY)).hasSize(2);
    assertThat(next(2, MANY)).hasSize(1);
  }

  @Test
  void podStaysOnATaintedNodeButIsNotReplacedThere() {
    put(node("n1"));
    use(daemonSet());
    add(ready("a", "n1", "new"));
    put(tainted("n1", "NoSchedule"));
    assertThat(next()).isEmpty();
    assertThat(fleet.status()).isEqualTo(new FleetStatus(0, 0, 1, 0, 0, 0));
    fleet.podGone("uid-a");
    assertThat(next()).isEmpty();
  }

  @Test
  void excludedNodeLosesAllItsPodsOnce() {
    put(node("n1"));
    use(daemonSet());
    add(ready("a", "n1", "new"));
    put(tainted("n1", "NoExecute"));
    assertThat(next()).containsExactly("-a");
    assertThat(next()).isEmpty();
    fleet.deleteFailed("uid-a");
    assertThat(next()).containsExactly("-a");
  }

  @Test
  void podThatWaitsForAVanishedNodeIsDeletedAndABoundOneLeft() {
    put(node("n1"));
    put(node("n2"));
    use(daemonSet());
    add(unbound(ready("a", "n1", "new")));
    add(ready("b", "n2", "new"));
    drop("n1");
    drop("n2");
    assertThat(next()).containsExactly("-a");
    assertThat(fleet.status()).isEqualTo(new FleetStatus(0, 0, 0, 0, 0, 0));
  }

  @Test
  void terminalAndTerminatingPodDoesNotBlockItsNode() {
    put(node("n1"));
    use(daemonSet());
    add(deleting(pod("a", "n1", "new", Phase.SUCCEEDED, false)));
    assertThat(next()).containsExactly("+n1");
  }

  @Test
  void terminatingPodBlocksItsNode() {
    put(node("n1"));
    use(daemonSet());
    add(deleting(ready("a", "n1", "new")));
    assertThat(next()).isEmpty();
    fleet.podGone("uid-a");
    assertThat(next()).containsExactly("+n1");
  }

  // 4.3

  @Test
  void olderReadyPodSurvivesWhenTwoShareANode() {
    put(node("n1"));
    use(daemonSet());
    add(ready("old", "n1", "new"));
    add(ready("young", "n1", "new"));
    assertThat(next()).containsExactly("-young");
  }

  @Test
  void boundPodSurvivesAnOlderUnboundOne() {
    put(node("n1"));
    use(daemonSet());
    add(unbound(ready("old", "n1", "new")));
    add(ready("young", "n1", "new"));
    assertThat(next()).containsExactly("-old");
  }

  @Test
  void oneFailedAndThreeNormalPodsMeanThreeDeletions() {
    put(node("n1"));
    use(daemonSet());
    add(pod("failed", "n1", "new", Phase.FAILED, false));
    add(ready("a", "n1", "new"));
    add(ready("b", "n1", "new"));
    add(ready("c", "n1", "new"));
    assertThat(next()).containsExactlyInAnyOrder("-failed", "-b", "-c");
  }

  @Test
  void succeededPodIsDeletedWithoutBackOff() {
    put(node("n1"));
    use(daemonSet());
    for (int i = 0; i < 3; i++) {
      add(pod("s" + i, "n1", "new", Phase.SUCCEEDED, false));
      assertThat(next()).containsExactly("-s" + i);
      fleet.podGone("uid-s" + i);
      assertThat(next()).containsExactly("+n1");
      fleet.created("n1", null);
      next();
      fleet.created("n1", null);
    }
  }

  // 4.4

  @Test
  void failedPodsOfANodeWaitTwiceAsLongEachTime() {
    put(node("n1"));
    use(daemonSet());
    Instant now = START;
    Duration delay = Duration.ofSeconds(1);
    fail("f0");
    assertThat(next()).containsExactly("-f0");
    for (int i = 1; i < 13; i++) {
      fleet.podGone("uid-f" + (i - 1));
      fail("f" + i);
      assertThat(next()).isEmpty();
      fleet.advance(now.plus(delay).minusMillis(1));
      assertThat(next()).isEmpty();
      now = now.plus(delay);
      assertThat(fleet.nextWake()).isEqualTo(now);
      fleet.advance(now); // at equality it is over
      assertThat(next()).containsExactly("-f" + i);
      delay = delay.multipliedBy(2);
      if (delay.compareTo(Duration.ofMinutes(15)) > 0) {
        delay = Duration.ofMinutes(15);
      }
    }
  }

  private void fail(String name) {
    add(pod(name, "n1", "new", Phase.FAILED, false));
  }

  @Test
  void backOffStartsAnewWhenAGenerationIsObserved() {
    put(node("n1"));
    use(daemonSet());
    fail("a");
    assertThat(next()).containsExactly("-a");
    fail("b");
    assertThat(next()).isEmpty();
    fleet.observe(2);
    use(daemonSet(document -> ((ObjectNode) document.get("status")).put("observedGeneration", 2)));
    assertThat(next()).containsExactly("-b");
  }

  @Test
  void secondFailedPodOfANodeWaits() {
    put(node("n1"));
    use(daemonSet());
    fail("a");
    fail("b");
    assertThat(next()).hasSize(1);
  }

  // 6.3

  @Test
  void onDeleteReplacesNothing() {
    put(node("n1"));
    use(withStrategy("{'type':'OnDelete'}"));
    add(ready("a", "n1", "old"));
    assertThat(next()).isEmpty();
    fleet.podGone("uid-a");
    assertThat(next()).containsExactly("+n1");
  }

  @Test
  void rollOutTakesOneNodeAtATimeAndWaitsUntilTheNewPodIsAvailable() {
    for (int i = 0; i < 3; i++) {
      put(node("n" + i));
      add(ready("old" + i, "n" + i, "old"));
    }
    use(rolling(1, 0));
    for (int i = 0; i < 3; i++) {
      List<String> first = next();
      assertThat(first).hasSize(1);
      assertThat(next()).isEmpty();
      String name = first.getFirst().substring(1);
      String node = "n" + name.substring(3);
      add(deleting(fleet.pod("uid-" + name)));
      assertThat(next()).isEmpty();
      fleet.podGone("uid-" + name);
      assertThat(next()).containsExactly("+" + node);
      fleet.created(node, unready("new" + node, node, "new"));
      assertThat(next()).isEmpty();
      add(ready("new" + node, node, "new"));
    }
    assertThat(next()).isEmpty();
    assertThat(fleet.status()).isEqualTo(new FleetStatus(3, 3, 0, 3, 3, 3));
  }

  @ParameterizedTest
  @CsvSource({
    "3,     10, 3",
    "30%,   10, 3",
    "25%,   10, 3", // rounded up
    "1%,    10, 1",
    "100%,  10, 10",
    "50,    10, 10",
  })
  void section6_2_shareOfDesired(String maxUnavailable, int nodeCount, int deleted) {
    for (int i = 0; i < nodeCount; i++) {
      put(node("n" + i));
      add(ready("old" + i, "n" + i, "old"));
    }
    use(
        rolling(
            maxUnavailable.endsWith("%") ? maxUnavailable : Integer.valueOf(maxUnavailable), 0));
    assertThat(next()).hasSize(deleted);
    assertThat(next()).isEmpty();
  }

  @Test
  void unavailableOldPodsGoAtOnceAndBeforeTheOthers() {
    for (int i = 0; i < 6; i++) {
      put(node("n" + i));
      add(i < 4 ? unready("u" + i, "n" + i, "old") : ready("r" + i, "n" + i, "old"));
    }
    use(rolling(2, 0));
    assertThat(next()).containsExactlyInAnyOrder("-u0", "-u1", "-u2", "-u3");
  }

  @Test
  void hangingTerminationTakesOneUnitForEver() {
    put(node("n1"));
    put(node("n2"));
    add(deleting(ready("a", "n1", "old")));
    add(ready("b", "n2", "old"));
    use(rolling(1, 0));
    assertThat(next()).isEmpty();
  }

  @Test
  void oldPodOnAnIneligibleNodeIsDeletedInItsTurn() {
    put(tainted("n1", "NoSchedule"));
    add(ready("a", "n1", "old"));
    use(rolling(1, 0));
    assertThat(next()).containsExactly("-a");
    fleet.podGone("uid-a");
    assertThat(next()).isEmpty();
  }

  @Test
  void podOfTheSameTemplateGenerationCountsAsUpdated() {
    put(node("n1"));
    add(
        new DaemonPod(
            "a", "uid-a", "n1", true, Phase.RUNNING, false, true, 0, 0, "otherhash", "1"));
    use(rolling(1, 0));
    assertThat(next()).isEmpty();
    assertThat(fleet.status().updated()).isEqualTo(1);
  }

  @Test
  void rollbackInMidRollOutSparesPodsThatAreStillOfTheOldRevision() {
    for (int i = 0; i < 3; i++) {
      put(node("n" + i));
    }
    add(unready("broken", "n0", "new"));
    add(ready("a", "n1", "old"));
    add(ready("b", "n2", "old"));
    use(rolling(1, 0));
    assertThat(next()).isEmpty();
    fleet.daemonSetChanged(rolling(1, 0), "old");
    assertThat(next()).containsExactly("-broken");
  }

  // 6.4

  @Test
  void surgeCreatesBesideAndDeletesTheOldPodWhenTheNewOneIsAvailable() {
    for (int i = 0; i < 4; i++) {
      put(node("n" + i));
      add(ready("old" + i, "n" + i, "old"));
    }
    use(rolling(0, 1));
    List<String> first = next();
    assertThat(first).hasSize(1).allMatch(action -> action.startsWith("+"));
    String node = first.getFirst().substring(1);
    assertThat(next()).isEmpty();
    fleet.created(node, unready("new", node, "new"));
    assertThat(next()).isEmpty();
    add(ready("new", node, "new"));
    List<String> second = next();
    assertThat(second).contains("-old" + node.substring(1)).hasSize(2);
  }

  @Test
  void surgeNeedsNoTurnWhereTheOldPodIsNotAvailable() {
    for (int i = 0; i < 4; i++) {
      put(node("n" + i));
      add(unready("old" + i, "n" + i, "old"));
    }
    use(rolling(0, 1));
    assertThat(next()).containsExactlyInAnyOrder("+n0", "+n1", "+n2", "+n3");
  }

  @Test
  void nodeWithOnlyATerminatingPodGetsANewOneBeyondTheSurge() {
    put(node("n1"));
    put(node("n2"));
    add(deleting(ready("a", "n1", "new")));
    add(ready("b", "n2", "old"));
    use(rolling(0, 1));
    assertThat(next()).containsExactlyInAnyOrder("+n1", "+n2");
  }

  @Test
  void backOffDoesNotHoldBackCreationWithSurge() {
    put(node("n1"));
    use(rolling(0, 1));
    fail("a");
    assertThat(next()).containsExactlyInAnyOrder("-a", "+n1");
    fleet.created("n1", pod("b", "n1", "new", Phase.FAILED, false));
    assertThat(next()).containsExactly("+n1");
  }

  @Test
  void oldPodOnAnIneligibleNodeSurvivesUntilEnoughAreAvailable() {
    put(node("n1"));
    put(tainted("n2", "NoSchedule"));
    add(unready("a", "n1", "new"));
    add(ready("b", "n2", "old"));
    use(rolling(0, 1));
    assertThat(next()).isEmpty();
    fleet.podGone("uid-a");
    fleet.created("n1", ready("c", "n1", "new"));
    assertThat(next()).containsExactly("-b");
  }

  @Test
  void surgePruningKeepsTheOldestOfEachKind() {
    put(node("n1"));
    add(ready("o1", "n1", "old"));
    add(ready("o2", "n1", "old"));
    add(unready("n-1", "n1", "new"));
    add(unready("n-2", "n1", "new"));
    use(rolling(0, 1));
    assertThat(next()).containsExactlyInAnyOrder("-o2", "-n-2");
  }

  // 7

  @Test
  void statusFollowsTheFirstPodAndTime() {
    put(node("n1"));
    put(node("n2"));
    use(daemonSet(document -> ((ObjectNode) document.get("spec")).put("minReadySeconds", 10)));
    add(
        new DaemonPod(
            "a",
            "uid-a",
            "n1",
            true,
            Phase.RUNNING,
            false,
            true,
            START.getEpochSecond(),
            1,
            "new",
            "1"));
    assertThat(fleet.status()).isEqualTo(new FleetStatus(2, 1, 0, 1, 0, 1));
    assertThat(fleet.nextWake()).isEqualTo(START.plusSeconds(10));
    fleet.advance(START.plusSeconds(10)); // at equality it is available
    assertThat(fleet.status()).isEqualTo(new FleetStatus(2, 1, 0, 1, 1, 1));
    assertThat(fleet.status().unavailable()).isEqualTo(1);
  }

  @Test
  void podWithoutADeterminableTargetIsInvisible() {
    put(node("n1"));
    use(daemonSet());
    add(ready("a", "", "new"));
    assertThat(next()).containsExactly("+n1");
    assertThat(fleet.status()).isEqualTo(new FleetStatus(1, 0, 0, 0, 0, 0));
    assertThat(fleet.pods()).hasSize(1);
  }
}
