package garrison.model;

import garrison.model.Quantity.Format;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Reads the text of a {@link Quantity}, as forgivingly as upstream does (spec: api-server 5.2). */
final class QuantitySyntax {
  /** So many digits are safe in a {@code long}. */
  private static final int SAFE_DIGITS = 18;

  /** Beyond, an exponent is a mistake, and would make numbers that fill the memory. */
  private static final int MOST_EXPONENT = 1000;

  /** Longer texts are mistakes, and take long to read. */
  private static final int LONGEST = 1000;

  private static final String LETTERS = "eEinumkKMGTP";
  private static final String BINARY = "KMGTPE";
  private static final String[] DECIMAL = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};

  private QuantitySyntax() {}

  static Quantity parse(String text) {
    int end = text.length();
    if (end == 0 || end > LONGEST) {
      throw malformed();
    }
    boolean negative = text.charAt(0) == '-';
    int start = negative || text.charAt(0) == '+' ? 1 : 0;
    while (start < end && text.charAt(start) == '0') {
      start++;
    }
    if (start == end) {
      return Quantity.ZERO;
    }
    int point = skipDigits(text, start);
    // Upstream takes a suffix without a number for zero.
    String whole = point == start ? "0" : text.substring(start, point);
    String places = "";
    int suffixAt = point;
    if (point < end && text.charAt(point) == '.') {
      suffixAt = skipDigits(text, point + 1);
      places = text.substring(point + 1, suffixAt);
    }
    int letters = suffixAt;
    while (letters < end && LETTERS.indexOf(text.charAt(letters)) >= 0) {
      letters++;
    }
    if (letters < end && (text.charAt(letters) == '-' || text.charAt(letters) == '+')) {
      letters++;
    }
    if (skipDigits(text, letters) < end) {
      throw malformed();
    }
    String suffix = text.substring(suffixAt);
    if (suffix.length() == 2 && suffix.charAt(1) == 'i') {
      int power = BINARY.indexOf(suffix.charAt(0)) + 1;
      if (power > 0) {
        return binary(text, negative, whole, places, power);
      }
    }
    for (int i = 0; i < DECIMAL.length; i++) {
      if (DECIMAL[i].equals(suffix)) {
        return decimal(text, negative, whole, places, 3 * i - 9, Format.DECIMAL_SI);
      }
    }
    return decimal(text, negative, whole, places, exponent(suffix), Format.DECIMAL_EXPONENT);
  }

  private static int skipDigits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  private static int exponent(String suffix) {
    char first = suffix.charAt(0);
    if (suffix.length() > 1 && (first == 'e' || first == 'E')) {
      try {
        int exponent = Integer.parseInt(suffix.substring(1));
        if (Math.abs((long) exponent) <= MOST_EXPONENT) {
          return exponent;
        }
      } catch (NumberFormatException e) {
        // Refused below, as any other suffix that nobody knows.
      }
    }
    throw new IllegalArgumentException("unable to parse quantity's suffix");
  }

  private static Quantity binary(
      String text, boolean negative, String whole, String places, int power) {
    // A kibi is a little more than three digits.
    if (places.isEmpty() && whole.length() + 3 * power < 15) {
      long number = Long.parseLong(whole);
      // Upstream's own idea of "already canonical": the odd ones, and more.
      String spelling = (number & 7) != 0 ? text : null;
      long value = number << 10 * power;
      return Quantity.small(negative ? -value : value, 0, Format.BINARY_SI, spelling);
    }
    BigDecimal value = new BigDecimal(whole + "." + places);
    value = value.multiply(BigDecimal.valueOf(1L << 10 * power));
    return Quantity.large(negative ? value.negate() : value, Format.BINARY_SI);
  }

  private static Quantity decimal(
      String text, boolean negative, String whole, String places, int exponent, Format format) {
    String digits = whole + places;
    int scale = exponent - places.length();
    if (digits.length() <= SAFE_DIGITS && scale >= Quantity.NANO) {
      long number = Long.parseLong(digits);
      // Upstream's own idea of "already canonical", which also keeps 01, +1 and 5. as they are.
      boolean kept = scale % 3 == 0 && !digits.endsWith("000") && digits.charAt(0) != '0';
      return Quantity.small(negative ? -number : number, scale, format, kept ? text : null);
    }
    BigDecimal value = new BigDecimal(digits).scaleByPowerOfTen(scale);
    return Quantity.large(negative ? value.negate() : value, format);
  }

  /**
   * The decimal suffix for a power of ten that is a multiple of three, null where there is none.
   */
  static @Nullable String decimalSuffix(int exponent) {
    int index = exponent / 3 + 3;
    return index >= 0 && index < DECIMAL.length ? DECIMAL[index] : null;
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException(
        "quantities must match the regular expression"
            + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }
}
