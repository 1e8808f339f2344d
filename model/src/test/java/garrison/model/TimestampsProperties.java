package garrison.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short way of reading a time says what the long way says. */
class TimestampsProperties {
  private static final long YEAR_0 = -62_167_219_200L;
  private static final long YEAR_9999 = 253_402_300_799L;

  @Property
  void whatWasWrittenIsRead(@ForAll @LongRange(min = YEAR_0, max = YEAR_9999) long second) {
    Instant time = Instant.ofEpochSecond(second);
    assertThat(Timestamps.plain(Timestamps.seconds(time))).isEqualTo(time);
  }

  @Property
  void whatIsReadIsWhatTheFormatterReads(
      @ForAll @IntRange(max = 13) int month,
      @ForAll @IntRange(max = 32) int day,
      @ForAll @IntRange(max = 25) int hour,
      @ForAll @IntRange(max = 61) int second) {
    String text = "2023-%02d-%02dT%02d:59:%02dZ".formatted(month, day, hour, second);
    Instant expected;
    try {
      expected = OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      expected = null;
    }
    assertThat(Timestamps.plain(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-01-01T00:00:00+",
        "2026-01-01T00:00:00.5Z",
        "2026-01-01 00:00:00Z",
        "2026-1-001T00:00:00Z",
        "+026-01-01T00:00:00Z",
        "2026-01-01T00:00:00z",
        "٢٠٢٦-01-01T00:00:00Z"
      })
  void anyOtherFormIsLeftToTheFormatter(String text) {
    assertThat(Timestamps.plain(text)).isNull();
  }

  @Test
  void leapDayIsRead() {
    assertThat(Timestamps.plain("2024-02-29T12:00:00Z"))
        .isEqualTo(Instant.parse("2024-02-29T12:00:00Z"));
    assertThat(Timestamps.plain("2023-02-29T12:00:00Z")).isNull();
  }
}
