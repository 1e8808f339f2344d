package garrison.model.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

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
        "0640: x|{\"416\":\"x\"}",
        "yes: x|{\"true\":\"x\"}",
        "'yes': x|{\"yes\":\"x\"}",
        "a: 2.0|{\"a\":2}",
        "a: 1e2|{\"a\":100}",
        "a: 0.50|{\"a\":0.50}",
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
            Yaml.documents("x: &x {a: 1, b: 2}\nz: {<<: *x, b: 3}").getFirst().path("z").toString())
        .isEqualTo("{\"a\":1,\"b\":3}");
  }

  @Test
  void whatIsNoYamlIsRefusedWithItsLine() {
    assertThatThrownBy(() -> Yaml.documents("a: 1\nb: [1, 2\nc: 3"))
        .isInstanceOf(Yaml.MalformedException.class)
        .hasMessageContaining("line 3");
  }

  @Test
  void keysThatStandTwiceAreToldWithTheLineOfTheirValue() {
    List<String> told = new ArrayList<>();
    String text =
        """
        spec: {a: 1}
        spec:
          a: 1
          x: &x {8080: 1, 8080: 2}
          w: *x
          a: 2
        yes: 1
        on: 2
        z: {<<: *x, 8080: 3}
        ---
        a: 1
        a: 2
        """;
    assertThat(Yaml.first(text, told::add).at("/spec/a").asInt()).isEqualTo(2);
    assertThat(told)
        .containsExactly(
            "line 4: key 8080 already set in map",
            "line 6: key \"a\" already set in map",
            "line 3: key \"spec\" already set in map",
            "line 8: key true already set in map");
  }

  @Test
  void aKeyIsText() {
    for (String text : List.of("[a]: 1", "~: 1", "{a: 1}: 2")) {
      assertThatThrownBy(() -> Yaml.documents(text))
          .isInstanceOf(Yaml.MalformedException.class)
          .hasMessage("line 1: a key must be text, a number or a boolean");
    }
  }

  @Test
  void theFirstOfNothingIsEmpty() {
    assertThat(Yaml.first("# nothing", told -> {})).isEqualTo(Json.object());
  }

  /** A short text must not take the server's memory or stack. */
  @ParameterizedTest
  @MethodSource("bombs")
  void whatWritesOutToNoEndIsRefused(String text, String why) {
    assertThatThrownBy(() -> Yaml.documents(text))
        .isInstanceOf(Yaml.MalformedException.class)
        .hasMessage(why);
  }

  static List<Arguments> bombs() {
    StringBuilder laughs = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      String alias = "*a" + (i - 1);
      laughs.append("a%d: &a%d [%s]%n".formatted(i, i, (alias + ", ").repeat(9) + alias));
    }
    String long1 = "a: &a " + "x".repeat(10_000) + "\nb: [" + "*a, ".repeat(1_000) + "]";
    return List.of(
        Arguments.of(laughs.toString(), "line 5: document contains excessive aliasing"),
        Arguments.of(long1, "line 2: document contains excessive aliasing"),
        Arguments.of("a: &a [*a]", "line 1: anchor 'a' value contains itself"),
        Arguments.of("[".repeat(100_000), "line 1: exceeded max depth of 450"),
        Arguments.of("- ".repeat(451), "line 1: exceeded max depth of 450"));
  }

  @Test
  void aliasesInReasonAreWrittenOut() {
    JsonNode read = Yaml.documents("a: &a {b: [1, 2]}\nc: [*a, *a]").getFirst();
    assertThat(read.path("c").toString()).isEqualTo("[{\"b\":[1,2]},{\"b\":[1,2]}]");
    String deepest = "[".repeat(Depth.MOST) + "]".repeat(Depth.MOST);
    assertThat(Yaml.documents(deepest).getFirst().toString()).isEqualTo(deepest);
  }
}
