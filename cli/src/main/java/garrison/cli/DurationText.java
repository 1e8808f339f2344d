package garrison.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people and Kubernetes write them: {@code 15s}, {@code 1m30s}, {@code 7d}. */
final class DurationText implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    try {
      return Duration.parse(upper.endsWith("D") ? "P" + upper : "PT" + upper);
    } catch (DateTimeParseException e) {
      throw new TypeConversionException("'" + text + "' is no duration: write 30s, 10m, 24h or 7d");
    }
  }
}
