package garrison.model;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** nodeSelector and required node affinity (spec: daemonset 2.2). */
class NodeSelectorTest {
  private static final Map<String, String> LABELS =
      Map.of("disk", "ssd", "empty", "", "size", "7", "minus", "-3x");

  private static NodeAffinity affinity(String podSpec) {
    return NodeAffinity.of(Json.parse(podSpec.replace('\'', '"')));
  }

  private static boolean matchesTerms(String terms) {
    return affinity(
            "{'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
                + "{'nodeSelectorTerms':["
                + terms
                + "]}}}}")
        .matches(LABELS, "n1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "disk  | In           | 'hdd','ssd'  | true",
        "disk  | In           | 'hdd'        | false",
        "none  | In           | 'ssd'        | false",
        "disk  | NotIn        | 'hdd'        | true",
        "disk  | NotIn        | 'ssd'        | false",
        "none  | NotIn        | 'ssd'        | true",
        "disk  | Exists       |              | true",
        "empty | Exists       |              | true",
        "none  | Exists       |              | false",
        "none  | DoesNotExist |              | true",
        "empty | DoesNotExist |              | false",
        "size  | Gt           | '6'          | true",
        "size  | Gt           | '7'          | false",
        "size  | Lt           | '8'          | true",
        "size  | Lt           | '7'          | false",
        "disk  | Gt           | '1'          | false",
        "minus | Lt           | '1'          | false",
        "none  | Lt           | '1'          | false",
        // Parse errors: the term matches nothing.
        "disk  | In           |              | false",
        "none  | NotIn        |              | false",
        "disk  | Exists       | 'x'          | false",
        "none  | DoesNotExist | 'x'          | false",
        "size  | Gt           | '1','2'      | false",
        "size  | Gt           | 'x'          | false",
        "size  | Gt           | '-5'         | false",
        "disk  | Like         | 'ssd'        | false",
        "_bad  | DoesNotExist |              | false",
        "none  | NotIn        | '_bad'       | false",
      })
  void operators(String key, String operator, String values, boolean matches) {
    String list = values == null ? "" : values;
    assertThat(
            matchesTerms(
                "{'matchExpressions':[{'key':'%s','operator':'%s','values':[%s]}]}"
                    .formatted(key, operator, list)))
        .isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "metadata.name | In     | 'n1'      | true",
        "metadata.name | In     | 'n2'      | false",
        "metadata.name | NotIn  | 'n2'      | true",
        "metadata.name | NotIn  | 'n1'      | false",
        "metadata.name | In     | 'n1','n2' | false",
        "metadata.name | NotIn  |           | false",
        "metadata.name | Exists |           | false",
        "metadata.x    | In     | 'n1'      | false",
        "metadata.x    | NotIn  | 'n1'      | true",
      })
  void fields(String key, String operator, String values, boolean matches) {
    String list = values == null ? "" : values;
    assertThat(
            matchesTerms(
                "{'matchFields':[{'key':'%s','operator':'%s','values':[%s]}]}"
                    .formatted(key, operator, list)))
        .isEqualTo(matches);
  }

  @Test
  void termsAreAlternativesAndWithinOneEverythingMustHold() {
    String good = "{'key':'disk','operator':'Exists'}";
    String bad = "{'key':'none','operator':'Exists'}";
    String broken = "{'key':'disk','operator':'Like'}";
    assertThat(matchesTerms("{'matchExpressions':[" + good + "," + bad + "]}")).isFalse();
    assertThat(
            matchesTerms("{'matchExpressions':[" + bad + "]},{'matchExpressions':[" + good + "]}"))
        .isTrue();
    assertThat(
            matchesTerms(
                "{'matchExpressions':[" + broken + "]},{'matchExpressions':[" + good + "]}"))
        .isTrue();
    assertThat(matchesTerms("{'matchExpressions':[" + good + "," + broken + "]}")).isFalse();
  }

  @Test
  void emptyTermsMatchNothing() {
    assertThat(matchesTerms("")).isFalse();
    assertThat(matchesTerms("{}")).isFalse();
    assertThat(matchesTerms("{},{'matchExpressions':[],'matchFields':[]}")).isFalse();
  }

  @Test
  void noRequirementMatchesEverythingAndBothMustHold() {
    assertThat(affinity("{}").matches(LABELS, "n1")).isTrue();
    assertThat(affinity("{'nodeSelector':{'disk':'ssd'}}").matches(LABELS, "n1")).isTrue();
    assertThat(affinity("{'nodeSelector':{'disk':'hdd'}}").matches(LABELS, "n1")).isFalse();
    assertThat(affinity("{'nodeSelector':{'none':''}}").matches(LABELS, "n1")).isFalse();
    assertThat(
            affinity(
                    "{'nodeSelector':{'disk':'ssd'},'affinity':{'nodeAffinity':{"
                        + "'requiredDuringSchedulingIgnoredDuringExecution':{"
                        + "'nodeSelectorTerms':[]}}}}")
                .matches(LABELS, "n1"))
        .isFalse();
  }

  /** What a verdict may be shared by: nodes that agree on these. */
  @Test
  void theLabelsThatDecideAreKnown() {
    NodeAffinity affinity =
        affinity(
            "{'nodeSelector':{'a':'b'},'affinity':{'nodeAffinity':{"
                + "'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':[{"
                + "'matchExpressions':[{'key':'c','operator':'Exists'}]}]}}}}");
    assertThat(affinity.labelKeys()).containsExactly("a", "c");
    assertThat(affinity.readsName()).isFalse();
  }
}
