package garrison.model.rules.check;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Spec: daemonset 1.4, "semantically different". */
class SemanticTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{} | {'a':null}",
        "{} | {'args':[]}",
        "{} | {'labels':{}}",
        "{'limits':{'cpu':'1'}} | {'limits':{'cpu':'1000m'}}",
        "{'limits':{'memory':'1Gi'}} | {'limits':{'memory':'1024Mi'}}",
        "{'emptyDir':{'sizeLimit':'1k'}} | {'emptyDir':{'sizeLimit':'1e3'}}",
        "{'n':1} | {'n':1.0}",
        "{'a':1,'b':2} | {'b':2,'a':1}",
      })
  void same(String a, String b) {
    assertThat(Semantic.equal(json(a), json(b))).isTrue();
    assertThat(Semantic.equal(json(b), json(a))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{} | {'emptyDir':{}}",
        "{} | {'securityContext':{}}",
        "{'args':['a']} | {'args':['a','b']}",
        "{'args':['a','b']} | {'args':['b','a']}",
        "{'limits':{'cpu':'1'}} | {'limits':{'cpu':'2'}}",
        "{'labels':{'a':'1'}} | {'labels':{'a':'1000m'}}",
        "{'n':0} | {}",
        "{'flag':false} | {}",
      })
  void different(String a, String b) {
    assertThat(Semantic.equal(json(a), json(b))).isFalse();
    assertThat(Semantic.equal(json(b), json(a))).isFalse();
  }

  private static JsonNode json(String text) {
    return Json.parse(text.replace('\'', '"'));
  }
}
