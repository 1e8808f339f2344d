package garrison.model.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Field selectors (spec: api-server 8.4). */
class FieldSelectorTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "foo     | invalid selector: 'foo'; can't understand 'foo'",
        "z=1,b   | invalid selector: 'z=1,b'; can't understand 'b'",
        "a=b=c   | invalid field selector: unescaped character in value: 61",
        "a=b\\   | invalid field selector: invalid escape sequence: \\",
        "a=b\\x  | invalid field selector: invalid escape sequence: \\x",
      })
  void malformedOnesAreNamed(String text, String message) {
    assertThatThrownBy(() -> FieldSelector.parse(text))
        .isInstanceOf(SelectorException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({
    "pods, metadata.name=a, ''",
    "pods, metadata.namespace=a, ''",
    "pods, 'spec.nodeName=a,status.phase!=Failed', ''",
    "pods, spec.host=a, ''",
    "pods, spec.x=y, field label not supported: spec.x",
    "nodes, spec.unschedulable=true, ''",
    "nodes, metadata.namespace=x, field label not supported: metadata.namespace",
    "namespaces, status.phase=Active, ''",
    "secrets, type=Opaque, ''",
    "events, involvedObject.namespace=, ''",
    "events, source=kubelet, ''",
    "configmaps, metadata.namespace=x, ''",
    "persistentvolumes, metadata.namespace=x, ''",
    "configmaps, data.a=b,"
        + " '\"data.a\" is not a known field selector: only \"metadata.name\","
        + " \"metadata.namespace\"'",
  })
  void eachKindKnowsItsFields(String plural, String text, String message) {
    Kind kind = Kinds.byPlural("", "v1", plural);
    assertThat(kind).isNotNull();
    FieldSelector selector = FieldSelector.parse(text);
    if (message.isEmpty()) {
      assertThatCode(() -> selector.checkSupported(kind)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> selector.checkSupported(kind)).hasMessage(message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.nodeName=n1                     | true",
        "spec.nodeName==n1                    | true",
        "spec.host=n1                         | true",
        "spec.nodeName!=n1                    | false",
        "status.phase=                        | true",
        "status.phase!=Succeeded              | true",
        "spec.hostNetwork=false               | true",
        "spec.hostNetwork=true                | false",
        "metadata.name=p,spec.nodeName=n1     | true",
        "metadata.name=p,spec.nodeName=n2     | false",
        "status.podIP=10.0.0.1                | true",
        "status.podIPs=10.0.0.1               | false",
        "=                                    | true",
      })
  void picks(String text, boolean picked) {
    assertThat(
            FieldSelector.parse(text)
                .matches(
                    Json.parse(
                            """
                            {"metadata":{"name":"p"},"spec":{"nodeName":"n1"},
                             "status":{"podIP":"10.0.0.1","podIPs":[{"ip":"10.0.0.1"}]}}
                            """)
                        .asObject()))
        .isEqualTo(picked);
  }

  @Test
  void theSourceOfAnEventIsItsReporterWhereNoComponentIsNamed() {
    FieldSelector selector = FieldSelector.parse("source=x");
    assertThat(selector.matches(Json.parse("{\"source\":{\"component\":\"x\"}}").asObject()))
        .isTrue();
    assertThat(
            selector.matches(Json.parse("{\"source\":{},\"reportingComponent\":\"x\"}").asObject()))
        .isTrue();
  }

  @Test
  void exactValuesAreTold() {
    FieldSelector selector = FieldSelector.parse("spec.nodeName=n1,status.phase!=Failed");
    assertThat(selector.exact("spec.nodeName")).isEqualTo("n1");
    assertThat(selector.exact("status.phase")).isNull();
    assertThat(FieldSelector.parse("").isEmpty()).isTrue();
  }
}
