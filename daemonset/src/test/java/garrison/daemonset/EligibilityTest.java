package garrison.daemonset;

import static garrison.daemonset.Fixtures.node;
import static garrison.daemonset.Fixtures.withPodSpec;
import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spec: daemonset 2. */
class EligibilityTest {
  /** The truth table of 2.1; "-" means empty. */
  @ParameterizedTest
  @CsvSource({
    "other, match, -,                    excluded",
    "-,     miss,  -,                    excluded",
    "n1,    miss,  -,                    excluded",
    "-,     match, -,                    runs",
    "n1,    match, -,                    runs",
    "-,     match, NoSchedule,           stays",
    "n1,    match, NoSchedule,           stays",
    "-,     match, NoExecute,            excluded",
    "-,     match, NoSchedule+NoExecute, excluded",
    "-,     match, PreferNoSchedule,     runs",
  })
  void section2_1(String nodeName, String labels, String taints, String expected) {
    StringBuilder list = new StringBuilder();
    if (!taints.equals("-")) {
      for (String effect : taints.split("\\+", -1)) {
        list.append(list.isEmpty() ? "" : ",");
        list.append("{'key':'k','value':'v','effect':'").append(effect).append("'}");
      }
    }
    Node node =
        node("n1", labels.equals("match") ? "{'zone':'a'}" : "{'zone':'b'}", "[" + list + "]");
    String name = nodeName.equals("-") ? "" : "'nodeName':'" + nodeName + "',";
    Verdict verdict =
        Eligibility.of(withPodSpec("{" + name + "'nodeSelector':{'zone':'a'}}"), node);
    assertThat(verdict.getClass().getSimpleName()).isEqualToIgnoringCase(expected);
    assertThat(verdict.reasons().isEmpty()).isEqualTo(verdict.runs());
  }

