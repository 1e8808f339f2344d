package garrison.model.rules.check;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import org.junit.jupiter.api.Test;

class GoValueTest {
  @Test
  void textsAreQuotedWithWhatIsNotPrintableEscaped() {
    assertThat(GoValue.of("a\"b\\c\n\t\u0001é\u2028"))
        .isEqualTo("\"a\\\"b\\\\c\\n\\t\\x01é\\u2028\"");
    assertThat(GoValue.of(Json.parse("\"x\""))).isEqualTo("\"x\"");
  }

  @Test
  void nothingIsNull() {
    assertThat(GoValue.of(null)).isEqualTo("null");
    assertThat(GoValue.of(Json.object().path("missing"))).isEqualTo("null");
  }

  @Test
  void documentsAreCompactJsonSafeForHtml() {
    assertThat(GoValue.of(Json.parse("{\"a\": [1, true, \"<&>\"]}")))
        .isEqualTo("{\"a\":[1,true,\"\\u003c\\u0026\\u003e\"]}");
  }

  @Test
  void mapsArePrintedInTheOrderOfTheirKeys() {
    assertThat(GoValue.of(GoValue.sorted(Json.parse("{\"b\":\"1\",\"a\":\"2\"}"))))
        .isEqualTo("{\"a\":\"2\",\"b\":\"1\"}");
  }
}
