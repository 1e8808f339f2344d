package garrison.control.binding;

import static garrison.control.binding.Given.node;
import static garrison.control.binding.Given.pod;
import static garrison.control.binding.Given.target;
import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.Pod;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Spec: daemonset 9.1, the filters PodTopologySpread and InterPodAffinity. */
class NeighbourRulesTest {
  private static final String ROOM = "'cpu':'4','memory':'4Gi','pods':'10'";
  private static final String SELECTOR = "'labelSelector':{'matchLabels':{'app':'web'}}";

  private final Given.Outside outside = new Given.Outside();
  private final Ledger ledger = new Ledger(outside);

  @BeforeEach
  void twoZones() {
    ledger.put(node("a", "'zone':'one'", "", ROOM));
    ledger.put(node("b", "'zone':'one'", "", ROOM));
    ledger.put(node("c", "'zone':'two'", "", ROOM));
  }

  private static String term(String kind, String term) {
    return "'affinity':{'"
        + kind
        + "':{'requiredDuringSchedulingIgnoredDuringExecution':[{"
        + term
        + "}]}}";
  }

  private static Pod web(String name, String spec) {
    return pod(name, "'app':'web'", spec, "");
  }

  private void present(String name, String node) {
    outside.newest.put(name, web(name, ""));
    ledger.occupy(web(name, ""), node);
  }

  private String refusal(Pod pod) {
    return ((Placement.Nowhere) ledger.place(pod)).message();
  }

  private static String daemonOn(String node, String more) {
    return target(node).replaceFirst("}$", "," + more + "}");
  }

  @Test
  void keepsApartFromPodsInItsZone() {
    present("w", "a");
    String apart = term("podAntiAffinity", "'topologyKey':'zone'," + SELECTOR);
    assertThat(ledger.place(pod("p", apart))).isEqualTo(new Placement.On("c"));
    present("w2", "c");
    assertThat(refusal(pod("q", apart)))
        .startsWith("0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.");
  }

  @Test
  void othersThatKeepApartAreHeard() {
    String apart = term("podAntiAffinity", "'topologyKey':'zone'," + SELECTOR);
    ledger.occupy(pod("loner", apart), "c");
    assertThat(ledger.place(web("p", ""))).isEqualTo(new Placement.On("a"));
    Pod daemon = web("d", target("c"));
    assertThat(refusal(daemon))
        .startsWith(
            "0/3 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules,"
                + " 2 node(s) didn't satisfy plugin(s) [NodeAffinity].");
    ledger.release("loner");
    assertThat(ledger.place(daemon)).isEqualTo(new Placement.On("c"));
  }

  @Test
  void lowerPodsInTheWayOfAntiAffinityGo() {
    present("w", "c");
    Pod daemon =
        pod(
            "d",
            "'priority':9,"
                + daemonOn(
                    "c",
                    "'podAntiAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':[{"
                        + "'topologyKey':'name',"
                        + SELECTOR
                        + "}]}"));
    assertThat(((Placement.Nowhere) ledger.place(daemon)).preemption())
        .isInstanceOfSatisfying(
            Preemption.Victims.class,
            victims -> assertThat(victims.pods()).extracting(Pod::name).containsExactly("w"));
  }

  @Test
  void goesWhereItsCompanyIs() {
    String near = term("podAffinity", "'topologyKey':'zone'," + SELECTOR);
    assertThat(refusal(pod("p", near)))
        .startsWith("0/3 nodes are available: 3 node(s) didn't match pod affinity rules.")
        .endsWith("3 Preemption is not helpful for scheduling.");
    present("w", "c");
    assertThat(ledger.place(pod("p", near))).isEqualTo(new Placement.On("c"));
  }

  @Test
  void theFirstOfASeriesMayBeAlone() {
    String near = term("podAffinity", "'topologyKey':'zone'," + SELECTOR);
    assertThat(ledger.place(web("first", near))).isEqualTo(new Placement.On("a"));
    assertThat(ledger.place(web("second", near))).isEqualTo(new Placement.On("b"));
    String unlabelled = term("podAffinity", "'topologyKey':'rack'," + SELECTOR);
    assertThat(refusal(web("third", unlabelled))).contains("didn't match pod affinity rules");
  }

