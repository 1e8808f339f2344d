package garrison.control.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElectionTimesTest {
  @Test
  void thoseOfUpstreamAreFifteenTenAndTwoSeconds() {
    assertThat(ElectionTimes.UPSTREAM)
        .isEqualTo(
            new ElectionTimes(
                Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2)));
  }

  @ParameterizedTest
  @CsvSource({
    "PT0.5S, PT0.2S, PT0.1S, at least 1s",
    "PT10S, PT10S, PT2S, longer than the renew deadline",
    "PT15S, PT2.4S, PT2S, 1.2 times",
    "PT15S, PT10S, PT0S, 1.2 times"
  })
  void timesByWhichTwoCouldActAreRefused(
      Duration lease, Duration renew, Duration retry, String why) {
    assertThatThrownBy(() -> new ElectionTimes(lease, renew, retry)).hasMessageContaining(why);
  }
}
