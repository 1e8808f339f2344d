package garrison.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people and Kubernetes write them: {@code 500ms}, {@code 1m30s}, {@code 7d}. */
final class DurationText implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    try {
      if (upper.endsWith("MS")) {
        return Duration.ofMillis(Long.parseLong(upper.substring(0, upper.length() - 2)));
      }
      return Duration.parse(upper.endsWith("D") ? "P" + upper : "PT" + upper);
    } catch (DateTimeParseException | NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is no duration: write 30s, 10m, 24h or 7d");
    }
  }
}
