package garrison.control.binding;

import static garrison.control.binding.Given.cpu;
import static garrison.control.binding.Given.json;
import static garrison.control.binding.Given.node;
import static garrison.control.binding.Given.pod;
import static garrison.control.binding.Given.target;
import static org.assertj.core.api.Assertions.assertThat;

import garrison.client.cache.ObjectKey;
import garrison.model.DisruptionBudget;
import garrison.model.Pod;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Spec: daemonset 9.2, and the details after {@code preemption: } in 9.1. */
class PreemptionTest {
  private static final String NOT_HELPFUL = "Preemption is not helpful for scheduling";

  private final Given.Outside outside = new Given.Outside();
  private final Ledger ledger = new Ledger(outside);

  @BeforeEach
  void threeNodes() {
    for (String name : new String[] {"a", "b", "c"}) {
      ledger.put(node(name, "", "", "'cpu':'4','memory':'4Gi','pods':'10'"));
    }
  }

  private static Pod running(String name, long priority, String cpu, String label, String started) {
    return pod(
        name,
        label.isEmpty() ? "" : "'app':'" + label + "'",
        "'priority':" + priority + "," + cpu(cpu),
        "'phase':'Running','startTime':'2026-01-01T" + started + "Z'");
  }

  private void on(String node, Pod... pods) {
    for (Pod pod : pods) {
      outside.newest.put(pod.meta().uid(), pod);
      ledger.occupy(pod, node);
    }
  }

  private static Pod daemon(long priority, String cpu, String more) {
    return pod("daemon", "'priority':" + priority + more + "," + cpu(cpu) + "," + target("b"));
  }

  private Placement.Nowhere refused(Pod pod) {
    return (Placement.Nowhere) ledger.place(pod);
  }

  private List<String> victims(Pod pod) {
    return ((Preemption.Victims) refused(pod).preemption()).pods().stream().map(Pod::name).toList();
  }

  private static DisruptionBudget budget(String name, String label, int allowed, String more) {
    return DisruptionBudget.of(
        json(
            "{'metadata':{'name':'"
                + name
                + "','namespace':'w'},'spec':{'selector':{'matchLabels':{'app':'"
                + label
                + "'}}},'status':{'disruptionsAllowed':"
                + allowed
                + more
                + "}}"));
  }

  private static String lacksCpu(String preemption) {
    return "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s)"
        + " [NodeAffinity]. preemption: "
        + preemption;
  }

  @Test
  void victimsAreNamedAndTheirNodeNominated() {
    on("b", running("low", 0, "3", "", "00:00:00"));
    Placement.Nowhere refused = refused(daemon(100, "2", ""));
    assertThat(refused.message())
        .isEqualTo(lacksCpu("found a potential placement for pod on node b, preempting 1 victims"));
    assertThat(refused.preemption())
        .isInstanceOfSatisfying(
            Preemption.Victims.class,
            victims -> {
              assertThat(victims.node()).isEqualTo("b");
              assertThat(victims.violations()).isZero();
            });
  }

  @Test
  void nobodyOfALowerPriority() {
    on("b", running("same", 100, "3", "", "00:00:00"));
    assertThat(refused(daemon(100, "2", "")).message())
        .isEqualTo(
            lacksCpu(
                "0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 "
                    + NOT_HELPFUL
                    + "."));
  }

  @Test
  void removingAllLowerOnesIsNotEnough() {
    on("b", running("low", 0, "1", "", "00:00:00"), running("high", 200, "3", "", "00:00:00"));
    assertThat(refused(daemon(100, "2", "")).message())
        .isEqualTo(lacksCpu("0/3 nodes are available: 1 Insufficient cpu, 2 " + NOT_HELPFUL + "."));
  }

