package garrison.control.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.Taint;
import garrison.model.Toleration;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Spec: daemonset 9.4. */
class StayTest {
  private static final Taint NO_EXECUTE = new Taint("k", "v", Taint.NO_EXECUTE, null);

  private static Toleration exists(String key, Long seconds) {
    return new Toleration(key, "Exists", "", "", seconds);
  }

  @Test
  void onlyNoExecuteTaintsSendAway() {
    assertThat(Stay.of(List.of(new Taint("k", "v", Taint.NO_SCHEDULE, null)), List.of()))
        .isEqualTo(new Stay.Forever());
    assertThat(Stay.of(List.of(NO_EXECUTE), List.of())).isEqualTo(new Stay.No());
  }

  @Test
  void tolerationWithoutTimeIsForEver() {
    assertThat(Stay.of(List.of(NO_EXECUTE), List.of(exists("k", null))))
        .isEqualTo(new Stay.Forever());
  }

  @Test
  void shortestOfTheUsedTolerationsDecides() {
    Taint other = new Taint("o", "", Taint.NO_EXECUTE, null);
    assertThat(
            Stay.of(
                List.of(NO_EXECUTE, other),
                List.of(exists("k", 300L), exists("o", 20L), exists("unused", 1L))))
        .isEqualTo(new Stay.For(Duration.ofSeconds(20)));
  }

  @Test
  void firstTolerationThatMatchesIsTheOneUsed() {
    assertThat(Stay.of(List.of(NO_EXECUTE), List.of(exists("k", 300L), exists("k", 20L))))
        .isEqualTo(new Stay.For(Duration.ofSeconds(300)));
  }

  @Test
  void noTimeLeftIsNow() {
    assertThat(Stay.of(List.of(NO_EXECUTE), List.of(exists("k", 0L)))).isEqualTo(new Stay.No());
    assertThat(Stay.of(List.of(NO_EXECUTE), List.of(exists("k", -5L)))).isEqualTo(new Stay.No());
  }
}
