package garrison.control.binding;

import static garrison.control.binding.Given.cpu;
import static garrison.control.binding.Given.node;
import static garrison.control.binding.Given.pod;
import static garrison.control.binding.Given.target;
import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.Node;
import garrison.model.Pod;
import org.junit.jupiter.api.Test;

/** Spec: daemonset 9.1. */
class LedgerTest {
  private static final String HELPS_NOT = "Preemption is not helpful for scheduling";
  private final Ledger ledger = new Ledger(new Given.Outside());

  private String refusal(Pod pod) {
    return ((Placement.Nowhere) ledger.place(pod)).message();
  }

  private static String none(int nodes, String why, String preemption) {
    return "0/"
        + nodes
        + " nodes are available: "
        + why
        + ". preemption: 0/"
        + nodes
        + " nodes are available: "
        + preemption
        + ".";
  }

  @Test
  void noNodesAtAll() {
    assertThat(refusal(pod("p", cpu("1")))).isEqualTo("no nodes available to schedule pods");
  }

  @Test
  void daemonPodLooksOnlyAtItsNode() {
    for (String name : new String[] {"a", "b", "c"}) {
      ledger.put(node(name, ""));
    }
    assertThat(ledger.place(pod("p", target("b")))).isEqualTo(new Placement.On("b"));
    assertThat(ledger.place(pod("q", target("b")))).isEqualTo(new Placement.On("b"));
  }

  @Test
  void lackOfRoomIsToldInTheSchedulersWords() {
    for (String name : new String[] {"a", "b", "c"}) {
      ledger.put(node(name, ""));
    }
    ledger.place(pod("p", cpu("1500m") + "," + target("b")));
    assertThat(refusal(pod("q", cpu("1") + "," + target("b"))))
        .isEqualTo(
            none(
                3,
                "1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]",
                "1 No preemption victims found for incoming pod, 2 " + HELPS_NOT));
    assertThat(refusal(pod("r", cpu("9") + "," + target("b"))))
        .isEqualTo(
            none(
                3,
                "1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]",
                "3 " + HELPS_NOT));
  }

  @Test
  void missingTargetIsOneOfAllOthers() {
    ledger.put(node("a", ""));
    assertThat(refusal(pod("q", target("gone"))))
        .isEqualTo(none(1, "1 node(s) didn't satisfy plugin(s) [NodeAffinity]", "1 " + HELPS_NOT));
  }

  @Test
  void firstFailingFilterGivesTheReason() {
    ledger.put(node("a", "'unschedulable':true,'taints':[{'key':'k','effect':'NoSchedule'}]"));
    assertThat(refusal(pod("p", cpu("9")))).contains(Filters.UNSCHEDULABLE);
    ledger.put(node("a", "'taints':[{'key':'k','effect':'NoSchedule'}]"));
    assertThat(refusal(pod("p", cpu("9")))).contains(Filters.TAINTS);
    ledger.put(node("a", ""));
    assertThat(refusal(pod("p", "'nodeSelector':{'disk':'ssd'}," + cpu("9"))))
        .contains(Filters.AFFINITY);
  }

  @Test
  void podThatToleratesTheCordonMayGoThere() {
    ledger.put(
        node(
            "a",
            "'unschedulable':true,'taints':[{'key':'node.kubernetes.io/unschedulable',"
                + "'effect':'NoSchedule'}]"));
    assertThat(
            ledger.place(
                pod(
                    "p",
                    "'tolerations':[{'key':'node.kubernetes.io/unschedulable',"
                        + "'operator':'Exists','effect':'NoSchedule'}]")))
        .isEqualTo(new Placement.On("a"));
  }

  @Test
  void hostPortIsTakenByOneAndFreeAgainOnceThePodIsGone() {
    ledger.put(node("a", ""));
    String port = "'containers':[{'ports':[{'containerPort':80,'hostPort':80}]}]";
    assertThat(ledger.place(pod("p", port))).isEqualTo(new Placement.On("a"));
    assertThat(refusal(pod("q", port))).contains("1 " + Filters.PORTS);
    assertThat(ledger.release("p")).isEqualTo("a");
    assertThat(ledger.place(pod("q", port))).isEqualTo(new Placement.On("a"));
  }

  @Test
  void podsAreCounted() {
    ledger.put(node("a", ""));
    for (int i = 0; i < 3; i++) {
      assertThat(ledger.place(pod("p" + i, ""))).isEqualTo(new Placement.On("a"));
    }
    assertThat(refusal(pod("q", ""))).contains("1 Too many pods");
  }

  @Test
  void plainPodsSpreadByLoad() {
    ledger.put(node("a", ""));
    ledger.put(node("b", ""));
    assertThat(ledger.place(pod("p", cpu("1")))).isEqualTo(new Placement.On("a"));
    assertThat(ledger.place(pod("q", cpu("500m")))).isEqualTo(new Placement.On("b"));
    assertThat(ledger.place(pod("r", cpu("100m")))).isEqualTo(new Placement.On("b"));
  }

  @Test
  void podsOfANodeStillCountWhenItComesBack() {
    Node node = node("a", "");
    ledger.put(node);
    ledger.place(pod("p", cpu("2")));
    ledger.remove(node);
    assertThat(refusal(pod("q", cpu("1")))).isEqualTo("no nodes available to schedule pods");
    ledger.put(node);
    assertThat(refusal(pod("q", cpu("1")))).contains("1 Insufficient cpu");
  }

  @Test
  void podThatMayNotPreemptIsToldSo() {
    ledger.put(node("a", ""));
    assertThat(refusal(pod("p", "'preemptionPolicy':'Never'," + cpu("9"))))
        .isEqualTo(
            "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to"
                + " preemptionPolicy=Never.");
  }

  @Test
  void termsThatContradictOneAnotherRuleOutEveryNode() {
    ledger.put(node("a", ""));
    ledger.put(node("b", ""));
    String fields =
        "'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
            + "{'nodeSelectorTerms':[{'matchFields':[{'key':'metadata.name','operator':'In',"
            + "'values':['a']},{'key':'metadata.name','operator':'In','values':['b']}]}]}}}";
    assertThat(refusal(pod("p", fields)))
        .isEqualTo(
            "0/2 nodes are available: pod affinity terms conflict. preemption: 0/2 nodes are"
                + " available: 2 "
                + HELPS_NOT
                + ".");
  }

  @Test
  void severalNamedNodesAreLookedAtAndNoOther() {
    for (String name : new String[] {"a", "b", "c"}) {
      ledger.put(node(name, ""));
    }
    String term = "{'matchFields':[{'key':'metadata.name','operator':'In','values':['%s']}]}";
    String terms =
        "'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
            + "{'nodeSelectorTerms':["
            + term.formatted("b")
            + ","
            + term.formatted("c")
            + "]}}},";
    assertThat(ledger.place(pod("p", terms + cpu("2")))).isEqualTo(new Placement.On("b"));
    assertThat(ledger.place(pod("q", terms + cpu("2")))).isEqualTo(new Placement.On("c"));
    assertThat(refusal(pod("r", terms + cpu("2"))))
        .startsWith(
            "0/3 nodes are available: 1 node(s) didn't satisfy plugin(s) [NodeAffinity],"
                + " 2 Insufficient cpu.");
  }
}
