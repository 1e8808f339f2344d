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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
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

  /** A node n1 of that kind, once it had been there. */
  private void nodeOf(String kind) {
    switch (kind) {
      case "runs" -> put(node("n1"));
      case "stays" -> put(tainted("n1", "NoSchedule"));
      case "excluded" -> put(tainted("n1", "NoExecute"));
      default -> {
        put(node("n1"));
        drop("n1");
      }
    }
  }

  /** A pod on n1, by the words of a table. */
  private void podOf(String name, String words) {
    DaemonPod pod = ready(name, "n1", words.contains("old") ? "old" : "new");
    if (words.contains("unready")) {
      pod = unready(name, "n1", pod.hash());
    }
    if (words.contains("failed")) {
      pod = pod(name, "n1", pod.hash(), Phase.FAILED, false);
    }
    if (words.contains("succeeded")) {
      pod = pod(name, "n1", pod.hash(), Phase.SUCCEEDED, false);
    }
    if (words.contains("unbound")) {
      pod = unbound(pod);
    }
    add(words.contains("terminating") ? pod.ending() : pod);
  }

  private void fail(String name) {
    add(pod(name, "n1", "new", Phase.FAILED, false));
  }

  @Nested
  @DisplayName("4.2 manage: what each node needs")
  class Section4_2 {
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
    void nodeWhoseCreatesFailHoldsUpNoOther() {
      put(node("n1"));
      put(node("n2"));
      put(node("n3"));
      use(daemonSet());
      for (String node : List.of("n1", "n2", "n3", "n1")) {
        assertThat(next(1, MANY)).containsExactly("+" + node);
        fleet.createFailed(node);
      }
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
      add(pod("a", "n1", "new", Phase.SUCCEEDED, false).ending());
      assertThat(next()).containsExactly("+n1");
    }

    @Test
    void terminatingPodBlocksItsNode() {
      put(node("n1"));
      use(daemonSet());
      add(ready("a", "n1", "new").ending());
      assertThat(next()).isEmpty();
      fleet.podGone("uid-a");
      assertThat(next()).containsExactly("+n1");
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

    @ParameterizedTest
    @CsvSource({
      "runs,     -,                     +n1",
      "runs,     ready,                 -",
      "runs,     unbound,               -",
      "runs,     terminating,           -",
      "runs,     failed terminating,    +n1",
      "runs,     succeeded terminating, +n1",
      "runs,     succeeded,             -a",
      "stays,    -,                     -",
      "stays,    ready,                 -",
      "stays,    terminating,           -",
      "stays,    failed,                -a",
      "excluded, -,                     -",
      "excluded, ready,                 -a",
      "excluded, unbound,               -a",
      "excluded, terminating,           -",
      "gone,     ready,                 -",
      "gone,     failed,                -",
      "gone,     unbound,               -a",
      "gone,     unbound terminating,   -",
    })
    void rulesInTheirOrder(String kind, String pod, String action) {
      use(daemonSet());
      nodeOf(kind);
      if (!pod.equals("-")) {
        podOf("a", pod);
      }
      assertThat(String.join(" ", next())).isEqualTo(action.equals("-") ? "" : action);
    }

    @Test
    void podThatIsBoundElsewhereThanItWasMeantForCountsWhereItIs() {
      put(node("n1"));
      put(node("n2"));
      use(daemonSet());
      add(unbound(ready("a", "n1", "new")));
      assertThat(next()).containsExactly("+n2");
      fleet.created("n2", null);
      DaemonPod elsewhere = ready("a", "n2", "new");
      add(elsewhere);
      assertThat(next()).containsExactly("+n1");
      assertThat(fleet.status().current()).isEqualTo(1);
    }
  }

  @Nested
  @DisplayName("4.3 Pruning on a node that keeps its pods")
  class Section4_3 {
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

    @Test
    void nodeWithOnlyATerminatingPodGetsANewOneBeyondTheSurge() {
      put(node("n1"));
      put(node("n2"));
      add(ready("a", "n1", "new").ending());
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
    void surgePruningKeepsTheOldestOfEachKind() {
      put(node("n1"));
      add(ready("o1", "n1", "old"));
      add(ready("o2", "n1", "old"));
      add(unready("n-1", "n1", "new"));
      add(unready("n-2", "n1", "new"));
      use(rolling(0, 1));
      assertThat(next()).containsExactlyInAnyOrder("-o2", "-n-2");
    }

    /** Pods of one node: name, bound, created; in the order in which they are looked at. */
    @ParameterizedTest
    @CsvSource({
      "b1 5, u1 3", // bound before unbound
      "a 3,  b 5", // older before younger
      "a 3,  b 3", // by name
      "u1 3, u2 4",
    })
    void keptPodIsTheFirstInOrder(String first, String second) {
      put(node("n1"));
      use(daemonSet());
      for (String pod : List.of(second, first)) {
        String name = pod.substring(0, pod.indexOf(' '));
        DaemonPod made =
            new DaemonPod(
                name,
                "uid-" + name,
                "n1",
                !name.startsWith("u"),
                Phase.RUNNING,
                false,
                false,
                DaemonPod.UNTOLD,
                Long.parseLong(pod.substring(pod.indexOf(' ') + 1)),
                "new",
                "1");
        add(made);
      }
      assertThat(next()).containsExactly("-" + second.substring(0, second.indexOf(' ')));
    }

    /** With surge, of an old and a new pod on a node. */
    @ParameterizedTest
    @CsvSource({
      "ready old,   ready,   -old", // the new one is available
      "unready old, unready, -old", // the old one does not serve
      "ready old,   unready, -",
    })
    void surgeKeepsTheOldPodUntilTheNewOneServes(String oldPod, String newPod, String action) {
      put(node("n1"));
      podOf("old", oldPod);
      podOf("young", newPod);
      use(rolling(0, 1));
      assertThat(String.join(" ", next())).isEqualTo(action.equals("-") ? "" : action);
    }

    @Test
    void onlyTheHashTellsOldFromNewWhereSurgePrunes() {
      put(node("n1"));
      // Both are updated by their generation; one is of another revision.
      add(new DaemonPod("a", "u-a", "n1", true, Phase.RUNNING, false, true, 0, 1, "other", "1"));
      add(new DaemonPod("b", "u-b", "n1", true, Phase.RUNNING, false, true, 0, 2, "new", "1"));
      use(rolling(0, 1));
      assertThat(next()).containsExactly("-a");
    }
  }

  @Nested
  @DisplayName("4.4 Failed-pod back-off")
  class Section4_4 {
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

    @Test
    void backOffStartsAnewWhenAGenerationIsObserved() {
      put(node("n1"));
      use(daemonSet());
      fail("a");
      assertThat(next()).containsExactly("-a");
      fail("b");
      assertThat(next()).isEmpty();
      fleet.observe(2);
      use(
          daemonSet(
              document -> ((ObjectNode) document.get("status")).put("observedGeneration", 2)));
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

    @Test
    void twiceTheLongestWaitWithoutAFailureForgetsTheBackOff() {
      put(node("n1"));
      use(daemonSet());
      Instant now = START;
      for (int i = 0; i < 4; i++) {
        fail("f" + i);
        fleet.advance(now = now.plusSeconds(60));
        assertThat(next()).containsExactly("-f" + i);
        fleet.podGone("uid-f" + i);
        next();
        fleet.createFailed("n1");
      }
      fleet.advance(now = now.plus(Duration.ofMinutes(30)).plusSeconds(1));
      fail("g");
      assertThat(next()).contains("-g");
      fleet.podGone("uid-g");
      fail("h");
      next();
      fleet.advance(now.plusSeconds(1)); // one second again, not sixteen
      assertThat(next()).contains("-h");
    }
  }

  @Nested
  @DisplayName("5.5 Truncation: which hashes are in use")
  class Section5_5 {
    @Test
    void hashesOfAllPodsWithATargetAreLive() {
      use(daemonSet());
      put(node("n1"));
      podOf("a", "ready old");
      podOf("b", "failed terminating");
      add(ready("nowhere", "", "unseen"));
      add(ready("gone", "n9", "lost"));
      assertThat(fleet.liveHashes()).containsExactlyInAnyOrder("old", "new", "lost");
      fleet.podGone("uid-a");
      fleet.podGone("uid-gone");
      assertThat(fleet.liveHashes()).containsExactly("new");
    }
  }

  @Test
  void fleetThatIsClosedLetsGoOfItsNodes() {
    put(node("n1"));
    use(daemonSet());
    add(ready("a", "n2", "new"));
    assertThat(next()).containsExactly("+n1");
    fleet.close();
    nodes.remove("n1");
    nodes.put(node("n3"));
    assertThat(nodes.find("n1")).isNegative();
    assertThat(nodes.find("n2")).isNegative();
  }

  @Nested
  @DisplayName("4.8 Surge enabled")
  class Section4_8 {
    @ParameterizedTest
    @CsvSource({"1, true", "1%, true", "100%, true", "0, false", "0%, false"})
    void maxSurgeScaledWithOneAndRoundedUp(String maxSurge, boolean enabled) {
      put(node("n1"));
      podOf("a", "ready terminating");
      use(rolling(0, maxSurge.endsWith("%") ? maxSurge : Integer.valueOf(maxSurge)));
      assertThat(next()).hasSize(enabled ? 1 : 0);
    }

    @Test
    void onlyWithRollingUpdateAndAMaxSurge() {
      put(node("n1"));
      podOf("a", "ready terminating");
      use(withStrategy("{'type':'OnDelete','rollingUpdate':{'maxUnavailable':0,'maxSurge':1}}"));
      assertThat(next()).isEmpty();
      use(withStrategy("{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':0}}"));
      assertThat(next()).isEmpty();
      use(
          withStrategy(
              "{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':0,'maxSurge':'x'}}"));
      assertThat(next()).isEmpty();
    }
  }

  @Nested
  @DisplayName("6.1 OnDelete")
  class Section6_1 {
    @Test
    void onDeleteReplacesNothing() {
      put(node("n1"));
      use(withStrategy("{'type':'OnDelete'}"));
      add(ready("a", "n1", "old"));
      assertThat(next()).isEmpty();
      fleet.podGone("uid-a");
      assertThat(next()).containsExactly("+n1");
    }
  }

  @Nested
  @DisplayName("6.2 Common numbers")
  class Section6_2 {
    @ParameterizedTest
    @CsvSource({
      "3,     10, 3",
      "30%,   10, 3",
      "25%,   10, 3", // rounded up
      "1%,    10, 1",
      "100%,  10, 10",
      "50,    10, 10",
    })
    void shareOfDesired(String maxUnavailable, int nodeCount, int deleted) {
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
    void bothZeroMeansOneUnavailable() {
      put(node("n1"));
      put(node("n2"));
      podOf("a", "ready old");
      add(ready("b", "n2", "old"));
      use(rolling(0, 0));
      assertThat(next()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"''", "'maxUnavailable':'many'"})
    void withoutAReadableMaxUnavailableNothingIsReplaced(String members) {
      put(node("n1"));
      podOf("a", "unready old");
      use(withStrategy("{'type':'RollingUpdate','rollingUpdate':{" + members + "}}"));
      assertThat(next()).isEmpty();
      put(node("n2"));
      assertThat(next()).containsExactly("+n2");
    }

    @Test
    void shareOfASurgeWithoutNodesIsNone() {
      nodeOf("stays");
      podOf("a", "unready old");
      use(rolling(0, "10%"));
      assertThat(next()).containsExactly("-a"); // as without surge
    }
  }

  @Nested
  @DisplayName("6 Updated, ready, available")
  class Section6 {
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

    /** Hash and template-generation labels of a pod; the present ones are "new" and 1. */
    @ParameterizedTest
    @CsvSource({"new, 0, true", "old, 1, true", "old, 0, false", "'', '', false", "'', 1, true"})
    void updatedByHashOrGeneration(String hash, String generation, boolean updated) {
      put(node("n1"));
      use(daemonSet());
      add(new DaemonPod("a", "u", "n1", true, Phase.RUNNING, false, true, 0, 0, hash, generation));
      assertThat(fleet.status().updated()).isEqualTo(updated ? 1 : 0);
      assertThat(next()).hasSize(updated ? 0 : 1);
    }

    @Test
    void withoutATemplateGenerationOnlyTheHashCounts() {
      put(node("n1"));
      use(daemonSet(document -> ((ObjectNode) document.get("metadata")).remove("annotations")));
      add(new DaemonPod("a", "u", "n1", true, Phase.RUNNING, false, true, 0, 0, "old", ""));
      assertThat(fleet.status().updated()).isZero();
    }

    /** Seconds since the Ready condition changed, minReadySeconds 10. */
    @ParameterizedTest
    @CsvSource({"9, false", "10, true", "11, true", "-, false"})
    void availableAfterMinReadySeconds(String since, boolean available) {
      put(node("n1"));
      use(daemonSet(document -> ((ObjectNode) document.get("spec")).put("minReadySeconds", 10)));
      long at =
          since.equals("-") ? DaemonPod.UNTOLD : START.getEpochSecond() - Long.parseLong(since);
      add(new DaemonPod("a", "u", "n1", true, Phase.RUNNING, false, true, at, 0, "new", "1"));
      assertThat(fleet.status().available()).isEqualTo(available ? 1 : 0);
      assertThat(fleet.status().ready()).isEqualTo(1);
    }

    @Test
    void readyIsTheConditionWhateverPhaseAndDeletionSay() {
      put(node("n1"));
      use(daemonSet());
      add(pod("a", "n1", "new", Phase.UNKNOWN, true).ending());
      assertThat(fleet.status().ready()).isEqualTo(1);
      assertThat(fleet.status().available()).isEqualTo(1);
    }
  }

  @Nested
  @DisplayName("6.3 maxSurge = 0")
  class Section6_3 {
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
        add(fleet.pod("uid-" + name).ending());
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
      add(ready("a", "n1", "old").ending());
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

    /** The state of n1, while n2 has an old pod that is available; one may be unavailable. */
    @ParameterizedTest
    @CsvSource({
      "-,                             +n1", // rule A comes first
      "ready terminating,             -",
      "ready & ready old terminating, -other",
      "unready,                       -",
      "ready,                         -other",
      "unready old,                   -a",
      "ready old & ready,             -b -a", // the duplicate goes, then it is an old pod alone
      "ready old & failed,            -b -a",
    })
    void oneStateAndWhatItLeavesRoomFor(String state, String action) {
      put(node("n1"));
      put(node("n2"));
      int i = 0;
      for (String pod : state.equals("-") ? new String[0] : state.split("&", -1)) {
        podOf(i++ == 0 ? "a" : "b", pod);
      }
      add(ready("other", "n2", "old"));
      use(rolling(1, 0));
      assertThat(String.join(" ", next())).isEqualTo(action.equals("-") ? "" : action);
    }

    @Test
    void deletionsUnderWayCountAsUnavailable() {
      for (int i = 0; i < 4; i++) {
        put(node("n" + i));
        add(ready("a" + i, "n" + i, "old"));
      }
      use(rolling(2, 0));
      assertThat(next(MANY, 1)).hasSize(1);
      assertThat(next(MANY, 5)).hasSize(1);
      assertThat(next()).isEmpty();
    }
  }

  @Nested
  @DisplayName("6.4 maxSurge > 0")
  class Section6_4 {
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

    /** The state of n1, while n2 has an old pod that is available; maxSurge 1. */
    @ParameterizedTest
    @CsvSource({
      "runs,  ready,               +n2",
      "runs,  unready old,         +n1 +n2", // needs no turn
      "runs,  ready old & unready, -", // the surge is taken
      "runs,  ready old & ready,   -a +n2",
      "stays, unready old,         -a +n2",
      "stays, ready old,           -a +n2", // the sunset: enough are available without it
      "gone,  ready old,           +n2",
    })
    void oneStateAndWhatItLeavesRoomFor(String kind, String state, String actions) {
      nodeOf(kind);
      put(node("n2"));
      int i = 0;
      for (String pod : state.split("&", -1)) {
        podOf(i++ == 0 ? "a" : "b", pod);
      }
      add(ready("other", "n2", "old"));
      use(rolling(0, 1));
      List<String> expected = actions.equals("-") ? List.of() : List.of(actions.split(" ", -1));
      assertThat(next()).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Nested
  @DisplayName("6.5 Gating, and a template that changes in mid roll-out")
  class Section6_5 {
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

    @Test
    void noTurnWhileNodesStillNeedPods() {
      for (int i = 0; i < 3; i++) {
        put(node("n" + i));
      }
      add(ready("old", "n0", "old"));
      use(rolling(3, 0));
      assertThat(next(1, MANY)).hasSize(1).allMatch(action -> action.startsWith("+"));
      assertThat(next(0, MANY)).isEmpty();
      assertThat(next(1, MANY)).contains("-old");
    }

    @Test
    void halfFinishedPodsOfATemplateThatChangesAgainAreOld() {
      for (int i = 0; i < 3; i++) {
        put(node("n" + i));
      }
      add(ready("a", "n0", "new"));
      add(unready("b", "n1", "new"));
      add(ready("c", "n2", "old"));
      use(rolling(1, 0));
      assertThat(next()).isEmpty();
      fleet.daemonSetChanged(rolling(1, 0), "newer");
      assertThat(next()).containsExactly("-b");
    }
  }

  @Nested
  @DisplayName("7 Status")
  class Section7 {
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

    /** What one node adds: desired, current, misscheduled, ready, available, updated. */
    @ParameterizedTest
    @CsvSource({
      "runs,     -,                    1 0 0 0 0 0",
      "runs,     unbound,              1 1 0 0 0 1",
      "runs,     ready,                1 1 0 1 1 1",
      "runs,     unready,              1 1 0 0 0 1",
      "runs,     ready old,            1 1 0 1 1 0",
      "runs,     ready terminating,    1 1 0 1 1 1",
      "runs,     failed terminating,   1 0 0 0 0 0",
      "runs,     ready old & unready,  1 1 0 1 1 0", // the first one speaks for the node
      "runs,     unready old & ready,  1 1 0 0 0 0",
      "runs,     unbound & ready old,  1 1 0 1 1 0",
      "stays,    -,                    0 0 0 0 0 0",
      "stays,    ready,                0 0 1 0 0 0",
      "excluded, ready,                0 0 1 0 0 0",
      "excluded, failed terminating,   0 0 0 0 0 0",
      "gone,     ready,                0 0 0 0 0 0",
    })
    void countersOfOneNode(String kind, String state, String counters) {
      use(rolling(0, 1));
      nodeOf(kind);
      int i = 0;
      for (String pod : state.equals("-") ? new String[0] : state.split("&", -1)) {
        podOf(i++ == 0 ? "a" : "b", pod);
      }
      FleetStatus status = fleet.status();
      assertThat(
              "%d %d %d %d %d %d"
                  .formatted(
                      status.desired(),
                      status.current(),
                      status.misscheduled(),
                      status.ready(),
                      status.available(),
                      status.updated()))
          .isEqualTo(counters);
      assertThat(status.unavailable()).isEqualTo(status.desired() - status.available());
    }
  }
}
