package garrison.client.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Spec: daemonset 8.1. */
class EventCorrelatorTest {
  private final EventCorrelator correlator = new EventCorrelator();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private EventCorrelator.Decision tell(String message) {
    return correlator.decide(
        new Occurrence(
            new ObjectReference("apps/v1", "DaemonSet", "ns", "d", "u", "7", ""),
            "Normal",
            "SuccessfulCreate",
            message,
            now));
  }

  private void stored(EventCorrelator.Decision decision, String name, int count) {
    correlator.remember(decision.key(), new EventCorrelator.Told(name, count, now, "1"));
  }

  @Test
  void repeatedEventIsCountedUp() {
    EventCorrelator.Decision first = tell("Created pod: a");
    assertThat(correlator.told(first.key())).isNull();
    stored(first, "d.1", 1);
    assertThat(correlator.told(tell("Created pod: a").key()).name()).isEqualTo("d.1");
  }

  @Test
  void tenthDifferentMessageIsFoldedIntoOne() {
    for (int i = 1; i <= 9; i++) {
      assertThat(tell("Created pod: " + i).message()).isEqualTo("Created pod: " + i);
    }
    EventCorrelator.Decision tenth = tell("Created pod: 10");
    assertThat(tenth.message()).isEqualTo("(combined from similar events): Created pod: 10");
    stored(tenth, "d.10", 1);
    assertThat(correlator.told(tell("Created pod: 11").key()).name()).isEqualTo("d.10");
  }

  @Test
  void pauseOfMoreThanTenMinutesStartsAnew() {
    for (int i = 1; i <= 9; i++) {
      tell("Created pod: " + i);
    }
    now = now.plus(Duration.ofSeconds(601));
    assertThat(tell("Created pod: 10").message()).isEqualTo("Created pod: 10");
  }

  @Test
  void objectHasTwentyFiveTokensAndOneMoreEveryFiveMinutes() {
    for (int i = 0; i < 25; i++) {
      assertThat(tell("same")).isNotNull();
    }
    assertThat(tell("same")).isNull();
    now = now.plus(Duration.ofMinutes(5));
    assertThat(tell("same")).isNotNull();
    assertThat(tell("same")).isNull();
  }
}
