package garrison.model.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** YAML is read as Kubernetes reads it (spec: api-server 5.2). */
class YamlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: yes|{\"a\":true}",
        "a: 'yes'|{\"a\":\"yes\"}",
        "a: off|{\"a\":false}",
        "a: 0640|{\"a\":416}",
        "a: 0x1F|{\"a\":31}",
        "a: 1_000|{\"a\":1000}",
        "a: 1.5|{\"a\":1.5}",
        "a: 1.2.3|{\"a\":\"1.2.3\"}",
        "a: 10m|{\"a\":\"10m\"}",
        "a: ~|{\"a\":null}",
        "a:|{\"a\":null}",
        "a: [1, {b: c}]|{\"a\":[1,{\"b\":\"c\"}]}",
        "8080: x|{\"8080\":\"x\"}",
      })
  void scalarsAreThoseOfYaml11(String yaml, String json) {
    assertThat(Yaml.documents(yaml).getFirst().toString()).isEqualTo(json);
  }

  @Test
  void aStreamMayHaveSeveralDocumentsAndEmptyOnes() {
    assertThat(Yaml.documents("a: 1\n---\n# nothing\n---\nb: 2\n"))
        .extracting(Object::toString)
        .containsExactly("{\"a\":1}", "null", "{\"b\":2}");
  }

  @Test
  void mergeKeysFillInWhatIsMissing() {
    assertThat(
            Yaml.documents("x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}").getFirst().path("y").toString())
        .isEqualTo("{\"a\":1,\"b\":3}");
  }

  @Test
  void whatIsNoYamlIsRefusedWithItsLine() {
    assertThatThrownBy(() -> Yaml.documents("a: 1\nb: [1, 2\nc: 3"))
        .isInstanceOf(Yaml.MalformedException.class)
        .hasMessageContaining("line 3");
  }
}
