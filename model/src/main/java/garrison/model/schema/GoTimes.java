package garrison.model.schema;

import garrison.model.Timestamps;
import java.time.DateTimeException;
import java.time.OffsetDateTime;

/** Reads times with the errors that Go gives for them (spec: api-server 5.2). Pure. */
final class GoTimes {
  private static final String SECONDS = "2006-01-02T15:04:05Z07:00";
  private static final String MICROS = "2006-01-02T15:04:05.000000Z07:00";
  private static final String[] PARTS = {
    "2006", "-", "01", "-", "02", "T", "15", ":", "04", ":", "05"
  };

  private GoTimes() {}

  /** A {@code Time} in its canonical form: UTC, whole seconds. */
  static String seconds(String text) {
    if (Timestamps.plain(text) != null) {
      return text;
    }
    String rest = dateAndTime(text, SECONDS);
    if (rest.startsWith(".") || rest.startsWith(",")) {
      int end = digits(rest, 1);
      rest = end == 1 ? rest : rest.substring(end);
    }
    zone(text, SECONDS, rest);
    return Timestamps.seconds(parse(text, SECONDS).toInstant());
  }

  /** A {@code MicroTime} in its canonical form: UTC, six digits of fraction. */
  static String micros(String text) {
    String rest = dateAndTime(text, MICROS);
    if (!rest.startsWith(".") || digits(rest, 1) < 7) {
      throw failure(text, MICROS, rest, ".000000");
    }
    zone(text, MICROS, rest.substring(7));
    return Timestamps.micros(parse(text, MICROS).toInstant());
  }

  private static OffsetDateTime parse(String text, String layout) {
    try {
      return OffsetDateTime.parse(text.replace(',', '.'));
    } catch (DateTimeException e) {
      throw new DecodeException(
          "parsing time \"" + text + "\" as \"" + layout + "\": " + "day or time out of range");
    }
  }

  private static String dateAndTime(String text, String layout) {
    String rest = text;
    for (String part : PARTS) {
      boolean number = Character.isDigit(part.charAt(0));
      boolean fits = number ? digits(rest, 0) >= part.length() : rest.startsWith(part);
      if (!fits) {
        throw failure(text, layout, rest, part);
      }
      rest = rest.substring(part.length());
    }
    return rest;
  }

  private static void zone(String text, String layout, String rest) {
    if (!rest.matches("Z|[-+]\\d\\d:\\d\\d")) {
      throw failure(text, layout, rest, "Z07:00");
    }
  }

  private static int digits(String text, int from) {
    int end = from;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static DecodeException failure(String text, String layout, String rest, String part) {
    return new DecodeException(
        "parsing time \""
            + text
            + "\" as \""
            + layout
            + "\": cannot parse \""
            + rest
            + "\" as \""
            + part
            + "\"");
  }
}
