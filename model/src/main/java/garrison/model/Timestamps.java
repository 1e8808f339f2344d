package garrison.model;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Times as Kubernetes writes them: RFC 3339, in UTC (spec: api-server 10.1). */
public final class Timestamps {
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private Timestamps() {}

  /** Reads a time, with or without a fraction, at any offset; null for anything else. */
  public static @Nullable Instant parse(JsonNode value) {
    if (!value.isString() || value.stringValue().isEmpty()) {
      return null;
    }
    try {
      return OffsetDateTime.parse(value.stringValue()).toInstant();
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** {@code Time}: whole seconds. */
  public static String seconds(Instant instant) {
    return DateTimeFormatter.ISO_INSTANT.format(instant.truncatedTo(ChronoUnit.SECONDS));
  }

  /** {@code MicroTime}: exactly six digits of fraction. */
  public static String micros(Instant instant) {
    return MICROS.format(instant);
  }
}