  @Test
  void whatFewerPodsCannotCure() {
    on("b", running("low", 0, "1", "", "00:00:00"));
    assertThat(refused(daemon(100, "5", "")).message())
        .isEqualTo(lacksCpu("0/3 nodes are available: 3 " + NOT_HELPFUL + "."));
    Pod elsewhere = pod("x", "'priority':100," + target("gone"));
    assertThat(refused(elsewhere).message())
        .isEqualTo(
            "0/3 nodes are available: 3 node(s) didn't satisfy plugin(s) [NodeAffinity]."
                + " preemption: 0/3 nodes are available: 3 "
                + NOT_HELPFUL
                + ".");
  }

  @Test
  void policyNeverWaits() {
    on("b", running("low", 0, "3", "", "00:00:00"));
    assertThat(refused(daemon(100, "2", ",'preemptionPolicy':'Never'")).message())
        .isEqualTo(lacksCpu("not eligible due to preemptionPolicy=Never."));
  }

  @Test
  void smallestSetGoesTheMoreImportantAreSpared() {
    on(
        "b",
        running("ten", 10, "1", "", "00:00:00"),
        running("five", 5, "1", "", "00:00:00"),
        running("old", 1, "1", "", "00:00:00"),
        running("young", 1, "1", "", "01:00:00"));
    assertThat(victims(daemon(100, "1", ""))).containsExactly("young");
    ledger.nominate(daemon(100, "1", ""), "");
    assertThat(victims(daemon(100, "2", ""))).containsExactly("old", "young");
    ledger.nominate(daemon(100, "1", ""), "");
    assertThat(victims(daemon(100, "4", ""))).containsExactly("ten", "five", "old", "young");
  }

  @Test
  void aLargePodGoesAloneRatherThanWithSmallOnes() {
    on("b", running("big", 1, "3", "", "00:00:00"), running("small", 1, "1", "", "01:00:00"));
    assertThat(victims(daemon(100, "3", ""))).containsExactly("big");
  }

  @Test
  void podsWhoseBudgetIsSpentAreSparedFirst() {
    outside.budgets.add(budget("none", "guarded", 0, ""));
    on(
        "b",
        running("guarded", 1, "2", "guarded", "00:00:00"),
        running("free", 50, "2", "free", "00:00:00"));
    assertThat(victims(daemon(100, "2", ""))).containsExactly("free");
  }

  @Test
  void budgetsAreViolatedWhereNothingElseHelps() {
    outside.budgets.add(budget("one", "guarded", 1, ""));
    on(
        "b",
        running("g1", 1, "2", "guarded", "00:00:00"),
        running("g2", 1, "2", "guarded", "00:00:00"));
    Preemption.Outcome outcome = refused(daemon(100, "4", "")).preemption();
    assertThat(((Preemption.Victims) outcome).violations()).isEqualTo(1);
    assertThat(((Preemption.Victims) outcome).pods()).hasSize(2);
  }

  @Test
  void anEvictionUnderWayIsPaidFor() {
    outside.budgets.add(
        budget("none", "guarded", 0, ",'disruptedPods':{'g1':'2026-01-01T00:00:00Z'}"));
    on("b", running("g1", 1, "4", "guarded", "00:00:00"));
    Preemption.Outcome outcome = refused(daemon(100, "4", "")).preemption();
    assertThat(((Preemption.Victims) outcome).violations()).isZero();
  }

  @Test
  void hostPortsAreFreedToo() {
    String port =
        "'containers':[{'name':'c','ports':[{'containerPort':80,'hostPort':80}]}],'priority':";
    on("b", pod("low", port + "0"));
    Placement.Nowhere refused = refused(pod("daemon", port + "9," + target("b")));
    assertThat(refused.message())
        .startsWith(
            "0/3 nodes are available: 1 node(s) didn't have free ports for the requested pod"
                + " ports, 2 node(s)");
    assertThat(((Preemption.Victims) refused.preemption()).pods()).hasSize(1);
  }