  @Test
  void whoHasCompanyElsewhereMayNotBeAlone() {
    present("w", "c");
    String near =
        "'podAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':[{'topologyKey':'zone',"
            + SELECTOR
            + "}]}";
    assertThat(refusal(web("d", daemonOn("a", near)))).contains("didn't match pod affinity rules");
    assertThat(ledger.place(web("e", daemonOn("c", near)))).isEqualTo(new Placement.On("c"));
  }

  @Test
  void namespacesCount() {
    present("w", "c");
    String near = "'topologyKey':'zone'," + SELECTOR;
    assertThat(refusal(pod("p", term("podAffinity", near + ",'namespaces':['other']"))))
        .contains("didn't match pod affinity rules");
    String selected =
        term("podAffinity", near + ",'namespaceSelector':{'matchLabels':{'team':'t'}}");
    assertThat(refusal(pod("p", selected))).contains("didn't match pod affinity rules");
    outside.namespaces.put("w", Map.of("team", "t"));
    assertThat(ledger.place(pod("p", selected))).isEqualTo(new Placement.On("c"));
    assertThat(ledger.place(pod("q", term("podAffinity", near + ",'namespaceSelector':{}"))))
        .isEqualTo(new Placement.On("c"));
  }

  @Test
  void labelsOfThePodNarrowTheSelector() {
    ledger.occupy(pod("w", "'app':'web','v':'1'", "", ""), "c");
    String near = "'topologyKey':'zone','matchLabelKeys':['v']," + SELECTOR;
    assertThat(refusal(pod("p", "'v':'2'", term("podAffinity", near), "")))
        .contains("didn't match pod affinity rules");
    assertThat(ledger.place(pod("p", "'v':'1'", term("podAffinity", near), "")))
        .isEqualTo(new Placement.On("c"));
  }

  private static String spread(String more) {
    return "'topologySpreadConstraints':[{'topologyKey':'zone','maxSkew':1,"
        + "'whenUnsatisfiable':'DoNotSchedule',"
        + SELECTOR
        + more
        + "}]";
  }

  @Test
  void podsSpreadOverZones() {
    assertThat(ledger.place(web("p1", spread("")))).isEqualTo(new Placement.On("a"));
    assertThat(ledger.place(web("p2", spread("")))).isEqualTo(new Placement.On("c"));
    assertThat(ledger.place(web("p3", spread("")))).isEqualTo(new Placement.On("b"));
    ledger.put(node("c", "'zone':'two'", "'unschedulable':true", ROOM));
    assertThat(refusal(web("p4", spread(""))))
        .startsWith(
            "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match pod"
                + " topology spread constraints.");
  }

  @Test
  void nodesWithoutTheLabelAreOut() {
    ledger.put(node("d", "", "", ROOM));
    assertThat(refusal(web("p", spread("") + "," + target("d"))))
        .startsWith(
            "0/4 nodes are available: 1 node(s) didn't match pod topology spread constraints"
                + " (missing required label), 3 ");
  }

  @Test
  void tooFewZonesCountAsIfOneWereEmpty() {
    present("w1", "a");
    present("w2", "c");
    assertThat(refusal(web("p", spread(",'minDomains':3"))))
        .contains("3 node(s) didn't match pod topology spread constraints");
    assertThat(ledger.place(web("p", spread("")))).isEqualTo(new Placement.On("b"));
  }

  @Test
  void onlyNodesThatItMayUseCount() {
    present("w1", "a");
    present("w2", "b");
    assertThat(ledger.place(web("p", spread("") + ",'nodeSelector':{'zone':'one'}")))
        .isEqualTo(new Placement.On("a"));
    assertThat(
            refusal(
                web(
                    "q",
                    spread(",'nodeAffinityPolicy':'Ignore'") + ",'nodeSelector':{'zone':'one'}")))
        .contains("2 node(s) didn't match pod topology spread constraints");
  }
}
