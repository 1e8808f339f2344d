package garrison.control.binding;

import static garrison.control.binding.Given.json;
import static garrison.control.binding.Given.node;
import static garrison.control.binding.Given.pod;
import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.Resources;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spec: daemonset 9.1, the filters of one node in their order, and what counts as a request. */
class FiltersTest {
  private static final String NODE =
      "'cpu':'2','memory':'4Gi','ephemeral-storage':'8Gi'," + "'example.org/gpu':'1','pods':'2'";

  private static Verdict judge(Pod pod, Node node, Pod... present) {
    Load load = new Load();
    for (Pod each : present) {
      load.add(Occupant.of(each));
    }
    return Filters.judge(Demand.of(pod), node, load);
  }

  private static List<String> reasons(Verdict verdict) {
    return verdict instanceof Verdict.Rejected rejected ? rejected.reasons() : List.of();
  }

  private static String asking(String requests) {
    return "'containers':[{'name':'c','resources':{'requests':{" + requests + "}}}]";
  }

  /** Each row breaks what it names and all that comes after it in the order. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          NodeUnschedulable | 'unschedulable':true,'taints':[{'key':'k','effect':'NoSchedule'}] | node(s) were unschedulable
          TaintToleration   | 'taints':[{'key':'k','effect':'NoSchedule'}]                     | node(s) had untolerated taint(s)
          TaintToleration   | 'taints':[{'key':'k','effect':'NoExecute'}]                      | node(s) had untolerated taint(s)
          NodeAffinity      | 'taints':[{'key':'k','effect':'PreferNoSchedule'}]               | node(s) didn't match Pod's node affinity/selector
          """)
  void firstFailingFilterAloneGivesTheReason(String filter, String spec, String reason) {
    String everything =
        "'nodeSelector':{'disk':'ssd'},'hostNetwork':true,'containers':[{'name':'c','ports':"
            + "[{'containerPort':80}],'resources':{'requests':{'cpu':'9'}}}]";
    Pod present =
        pod("other", "'containers':[{'name':'c','ports':[{'containerPort':80,'hostPort':80}]}]");
    Verdict verdict = judge(pod("p", everything), node("a", "", spec, NODE), present);
    assertThat(reasons(verdict)).containsExactly(reason);
    assertThat(((Verdict.Rejected) verdict).curable()).isFalse();
  }

  @Test
  void portsComeBeforeResources() {
    Pod present =
        pod("other", "'containers':[{'name':'c','ports':[{'containerPort':80,'hostPort':80}]}]");
    Verdict verdict =
        judge(
            pod(
                "p",
                "'hostNetwork':true,'containers':[{'name':'c','ports':[{'containerPort':80}],"
                    + "'resources':{'requests':{'cpu':'9'}}}]"),
            node("a", "", "", NODE),
            present);
    assertThat(reasons(verdict))
        .containsExactly("node(s) didn't have free ports for the requested pod ports");
    assertThat(((Verdict.Rejected) verdict).curable()).isTrue();
  }

  @ParameterizedTest(name = "{0} beside {1}: {2}")
  @CsvSource({
    "0.0.0.0/TCP/80, 0.0.0.0/TCP/80, conflict",
    "10.0.0.1/TCP/80, 0.0.0.0/TCP/80, conflict",
    "0.0.0.0/TCP/80, 10.0.0.1/TCP/80, conflict",
    "10.0.0.1/TCP/80, 10.0.0.1/TCP/80, conflict",
    "10.0.0.1/TCP/80, 10.0.0.2/TCP/80, free",
    "/TCP/80, 10.0.0.2//80, conflict",
    "0.0.0.0/UDP/80, 0.0.0.0/TCP/80, free",
    "0.0.0.0/TCP/80, 0.0.0.0/TCP/81, free"
  })
  void hostPorts(String wanted, String present, String outcome) {
    Verdict verdict =
        judge(pod("p", port(wanted)), node("a", "", "", NODE), pod("other", port(present)));
    assertThat(verdict instanceof Verdict.Fits).isEqualTo(outcome.equals("free"));
  }

  private static String port(String text) {
    String[] parts = text.split("/", -1);
    return "'containers':[{'name':'c','ports':[{'containerPort':1,'hostPort':"
        + parts[2]
        + (parts[0].isEmpty() ? "" : ",'hostIP':'" + parts[0] + "'")
        + (parts[1].isEmpty() ? "" : ",'protocol':'" + parts[1] + "'")
        + "}]}]";
  }

  @Test
  void portsOfSidecarsCountThoseOfInitContainersDoNot() {
    String init =
        "'initContainers':[{'name':'i'%s,'ports':[{'containerPort':1,'hostPort':80}]}],"
            + "'containers':[{'name':'c'}]";
    Node node = node("a", "", "", NODE);
    Pod wants = pod("p", port("/TCP/80"));
    assertThat(judge(wants, node, pod("o", init.formatted("")))).isInstanceOf(Verdict.Fits.class);
    assertThat(judge(wants, node, pod("o", init.formatted(",'restartPolicy':'Always'"))))
        .isInstanceOf(Verdict.Rejected.class);
  }

  @Test
  void allLackingResourcesAreNamed() {
    Pod present = pod("one", asking("'cpu':'1'"));
    Verdict verdict =
        judge(
            pod(
                "p",
                asking(
                    "'cpu':'1500m','memory':'5Gi','ephemeral-storage':'9Gi','example.org/gpu':'2',"
                        + "'example.org/fpga':'1'")),
            node("a", "", "", NODE),
            present,
            pod("two", ""));
    assertThat(reasons(verdict))
        .containsExactly(
            "Too many pods",
            "Insufficient cpu",
            "Insufficient memory",
            "Insufficient ephemeral-storage",
            "Insufficient example.org/fpga",
            "Insufficient example.org/gpu");
  }

  /** More than the node's whole allocatable is not cured by fewer pods. */
  @ParameterizedTest
  @CsvSource({"2, true", "2001m, false"})
  void lackIsCurableUpToTheWholeNode(String cpu, boolean curable) {
    Verdict verdict =
        judge(
            pod("p", asking("'cpu':'" + cpu + "'")),
            node("a", "", "", NODE),
            pod("o", asking("'cpu':'1'")));
    assertThat(((Verdict.Rejected) verdict).curable()).isEqualTo(curable);
  }

