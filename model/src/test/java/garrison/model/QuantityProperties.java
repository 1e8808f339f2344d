package garrison.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Quantities agree with plain decimal arithmetic. */
class QuantityProperties {
  private static final Map<String, BigDecimal> SUFFIXES =
      Map.ofEntries(
          Map.entry("n", new BigDecimal("1e-9")),
          Map.entry("u", new BigDecimal("1e-6")),
          Map.entry("m", new BigDecimal("1e-3")),
          Map.entry("", BigDecimal.ONE),
          Map.entry("k", new BigDecimal("1e3")),
          Map.entry("M", new BigDecimal("1e6")),
          Map.entry("G", new BigDecimal("1e9")),
          Map.entry("e4", new BigDecimal("1e4")),
          Map.entry("E-2", new BigDecimal("1e-2")),
          Map.entry("Ki", BigDecimal.valueOf(1L << 10)),
          Map.entry("Mi", BigDecimal.valueOf(1L << 20)),
          Map.entry("Gi", BigDecimal.valueOf(1L << 30)));

  /** A text, and what it stands for. */
  record Spelt(String text, BigDecimal value) {}

  @Provide
  Arbitrary<Spelt> quantities() {
    Arbitrary<BigDecimal> numbers =
        Arbitraries.bigDecimals()
            .between(BigDecimal.valueOf(-1_000_000), BigDecimal.valueOf(1_000_000))
            .ofScale(4);
    Arbitrary<BigDecimal> whole = Arbitraries.longs().between(-5000, 5000).map(BigDecimal::valueOf);
    Arbitrary<String> suffixes = Arbitraries.of(SUFFIXES.keySet());
    return Combinators.combine(Arbitraries.oneOf(numbers, whole), suffixes)
        .as(
            (number, suffix) ->
                new Spelt(
                    number.toPlainString() + suffix,
                    number
                        .multiply(SUFFIXES.getOrDefault(suffix, BigDecimal.ONE))
                        .setScale(9, RoundingMode.UP)));
  }

  @Property
  void valuesAreThoseOfTheText(@ForAll("quantities") Spelt spelt) {
    Quantity quantity = Quantity.parse(spelt.text);
    assertThat(quantity.value()).isEqualTo(away(spelt.value, 0));
    assertThat(quantity.milli()).isEqualTo(away(spelt.value, 3));
    assertThat(quantity.signum()).isEqualTo(spelt.value.signum());
  }

  private static long away(BigDecimal value, int places) {
    return value.setScale(places, RoundingMode.UP).movePointRight(places).longValueExact();
  }

  @Property
  void whatIsWrittenReadsBackTheSame(@ForAll("quantities") Spelt spelt) {
    Quantity quantity = Quantity.parse(spelt.text);
    assertThat(Quantity.parse(quantity.canonical())).isEqualTo(quantity);
    assertThat(Quantity.parse(quantity.written())).isEqualTo(quantity);
    assertThat(Quantity.parse(quantity.canonical()).canonical()).isEqualTo(quantity.canonical());
  }

  @Property
  void canonicalTextsHaveNoFraction(@ForAll("quantities") Spelt spelt) {
    assertThat(Quantity.parse(spelt.text).canonical())
        .matches("0|-?[1-9][0-9]*(n|u|m||k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|e-?[1-9][0-9]*)");
  }

  @Property
  void orderIsThatOfTheNumbers(
      @ForAll("quantities") Spelt left, @ForAll("quantities") Spelt right) {
    assertThat(Quantity.parse(left.text).compareTo(Quantity.parse(right.text)))
        .isEqualTo(left.value.compareTo(right.value));
  }

  @Property
  void sumsAreExact(@ForAll("quantities") Spelt left, @ForAll("quantities") Spelt right) {
    Quantity sum = Quantity.parse(left.text).plus(Quantity.parse(right.text));
    assertThat(sum.milli()).isEqualTo(away(left.value.add(right.value), 3));
    assertThat(sum).isEqualTo(Quantity.parse(right.text).plus(Quantity.parse(left.text)));
  }

  @Property
  void roundingToMilliNeverTakesAnythingAway(@ForAll("quantities") Spelt spelt) {
    Quantity rounded = Quantity.parse(spelt.text).roundUpToMilli();
    assertThat(rounded.milli()).isEqualTo(away(spelt.value, 3));
    assertThat(rounded).isEqualTo(Quantity.ofMilli(rounded.milli()));
  }

  /** Any text either is a quantity, or is refused with one of upstream's two sentences. */
  @Property
  void nothingElseIsThrown(@ForAll("texts") String text) {
    try {
      Quantity.parse(text);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).containsAnyOf("must match the regular", "quantity's suffix");
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars("019.+-eEiKMmku x").ofMaxLength(9);
  }
}
