package garrison.model.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.model.json.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Label selectors (spec: api-server 8.3). */
class LabelSelectorTest {
  private static final Map<String, String> LABELS =
      Map.of("app", "web", "tier", "", "size", "7", "example.com/zone", "north");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                              | true",
        "app                             | true",
        "other                           | false",
        "!other                          | true",
        "!app                            | false",
        "app=web                         | true",
        "app==web                        | true",
        "app=db                          | false",
        "app!=db                         | true",
        "app!=web                        | false",
        "other!=web                      | true",
        "app in (db,web)                 | true",
        "app in (db)                     | false",
        "app notin (db)                  | true",
        "app notin (web)                 | false",
        "other notin (web)               | true",
        "other in (web)                  | false",
        "tier=                           | true",
        "tier in ()                      | true",
        "app in ()                       | false",
        "size>6                          | true",
        "size>7                          | false",
        "size<8                          | true",
        "size<7                          | false",
        "app>1                           | false",
        "other<1                         | false",
        "example.com/zone in (north, x)  | true",
        "app=web,size>3,!other           | true",
        "app=web,size>9                  | false",
        " app = web , tier               | true",
        "in                              | false",
        "notin notin (in, notin)         | true",
      })
  void picks(String text, boolean picked) {
    assertThat(LabelSelector.parse(text).matches(LABELS)).isEqualTo(picked);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "a b           | unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
        "a gt 5        | unable to parse requirement: found 'gt', expected: in, notin, =, ==, !=, gt, lt",
        "a!            | unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt",
        "a,            | found '', expected: identifier after ','",
        "a=b,,c        | found ',', expected: identifier after ','",
        ",a            | found ',', expected: !, identifier, or 'end of string'",
        "(a)           | found '(', expected: !, identifier, or 'end of string'",
        "a=b c         | found 'c', expected: ',' or 'end of string'",
        "!a=b          | found '=', expected: ',' or 'end of string'",
        "!!a           | unable to parse requirement: found '!', expected: identifier",
        "a===b         | unable to parse requirement: found '=', expected: identifier",
        "a=!           | unable to parse requirement: found '!', expected: identifier",
        "a in b        | unable to parse requirement: found 'b' expected: '('",
        "a in (b c)    | unable to parse requirement: found 'c', expected: ',' or ')'",
        "a in (b       | unable to parse requirement: found '', expected: ',' or ')'",
        "a in (b,      | unable to parse requirement: found '', expected: ',', or identifier",
        "a in (=)      | unable to parse requirement: found '=', expected: ',', ')' or identifier",
        "a>x           | unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
        "/a            | unable to parse requirement: <nil>: Invalid value: \"/a\": prefix part must be non-empty",
      })
  void malformedOnesAreNamed(String text, String message) {
    assertThatThrownBy(() -> LabelSelector.parse(text))
        .isInstanceOf(SelectorException.class)
        .hasMessage(message);
  }

  @Test
  void keysAndValuesMustBeLabels() {
    assertThatThrownBy(() -> LabelSelector.parse("_a"))
        .hasMessageStartingWith(
            "unable to parse requirement: <nil>: Invalid value: \"_a\": name part must consist of");
    assertThatThrownBy(() -> LabelSelector.parse("a=" + "x".repeat(64)))
        .hasMessageEndingWith("\": must be no more than 63 bytes");
    assertThatThrownBy(() -> LabelSelector.parse("a in (_b,_c)"))
        .hasMessageStartingWith("unable to parse requirement: [values[0][a]: Invalid value: \"_b\"")
        .hasMessageContaining(", values[1][a]: Invalid value: \"_c\"")
        .hasMessageEndingWith("]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'matchLabels':{'app':'web'}}                                               | true",
        "{'matchLabels':{'app':'db'}}                                                | false",
        "{}                                                                          | true",
        "{'matchExpressions':[{'key':'app','operator':'In','values':['db','web']}]}  | true",
        "{'matchExpressions':[{'key':'x','operator':'NotIn','values':['db']}]}       | true",
        "{'matchExpressions':[{'key':'app','operator':'Exists'}]}                    | true",
        "{'matchExpressions':[{'key':'app','operator':'DoesNotExist'}]}              | false",
        "{'matchLabels':{'app':'web'},'matchExpressions':[{'key':'x','operator':'Exists'}]}|false",
        "{'matchExpressions':[{'key':'app','operator':'Gt','values':['1']}]}         | false",
        "{'matchExpressions':[{'key':'x','operator':'NotIn'}]}                       | false",
        "null                                                                        | false",
      },
      quoteCharacter = '~')
  void documentsPick(String document, boolean picked) {
    assertThat(LabelSelector.of(Json.parse(document.replace('\'', '"'))).matches(LABELS))
        .isEqualTo(picked);
  }

  @Test
  void absentDocumentsPickNothing() {
    assertThat(LabelSelector.of(null).matches(Map.of())).isFalse();
    assertThat(LabelSelector.of(null).isEmpty()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'matchLabels':{'x':'y','app':'a'},'matchExpressions':[{'key':'z','operator':'NotIn',"
            + "'values':['2','1']}]}                                    | app=a,x=y,z notin (1,2)",
        "{'matchExpressions':[{'key':'k','operator':'Exists'}]}          | k",
        "{'matchExpressions':[{'key':'k','operator':'DoesNotExist'}]}    | !k",
        "{'matchExpressions':[{'key':'k','operator':'Like'}]}            | <error>",
        "{}                                                              | <none>",
      },
      quoteCharacter = '~')
  void tablesShowThem(String document, String text) {
    assertThat(LabelSelector.of(Json.parse(document.replace('\'', '"'))).format()).isEqualTo(text);
  }
}