  /** Affinity terms on a node n1 with labels a=1, e="", n=5 (2.2). */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                                                                      | false",
        "{}                                                                    | false",
        "{'matchExpressions':[{'key':'a','operator':'In','values':['1','2']}]} | true",
        "{'matchExpressions':[{'key':'a','operator':'In','values':['2']}]}     | false",
        "{'matchExpressions':[{'key':'a','operator':'In','values':[]}]}        | false",
        "{'matchExpressions':[{'key':'a','operator':'NotIn','values':['2']}]}  | true",
        "{'matchExpressions':[{'key':'a','operator':'NotIn','values':['1']}]}  | false",
        "{'matchExpressions':[{'key':'x','operator':'NotIn','values':['1']}]}  | true",
        "{'matchExpressions':[{'key':'e','operator':'Exists'}]}                | true",
        "{'matchExpressions':[{'key':'x','operator':'Exists'}]}                | false",
        "{'matchExpressions':[{'key':'e','operator':'Exists','values':['1']}]} | false",
        "{'matchExpressions':[{'key':'x','operator':'DoesNotExist'}]}          | true",
        "{'matchExpressions':[{'key':'a','operator':'DoesNotExist'}]}          | false",
        "{'matchExpressions':[{'key':'n','operator':'Gt','values':['4']}]}     | true",
        "{'matchExpressions':[{'key':'n','operator':'Gt','values':['5']}]}     | false",
        "{'matchExpressions':[{'key':'n','operator':'Lt','values':['6']}]}     | true",
        "{'matchExpressions':[{'key':'n','operator':'Lt','values':['5']}]}     | false",
        "{'matchExpressions':[{'key':'n','operator':'Gt','values':['-1']}]}    | false",
        "{'matchExpressions':[{'key':'n','operator':'Gt','values':['x']}]}     | false",
        "{'matchExpressions':[{'key':'e','operator':'Gt','values':['1']}]}     | false",
        "{'matchExpressions':[{'key':'x','operator':'Lt','values':['1']}]}     | false",
        "{'matchExpressions':[{'key':'a','operator':'Nix','values':['1']}]}    | false",
        "{'matchFields':[{'key':'metadata.name','operator':'In','values':['n1']}]}      | true",
        "{'matchFields':[{'key':'metadata.name','operator':'In','values':['n2']}]}      | false",
        "{'matchFields':[{'key':'metadata.name','operator':'NotIn','values':['n2']}]}   | true",
        "{'matchFields':[{'key':'metadata.name','operator':'In','values':['n1','n2']}]} | false",
        "{'matchFields':[{'key':'metadata.name','operator':'Exists'}]}                  | false",
        "{'matchFields':[{'key':'spec.x','operator':'In','values':['n1']}]}             | false",
        "{'matchExpressions':[{'key':'a','operator':'Nix'}]},{'matchExpressions':[{'key':'a','operator':'Exists'}]} | true",
        "{'matchExpressions':[{'key':'a','operator':'Exists'},{'key':'x','operator':'Exists'}]} | false",
      })
  void section2_2(String terms, boolean matches) {
    Node node = node("n1", "{'a':'1','e':'','n':'5'}", "[]");
    Verdict verdict =
        Eligibility.of(
            withPodSpec(
                "{'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
                    + "{'nodeSelectorTerms':["
                    + (terms == null ? "" : terms)
                    + "]}}}}"),
            node);
    assertThat(verdict.runs()).isEqualTo(matches);
    if (!matches) {
      assertThat(verdict.reasons())
          .singleElement()
          .isInstanceOf(Reason.AffinityMismatch.class)
          .satisfies(reason -> assertThat(reason.sentence()).isNotBlank());
    }
  }

  /** Tolerations against the taint k=v:NoSchedule (2.3). */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'key':'k','value':'v','effect':'NoSchedule'}                    | true",
        "{'key':'k','operator':'Equal','value':'v'}                       | true",
        "{'key':'k','operator':'Equal','value':'w'}                       | false",
        "{'key':'k'}                                                      | false",
        "{'key':'k','operator':'Exists'}                                  | true",
        "{'key':'k','operator':'Exists','effect':'NoExecute'}             | false",
        "{'operator':'Exists'}                                            | true",
        "{'operator':'Exists','effect':'NoSchedule'}                      | true",
        "{'key':'l','operator':'Exists'}                                  | false",
        "{'key':'k','operator':'Lt','value':'v'}                          | false",
        "{'key':'k','operator':'Nix','value':'v'}                         | false",
      })
  void section2_3(String toleration, boolean tolerated) {
    Verdict verdict =
        Eligibility.of(
            withPodSpec("{'tolerations':[" + toleration + "]}"),
            Fixtures.tainted("n1", "NoSchedule"));
    assertThat(verdict.runs()).isEqualTo(tolerated);
  }

  @ParameterizedTest
  @CsvSource({
    "node.kubernetes.io/not-ready,           NoExecute,  runs,     runs",
    "node.kubernetes.io/unreachable,         NoExecute,  runs,     runs",
    "node.kubernetes.io/not-ready,           NoSchedule, stays,    stays",
    "node.kubernetes.io/unreachable,         NoSchedule, stays,    stays",
    "node.kubernetes.io/disk-pressure,       NoSchedule, runs,     runs",
    "node.kubernetes.io/memory-pressure,     NoSchedule, runs,     runs",
    "node.kubernetes.io/pid-pressure,        NoSchedule, runs,     runs",
    "node.kubernetes.io/unschedulable,       NoSchedule, runs,     runs",
    "node.kubernetes.io/network-unavailable, NoSchedule, stays,    runs",
    "node.kubernetes.io/out-of-service,      NoExecute,  excluded, excluded",
  })
  void section2_4(String key, String effect, String expected, String withHostNetwork) {
    Node node = node("n1", "{}", "[{'key':'%s','effect':'%s'}]".formatted(key, effect));
    assertThat(Eligibility.of(withPodSpec("{}"), node).getClass().getSimpleName())
        .isEqualToIgnoringCase(expected);
    assertThat(Eligibility.of(withPodSpec("{'hostNetwork':true}"), node).getClass().getSimpleName())
        .isEqualToIgnoringCase(withHostNetwork);
  }

  @Test
  void everyReasonIsGiven() {
    Verdict verdict =
        Eligibility.of(
            withPodSpec(
                """
                {'nodeName':'n2','nodeSelector':{'gpu':'yes'},
                 'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':
                   {'nodeSelectorTerms':[{'matchExpressions':[{'key':'z','operator':'In','values':['a','b']}]}]}}}}
                """),
            Fixtures.tainted("n1", "NoSchedule"));
    assertThat(verdict.sentence())
        .isEqualTo(
            "the template is for node n2 only; nodeSelector wants gpu=yes, the node has no such"
                + " label; no term of the node affinity matches: z In [a, b]; untolerated taint"
                + " k=v:NoSchedule");
  }

  @Test
  void nodesThatLookAlikeShareOneVerdict() {
    Eligibility eligibility = Eligibility.of(withPodSpec("{'nodeSelector':{'zone':'a'}}"));
    Verdict first = eligibility.judge(node("n1", "{'zone':'b','x':'1'}", "[]"));
    Verdict second = eligibility.judge(node("n2", "{'zone':'b','x':'2'}", "[]"));
    assertThat(second).isSameAs(first);
  }
}
