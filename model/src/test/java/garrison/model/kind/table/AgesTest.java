package garrison.model.kind.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ages as tables show them (spec: api-server 7). */
class AgesTest {
  @ParameterizedTest
  @CsvSource({
    "-PT1.5S, <invalid>",
    "-PT1S, 0s",
    "-PT0.2S, 0s",
    "PT0S, 0s",
    "PT119S, 119s",
    "PT2M, 2m",
    "PT2M1S, 2m1s",
    "PT9M59S, 9m59s",
    "PT10M5S, 10m",
    "PT2H59M, 179m",
    "PT3H, 3h",
    "PT7H59M, 7h59m",
    "PT8H30M, 8h",
    "PT47H59M, 47h",
    "PT48H, 2d",
    "P7DT23H, 7d23h",
    "P8DT5H, 8d",
    "P729D, 729d",
    "P730D, 2y",
    "P740D, 2y10d",
    "P2919D, 7y364d",
    "P2920D, 8y",
    "P4000D, 10y",
  })
  void theTwoLargestUnitsThatMatter(Duration duration, String text) {
    assertThat(Ages.of(duration)).isEqualTo(text);
  }

  @Test
  void nobodyKnowsTheAgeOfWhatHasNoTime() {
    assertThat(Ages.since(null, Instant.EPOCH)).isEqualTo("<unknown>");
  }
}
