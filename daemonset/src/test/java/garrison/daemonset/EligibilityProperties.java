package garrison.daemonset;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.DaemonSet;
import garrison.model.Node;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Spec: daemonset 2, against its text: any template, any nodes. */
class EligibilityProperties {
  private static final String VALUE = "'', '1', '5', '007', '-3', 'x', 'y!'";

  private static Arbitrary<String> oneOf(String texts) {
    return Arbitraries.of(texts.replace("'", "").split(", ", -1));
  }

  private static Arbitrary<String> list(Arbitrary<String> elements, int most) {
    return elements.list().ofMaxSize(most).map(all -> "[" + String.join(",", all) + "]");
  }

  private static Arbitrary<String> map(Arbitrary<String> keys, Arbitrary<String> values) {
    return Arbitraries.maps(keys, values)
        .ofMaxSize(3)
        .map(
            map -> {
              List<String> members = new ArrayList<>();
              map.forEach((key, value) -> members.add("'" + key + "':'" + value + "'"));
              return "{" + String.join(",", members) + "}";
            });
  }

  private static Arbitrary<String> comparison(
      Arbitrary<String> keys, Arbitrary<String> operators, Arbitrary<String> values) {
    return Combinators.combine(keys, operators, list(values.map(v -> "'" + v + "'"), 2))
        .as("{'key':'%s','operator':'%s','values':%s}"::formatted);
  }

  private static Arbitrary<String> term() {
    Arbitrary<String> expression =
        comparison(
            oneOf("a, b"), oneOf("In, NotIn, Exists, DoesNotExist, Gt, Lt, Nix"), oneOf(VALUE));
    Arbitrary<String> field =
        comparison(
            oneOf("metadata.name, metadata.name, spec.x"),
            oneOf("In, NotIn, Exists"),
            oneOf("n1, n2"));
    return Combinators.combine(list(expression, 2), list(field, 1))
        .as("{'matchExpressions':%s,'matchFields':%s}"::formatted);
  }

  private static Arbitrary<String> toleration() {
    return Combinators.combine(
            oneOf("'', k, l"),
            oneOf("'', Equal, Exists, Lt, Nix"),
            oneOf("'', v"),
            oneOf("'', NoSchedule, NoExecute"))
        .as("{'key':'%s','operator':'%s','value':'%s','effect':'%s'}"::formatted);
  }

  private static Arbitrary<String> taint() {
    return Combinators.combine(
            oneOf(
                "k, l, node.kubernetes.io/not-ready, node.kubernetes.io/unschedulable,"
                    + " node.kubernetes.io/network-unavailable"),
            oneOf("'', v"),
            oneOf("NoSchedule, NoExecute, PreferNoSchedule"))
        .as("{'key':'%s','value':'%s','effect':'%s'}"::formatted);
  }

  @Provide
  Arbitrary<ObjectNode> podSpecs() {
    Arbitrary<String> name = oneOf("'', '', '', n1, n2").map(n -> "'nodeName':'" + n + "'");
    Arbitrary<String> selector =
        Arbitraries.oneOf(Arbitraries.just("{}"), map(oneOf("a, b"), oneOf("1, 5")))
            .map(labels -> "'nodeSelector':" + labels);
    Arbitrary<String> affinity =
        Arbitraries.oneOf(
            Arbitraries.just("'affinity':{}"),
            list(term(), 2)
                .map(
                    terms ->
                        "'affinity':{'nodeAffinity':{"
                            + "'requiredDuringSchedulingIgnoredDuringExecution':"
                            + "{'nodeSelectorTerms':"
                            + terms
                            + "}}}"));
    Arbitrary<String> tolerations =
        list(toleration(), 2).map(tolerated -> "'tolerations':" + tolerated);
    Arbitrary<String> network = oneOf("true, false").map(on -> "'hostNetwork':" + on);
    return Combinators.combine(name, selector, affinity, tolerations, network)
        .as((a, b, c, d, e) -> Fixtures.json("{" + String.join(",", a, b, c, d, e) + "}"));
  }

  @Provide
  Arbitrary<List<ObjectNode>> nodes() {
    return Combinators.combine(
            oneOf("n1, n2"), map(oneOf("a, b, c"), oneOf("'', 1, 5, 6, 007, x")), list(taint(), 2))
        .as("{'metadata':{'name':'%s','labels':%s},'spec':{'taints':%s}}"::formatted)
        .map(Fixtures::json)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
  void judgesEachNodeAsTheTextSays(
      @ForAll("podSpecs") ObjectNode podSpec, @ForAll("nodes") List<ObjectNode> nodes) {
    DaemonSet daemonSet =
        Fixtures.daemonSet(
            document -> ((ObjectNode) document.at("/spec/template/spec")).setAll(podSpec));
    Eligibility shared = Eligibility.of(daemonSet);
    for (ObjectNode document : nodes) {
      Node node = Node.of(document);
      List<JsonNode> taints = new ArrayList<>();
      document.at("/spec/taints").forEach(taints::add);
      Verdict verdict = shared.judge(node);
      assertThat(verdict.getClass().getSimpleName())
          .as(document.toString())
          .isEqualTo(ReferenceEligibility.verdict(podSpec, node.name(), node.labels(), taints));
      assertThat(verdict.reasons().isEmpty()).isEqualTo(verdict.runs());
      assertThat(verdict).as("remembered or not").isEqualTo(Eligibility.of(daemonSet, node));
    }
  }
}
