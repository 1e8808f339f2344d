package garrison.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Quantities are read, rounded and written as upstream does (spec: api-server 5.2). */
class QuantityTest {
  /** Accepted and refused spellings in a resource list, as recorded. */
  @Test
  void spellingsInResourceListsAreThoseRecorded() {
    assumeTrue(SharedFiles.present(), "the specification is not beside this checkout");
    JsonNode cases = SharedFiles.json("spec/golden/json-values.json").path("quantity (limits.cpu)");
    assertThat(cases).isNotEmpty();
    for (JsonNode one : cases) {
      String in = one.path("in").asString().strip();
      if (one.path("code").asInt() == 201) {
        assertThat(Quantity.parse(in).roundUpToMilli().written())
            .as(in)
            .isEqualTo(one.path("out").asString());
      } else {
        assertThatThrownBy(() -> Quantity.parse(in))
            .as(in)
            .isInstanceOf(IllegalArgumentException.class)
            .satisfies(e -> assertThat(one.path("message").asString()).endsWith(e.getMessage()));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // text, canonical, whole units, thousandths
    "0, 0, 0, 0",
    "100m, 100m, 1, 100",
    "1500m, 1500m, 2, 1500",
    "2, 2, 2, 2000",
    "1.0, 1, 1, 1000",
    "128Mi, 128Mi, 134217728, 134217728000",
    "1024Mi, 1Gi, 1073741824, 1073741824000",
    "1.5Gi, 1536Mi, 1610612736, 1610612736000",
    "512Ki, 512Ki, 524288, 524288000",
    "0.5Ki, 512, 512, 512000",
    "1000k, 1M, 1000000, 1000000000",
    "1e3, 1e3, 1000, 1000000",
    "12e5, 1200e3, 1200000, 1200000000",
    "1E, 1E, 1000000000000000000, 9223372036854775807",
    "1n, 1n, 1, 1",
    "0.1n, 1n, 1, 1",
    "-1500m, -1500m, -2, -1500",
    "-0.1m, -100u, -1, -1",
    "16Ei, 9223372036854775807, 9223372036854775807, 9223372036854775807",
    "18446744073709551616, 18446744073709551616, 9223372036854775807, 9223372036854775807",
    "1000E, 1e21, 9223372036854775807, 9223372036854775807",
    "0.0001Ki, 102400u, 1, 103",
    "1.0005Ki, 1024512m, 1025, 1024512",
  })
  void valuesAreExact(String text, String canonical, long value, long milli) {
    Quantity quantity = Quantity.parse(text);
    assertThat(quantity.canonical()).isEqualTo(canonical);
    assertThat(quantity.value()).isEqualTo(value);
    assertThat(quantity.milli()).isEqualTo(milli);
  }

  /** What upstream does not bother to shorten. */
  @ParameterizedTest
  @ValueSource(strings = {"01", "+1", "5.", "1e-3", "1500m", "1023Mi", "100M", "12Ki", "007Mi"})
  void someSpellingsAreKept(String text) {
    assertThat(Quantity.parse(text).written()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1KB", "1.5.5", "1 Gi", "1,5", "1m ", "٣"})
  void malformedOnesAreRefused(String text) {
    assertThatThrownBy(() -> Quantity.parse(text))
        .hasMessage(
            "quantities must match the regular expression"
                + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--1", "1K", "1i", "1ki", "1e", "1ee", "1Mi5", "1m3", "1e99999999999", "1e1001"})
  void unknownSuffixesAreRefused(String text) {
    assertThatThrownBy(() -> Quantity.parse(text)).hasMessage("unable to parse quantity's suffix");
  }

  /** A text of megabytes must not cost minutes of a server's time. */
  @Test
  void absurdlyLongOnesAreRefused() {
    assertThatThrownBy(() -> Quantity.parse("1".repeat(3_000_000)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSumKeepsTheFamilyOfTheFirst() {
    assertThat(Quantity.parse("1Gi").plus(Quantity.parse("1M")).canonical())
        .isEqualTo("1074741824");
    assertThat(Quantity.parse("1Gi").plus(Quantity.parse("1024Mi")).canonical()).isEqualTo("2Gi");
    assertThat(Quantity.ZERO.plus(Quantity.parse("64Mi")).canonical()).isEqualTo("64Mi");
    assertThat(Quantity.parse("250m").plus(Quantity.parse("1")).canonical()).isEqualTo("1250m");
  }

  @Test
  void equalValuesAreEqualHoweverWritten() {
    assertThat(Quantity.parse("1000m"))
        .isEqualTo(Quantity.parse("1"))
        .isEqualTo(Quantity.parse("0.001k"))
        .hasSameHashCodeAs(Quantity.parse("1e0"));
  }
}