  @Test
  void whoMadeRoomWaitsForItAndThenGetsIt() {
    Pod low = running("low", 0, "3", "", "00:00:00");
    on("b", low);
    Pod daemon = daemon(100, "2", "");
    assertThat(victims(daemon)).containsExactly("low");
    outside.newest.put(
        "low",
        Pod.of(
            json(
                "{'metadata':{'name':'low','namespace':'w','uid':'low','deletionTimestamp':"
                    + "'2026-01-01T00:00:00Z'},'spec':{'priority':0},'status':{'conditions':[{"
                    + "'type':'DisruptionTarget','status':'True','reason':"
                    + "'PreemptionByScheduler'}]}}")));
    assertThat(refused(daemon).message())
        .isEqualTo(lacksCpu("not eligible due to a terminating pod on the nominated node."));
    ledger.release("low");
    assertThat(ledger.place(daemon)).isEqualTo(new Placement.On("b"));
  }

  @Test
  void whoMakesRoomForAnotherOfItsKindIsNotWaitedFor() {
    Pod daemon = daemon(100, "2", "");
    on("b", running("low", 0, "2", "", "00:00:00"));
    Pod leaving =
        Pod.of(
            json(
                "{'metadata':{'name':'peer','namespace':'w','uid':'peer','deletionTimestamp':"
                    + "'2026-01-01T00:00:00Z'},'spec':{'priority':100,"
                    + cpu("2")
                    + "},'status':{'conditions':[{'type':'DisruptionTarget','status':'True',"
                    + "'reason':'PreemptionByScheduler'}]}}"));
    on("b", leaving);
    assertThat(victims(daemon)).containsExactly("low");
    assertThat(victims(daemon)).containsExactly("low");
  }

  @Test
  void roomThatWasMadeIsNotTakenByOneOfALowerPriority() {
    on("b", running("low", 0, "4", "", "00:00:00"));
    Pod daemon = daemon(100, "2", "");
    assertThat(victims(daemon)).containsExactly("low");
    ledger.release("low");
    Pod thief = pod("thief", "'priority':50," + cpu("3") + "," + target("b"));
    assertThat(refused(thief).message()).contains("1 Insufficient cpu");
    Pod small = pod("small", "'priority':50," + cpu("2") + "," + target("b"));
    assertThat(ledger.place(small)).isEqualTo(new Placement.On("b"));
    Pod higher = pod("higher", "'priority':900," + cpu("2") + "," + target("b"));
    assertThat(ledger.place(higher)).isEqualTo(new Placement.On("b"));
    assertThat(ledger.nominatedBelow("b", 900))
        .extracting(ObjectKey::name)
        .containsExactly("daemon");
  }

  @Test
  void nominationEndsWhereItWouldNotHelpAnyMore() {
    on("b", running("low", 0, "3", "", "00:00:00"));
    Pod daemon = daemon(100, "2", "");
    assertThat(victims(daemon)).containsExactly("low");
    ledger.put(node("b", "", "'unschedulable':true", "'cpu':'4','memory':'4Gi','pods':'10'"));
    assertThat(refused(daemon).preemption()).isInstanceOf(Preemption.Helpless.class);
    assertThat(ledger.nominatedBelow("b", 900)).isEmpty();
  }

  /** Fewest violations, lowest highest priority, lowest sum, fewest, youngest; then the name. */
  @Test
  void theCheapestOfSeveralNodesIsChosen() {
    Pod anywhere = pod("any", "'priority':100," + cpu("4"));
    on("a", running("a1", 7, "4", "", "00:00:00"));
    on("b", running("b1", 5, "2", "", "00:00:00"), running("b2", 5, "2", "", "00:00:00"));
    on("c", running("c1", 5, "3", "", "00:00:00"), running("c2", 1, "1", "", "00:00:00"));
    assertThat(victims(anywhere)).containsExactly("c1", "c2");
    ledger.nominate(anywhere, "");
    outside.budgets.add(budget("none", "x", 0, ""));
    on("c", running("c1", 5, "3", "x", "00:00:00"));
    assertThat(victims(anywhere)).containsExactly("b1", "b2");
    ledger.nominate(anywhere, "");
    ledger.release("b2");
    on("b", running("b1", 5, "4", "", "00:00:00"));
    ledger.release("c2");
    on("c", running("c1", 5, "4", "", "02:00:00"));
    assertThat(victims(anywhere)).containsExactly("c1");
  }
}