  @Test
  void tooManyPodsIsCurable() {
    Verdict verdict = judge(pod("p", ""), node("a", "", "", NODE), pod("one", ""), pod("two", ""));
    assertThat(verdict).isEqualTo(new Verdict.Rejected(List.of("Too many pods"), true));
  }

  @Test
  void whatIsNotAskedForAlwaysFits() {
    Pod greedy = pod("greedy", asking("'cpu':'9','memory':'9Gi'"));
    assertThat(judge(pod("p", asking("'cpu':'0'")), node("a", "", "", NODE), greedy))
        .isInstanceOf(Verdict.Fits.class);
    assertThat(judge(pod("p", asking("'memory':'1'")), node("a", "", "", NODE), greedy))
        .isEqualTo(new Verdict.Rejected(List.of("Insufficient memory"), true));
  }

  /** Containers 1 + 1; sidecar; ordinary init; overhead; of the whole pod. */
  @ParameterizedTest(name = "init {0}, sidecar before {1} after {2}, overhead {3}, pod {4}: {5}")
  @CsvSource({
    "0, 0, 0, 0, -1, 2000",
    "5, 0, 0, 0, -1, 5000",
    "5, 1, 0, 0, -1, 6000",
    "5, 0, 1, 0, -1, 5000",
    "1, 1, 1, 0, -1, 4000",
    "1, 1, 1, 1, -1, 5000",
    "5, 1, 1, 1, 3, 4000",
    "0, 0, 0, 0, 0, 0"
  })
  void effectiveRequest(
      int init, int before, int after, int overhead, int whole, long expectedMilli) {
    String container = "{'name':'%s'%s,'resources':{'requests':{'cpu':'%d'}}}";
    String always = ",'restartPolicy':'Always'";
    Pod pod =
        pod(
            "p",
            "'initContainers':["
                + container.formatted("s1", always, before)
                + ","
                + container.formatted("i", "", init)
                + ","
                + container.formatted("s2", always, after)
                + "],'containers':["
                + container.formatted("a", "", 1)
                + ","
                + container.formatted("b", "", 1)
                + "],'overhead':{'cpu':'"
                + overhead
                + "'}"
                + (whole < 0 ? "" : ",'resources':{'requests':{'cpu':'" + whole + "'}}"));
    assertThat(Occupant.of(pod).requests().milliCpu()).isEqualTo(expectedMilli);
  }

  @Test
  void podThatIsResizedTakesTheMostOfAskedPromisedAndHeld() {
    String spec = asking("'cpu':'1','memory':'1Gi'");
    String status =
        "'containerStatuses':[{'name':'c','allocatedResources':{'cpu':'2','memory':'1Gi'},"
            + "'resources':{'requests':{'cpu':'1','memory':'2Gi'}}}]";
    Resources both = Resources.ofRunningPod(json("{" + spec + "}"), json("{" + status + "}"));
    assertThat(both.milliCpu()).isEqualTo(2000);
    assertThat(both.memory()).isEqualTo(2L << 30);
    String stuck = status + ",'conditions':[{'type':'PodResizePending','reason':'Infeasible'}]";
    Resources kept =
        Resources.ofRunningPod(
            json("{" + asking("'cpu':'7','memory':'1Gi'") + "}"), json("{" + stuck + "}"));
    assertThat(kept.milliCpu()).isEqualTo(2000);
    assertThat(Demand.resized(pod("p", "", spec, ""), pod("p", "", spec, status))).isTrue();
    assertThat(
            Demand.resized(
                pod("p", "", spec, status), pod("p", "", spec, status + ",'phase':'Running'")))
        .isFalse();
  }
}
