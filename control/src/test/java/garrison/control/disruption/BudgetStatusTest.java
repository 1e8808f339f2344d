package garrison.control.disruption;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.client.cache.ObjectKey;
import garrison.model.DisruptionBudget;
import garrison.model.Pod;
import garrison.model.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Spec: daemonset 9.7; what upstream's disruption controller writes. */
class BudgetStatusTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");
  private static final ObjectKey KEY = new ObjectKey("w", "pdb");
  private static final Scales TEN = (namespace, owner) -> new Scales.Wanted(10);

  private final Tallies tallies = new Tallies();
  private final List<Pod> pods = new ArrayList<>();

  private static ObjectNode json(String text) {
    return (ObjectNode) Json.parse(text.replace('\'', '"'));
  }

  private static DisruptionBudget budget(String spec, String status) {
    return DisruptionBudget.of(
        json(
            "{'metadata':{'name':'pdb','namespace':'w','generation':3},'spec':{"
                + "'selector':{'matchLabels':{'app':'a'}}"
                + (spec.isEmpty() ? "" : "," + spec)
                + "},'status':{"
                + status
                + "}}"));
  }

  private static Pod pod(String name, boolean ready, String more) {
    return Pod.of(
        json(
            "{'metadata':{'name':'"
                + name
                + "','namespace':'w','labels':{'app':'a'}"
                + more
                + "},'status':{'phase':'Running','conditions':[{'type':'Ready','status':'"
                + (ready ? "True" : "False")
                + "'}]}}"));
  }

  private static String ownedBy(String kind) {
    return ",'ownerReferences':[{'apiVersion':'apps/v1','kind':'"
        + kind
        + "','name':'o','uid':'u','controller':true}]";
  }

  private void running(int ready, int unready, String more) {
    for (int i = 0; i < ready + unready; i++) {
      pods.add(pod("p" + i, i < ready, more));
    }
  }

  private Tallies.Count count(DisruptionBudget budget) {
    tallies.put(budget, pods::forEach);
    Tallies.Count count = tallies.count(KEY, NOW);
    assertThat(count).isNotNull();
    return count;
  }

  private JsonNode status(DisruptionBudget budget) {
    Tallies.Count count = count(budget);
    ObjectNode document =
        BudgetStatus.counted(count, (Expectation.Known) Expectation.of(count, TEN), NOW);
    return document == null ? Json.object() : document.path("status");
  }

  /** Ten wanted by their owner; so many pods, so many of them ready. */
  @ParameterizedTest(name = "{0}, {1} ready, {2} not: expected {3} desired {4} allowed {5}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'minAvailable':3        | 5  | 1 | 6  | 3  | 2
          'minAvailable':3        | 3  | 0 | 3  | 3  | 0
          'minAvailable':3        | 1  | 0 | 1  | 3  | 0
          'minAvailable':0        | 2  | 0 | 2  | 0  | 2
          'minAvailable':0        | 0  | 0 | 0  | 0  | 0
          'minAvailable':'25%'    | 10 | 0 | 10 | 3  | 7
          'minAvailable':'100%'   | 10 | 0 | 10 | 10 | 0
          'minAvailable':'0%'     | 4  | 0 | 10 | 0  | 4
          'maxUnavailable':1      | 10 | 0 | 10 | 9  | 1
          'maxUnavailable':1      | 9  | 1 | 10 | 9  | 0
          'maxUnavailable':20     | 8  | 0 | 10 | 0  | 8
          'maxUnavailable':'25%'  | 10 | 0 | 10 | 7  | 3
          'maxUnavailable':'100%' | 3  | 0 | 10 | 0  | 3
                                  | 3  | 0 | 0  | 0  | 0
          """)
  void countsFollowTheBound(
      String bound, int ready, int unready, long expected, long desired, long allowed) {
    running(ready, unready, ownedBy("ReplicationController"));
    JsonNode status = status(budget(bound == null ? "" : bound.replace("\\", "'"), ""));
    assertThat(status.path("expectedPods").asLong()).isEqualTo(expected);
    assertThat(status.path("desiredHealthy").asLong()).isEqualTo(desired);
    assertThat(status.path("currentHealthy").asLong()).isEqualTo(ready);
    assertThat(status.path("disruptionsAllowed").asLong()).isEqualTo(allowed);
    assertThat(status.path("observedGeneration").asLong()).isEqualTo(3);
    JsonNode condition = status.path("conditions").path(0);
    assertThat(condition.path("type").asString()).isEqualTo("DisruptionAllowed");
    assertThat(condition.path("status").asString()).isEqualTo(allowed > 0 ? "True" : "False");
    assertThat(condition.path("reason").asString())
        .isEqualTo(allowed > 0 ? "SufficientPods" : "InsufficientPods");
    assertThat(condition.path("message").asString()).isEmpty();
    assertThat(condition.path("observedGeneration").asLong()).isEqualTo(3);
  }

  @Test
  void aDaemonSetHasNoScale() {
    running(2, 0, ownedBy("DaemonSet"));
    Scales served = new ServedScales(null);
    assertThat(Expectation.of(count(budget("'maxUnavailable':1", "")), served))
        .isEqualTo(
            new Expectation.Unknown("daemonsets.apps does not implement the scale subresource"));
    assertThat(Expectation.of(count(budget("'minAvailable':'50%'", "")), served))
        .isInstanceOf(Expectation.Unknown.class);
    assertThat(Expectation.of(count(budget("'minAvailable':1", "")), served))
        .isEqualTo(new Expectation.Known(2, 1, false));
  }

  @Test
  void anOwnerOfAnUnknownKindCannotBeAsked() {
    running(1, 0, ownedBy("Thing"));
    assertThat(Expectation.of(count(budget("'maxUnavailable':1", "")), new ServedScales(null)))
        .isEqualTo(new Expectation.Unknown("no matches for kind \"Thing\" in version \"apps/v1\""));
  }

  @Test
  void anOwnerThatIsGoneIsNamedByItsPod() {
    running(1, 0, ownedBy("ReplicationController"));
    assertThat(
            Expectation.of(
                count(budget("'maxUnavailable':1", "")), (ns, owner) -> new Scales.Missing()))
        .isEqualTo(new Expectation.Unknown("found no controllers for pod \"p0\""));
  }

  @Test
  void podsWithoutAnOwnerAreLeftOutOfTheSum() {
    running(2, 0, "");
    assertThat(Expectation.of(count(budget("'maxUnavailable':1", "")), TEN))
        .isEqualTo(new Expectation.Known(0, 0, true));
  }

  @Test
  void aFailureAllowsNothingAndSaysWhy() {
    DisruptionBudget budget =
        budget("'maxUnavailable':1", "'observedGeneration':2,'disruptionsAllowed':4");
    ObjectNode written = BudgetStatus.failed(budget, "because", NOW);
    assertThat(written).isNotNull();
    JsonNode status = written.path("status");
    assertThat(status.path("disruptionsAllowed").asLong()).isZero();
    assertThat(status.path("observedGeneration").asLong()).isEqualTo(2);
    assertThat(status.path("conditions").path(0).toString())
        .isEqualTo(
            json("{'type':'DisruptionAllowed','status':'False','observedGeneration':2,"
                    + "'lastTransitionTime':'2026-01-01T00:10:00Z','reason':'SyncFailed',"
                    + "'message':'because'}")
                .toString());
    assertThat(BudgetStatus.failed(DisruptionBudget.of(written), "because", NOW)).isNull();
  }

  @Test
  void whatIsWrittenAlreadyIsNotWrittenAgain() {
    running(2, 0, "");
    Tallies.Count count = count(budget("'minAvailable':1", ""));
    Expectation.Known known = (Expectation.Known) Expectation.of(count, TEN);
    DisruptionBudget written = DisruptionBudget.of(BudgetStatus.counted(count, known, NOW));
    assertThat(BudgetStatus.counted(count(written), known, NOW.plusSeconds(9))).isNull();
    pods.add(pod("late", true, ""));
    tallies.changed(pods.getLast());
    assertThat(status(written).path("disruptionsAllowed").asLong()).isEqualTo(2);
  }

  @Test
  void theConditionsTimeMovesOnlyWithItsStatusAndOthersStay() {
    running(3, 0, "");
    DisruptionBudget before =
        budget(
            "'minAvailable':1",
            "'conditions':[{'type':'DisruptionAllowed','status':'True','reason':'SufficientPods',"
                + "'lastTransitionTime':'2026-01-01T00:00:00Z','message':''},"
                + "{'type':'Mine','status':'True'}]");
    JsonNode conditions = status(before).path("conditions");
    assertThat(conditions.path(0).path("type").asString()).isEqualTo("Mine");
    assertThat(conditions.path(1).path("lastTransitionTime").asString())
        .isEqualTo("2026-01-01T00:00:00Z");
  }

  @Test
  void announcedPodsAreNotHealthyUntilTheyAreOverdue() {
    running(4, 0, "");
    DisruptionBudget budget =
        budget(
            "'minAvailable':1",
            "'disruptedPods':{'p0':'2026-01-01T00:09:00Z','p1':'2026-01-01T00:07:00Z',"
                + "'gone':'2026-01-01T00:09:30Z'}");
    Tallies.Count count = count(budget);
    assertThat(count.healthy()).isEqualTo(3);
    assertThat(count.announced().pending()).containsOnlyKeys("p0");
    assertThat(count.announced().overdue()).containsExactly("p1");
    assertThat(count.announced().next()).isEqualTo(Instant.parse("2026-01-01T00:11:00Z"));
    assertThat(status(budget).path("disruptedPods"))
        .isEqualTo(json("{'p0':'2026-01-01T00:09:00Z'}"));
  }

  @Test
  void aDeletedPodIsExpectedButNotHealthy() {
    running(1, 0, "");
    pods.add(pod("going", true, ",'deletionTimestamp':'2026-01-01T00:09:00Z'"));
    Tallies.Count count = count(budget("'minAvailable':1", ""));
    assertThat(count.pods()).isEqualTo(2);
    assertThat(count.healthy()).isEqualTo(1);
  }

  @Test
  void onlyChangesThatCountTouchABudget() {
    DisruptionBudget budget = budget("'minAvailable':1", "");
    count(budget);
    Pod pod = pod("p", false, "");
    assertThat(tallies.changed(pod).touched()).containsExactly(KEY);
    assertThat(tallies.changed(pod).touched()).isEmpty();
    assertThat(tallies.changed(pod("p", true, "")).touched()).containsExactly(KEY);
    Pod relabelled = Pod.of(json("{'metadata':{'name':'p','namespace':'w','labels':{'app':'b'}}}"));
    assertThat(tallies.changed(relabelled).touched()).containsExactly(KEY);
    assertThat(tallies.changed(relabelled).touched()).isEmpty();
    assertThat(count(budget).pods()).isZero();
  }

  @Test
  void anotherSelectorCountsAnew() {
    running(2, 0, "");
    assertThat(count(budget("'minAvailable':1", "")).pods()).isEqualTo(2);
    DisruptionBudget all =
        DisruptionBudget.of(
            json(
                "{'metadata':{'name':'pdb','namespace':'w'},'spec':{'selector':{'matchLabels':"
                    + "{'app':'other'}}}}"));
    assertThat(count(all).pods()).isZero();
  }

  @Test
  void selectorIsPrintedAsGoPrintsIt() {
    assertThat(SelectorText.of(null)).isEqualTo("nil");
    assertThat(
            SelectorText.of(
                json(
                    "{'matchLabels':{'b':'2','a':'1'},'matchExpressions':[{'key':'k',"
                        + "'operator':'In','values':['x','y']},{'key':'l','operator':'Exists'}]}")))
        .isEqualTo(
            "&LabelSelector{MatchLabels:map[string]string{a: 1,b: 2,},MatchExpressions:"
                + "[]LabelSelectorRequirement{LabelSelectorRequirement{Key:k,Operator:In,Values:[x"
                + " y],},LabelSelectorRequirement{Key:l,Operator:Exists,Values:[],},},}");
  }

  @Test
  void aMarkThatCameToNothingIsStaleAfterTwoMinutes() {
    String mark =
        "'status':{'conditions':[{'type':'DisruptionTarget','status':'%s','reason':'%s',"
            + "'lastTransitionTime':'2026-01-01T00:00:00Z'}]%s}";
    assertThat(due("{" + mark.formatted("True", "EvictionByEvictionAPI", "") + "}"))
        .isEqualTo(Instant.parse("2026-01-01T00:02:00Z"));
    assertThat(due("{" + mark.formatted("False", "EvictionByEvictionAPI", "") + "}")).isNull();
    assertThat(due("{" + mark.formatted("True", "TerminationByKubelet", "") + "}")).isNull();
    assertThat(due("{" + mark.formatted("True", "x", ",'phase':'Failed'") + "}")).isNull();
    assertThat(
            due(
                "{'metadata':{'deletionTimestamp':'2026-01-01T00:00:00Z'},"
                    + mark.formatted("True", "x", "")
                    + "}"))
        .isNull();
  }

  private static Instant due(String pod) {
    return StaleTarget.due(Pod.of(json(pod)));
  }
}
