package garrison.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A fixed-point number with a suffix, such as {@code 100m} or {@code 1.5Gi} (spec: api-server 5.2).
 * It remembers its family of suffixes, and is written in the shortest form of it. Immutable.
 */
public final class Quantity implements Comparable<Quantity> {
  /** The family of suffixes in which a quantity is written. */
  public enum Format {
    /** {@code Ki}, {@code Mi}, …: powers of 1024. */
    BINARY_SI,
    /** {@code m}, none, {@code k}, {@code M}, …: powers of 1000. */
    DECIMAL_SI,
    /** {@code e3}, {@code e6}, …: powers of 1000 as exponents. */
    DECIMAL_EXPONENT
  }

  /** Zero, without a suffix. */
  public static final Quantity ZERO = new Quantity(BigDecimal.ZERO, Format.DECIMAL_SI);

  private static final Pattern SYNTAX =
      Pattern.compile("([+-]?)([0-9]*)(?:\\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)");
  private static final Pattern EXPONENT = Pattern.compile("[eE]([-+]?[0-9]+)");
  private static final String DECIMAL_SUFFIXES = "kMGTPE";
  private static final BigDecimal LARGEST = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);

  /** Longer numbers than this lose their spelling. */
  private static final int SPELT_DIGITS = 18;

  private final BigDecimal number;
  private final Format format;
  private final @Nullable String spelling;

  private Quantity(BigDecimal number, Format format) {
    this(number, format, null);
  }

  private Quantity(BigDecimal number, Format format, @Nullable String spelling) {
    this.number = number;
    this.format = format;
    this.spelling = spelling;
  }

  /**
   * Reads a quantity. More than nine decimal places are rounded up, binary ones beyond 2^63-1 are
   * cut.
   *
   * @throws IllegalArgumentException with upstream's text for anything else
   */
  public static Quantity parse(String text) {
    Matcher parts = SYNTAX.matcher(text);
    if (!parts.matches() || (parts.group(2).isEmpty() && nothing(parts.group(3)))) {
      throw new IllegalArgumentException(
          "quantities must match the regular expression"
              + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }
    String whole = parts.group(2);
    String fraction = parts.group(3);
    BigDecimal number =
        new BigDecimal(
            parts.group(1)
                + (whole.isEmpty() ? "0" : whole)
                + (nothing(fraction) ? "" : "." + fraction));
    String suffix = parts.group(4);
    if (suffix.endsWith("i")) {
      int power = suffix.length() == 2 ? "KMGTPE".indexOf(suffix.charAt(0)) + 1 : 0;
      if (power == 0) {
        throw unknownSuffix();
      }
      BigDecimal bytes = limited(number.multiply(KIBI.pow(power)));
      boolean kept =
          nothing(fraction)
              && digits(whole).length() + 3 * power < 15
              && (number.abs().toBigInteger().intValue() & 7) != 0;
      return new Quantity(bytes, Format.BINARY_SI, kept ? text : null);
    }
    Matcher exponent = EXPONENT.matcher(suffix);
    if (exponent.matches()) {
      int scale;
      try {
        scale = Math.clamp(Long.parseLong(exponent.group(1)), -100, 100);
      } catch (NumberFormatException e) {
        throw unknownSuffix();
      }
      return decimal(number, whole, fraction, scale, Format.DECIMAL_EXPONENT, text);
    }
    int scale =
        switch (suffix) {
          case "" -> 0;
          case "n" -> -9;
          case "u" -> -6;
          case "m" -> -3;
          default ->
              suffix.length() == 1 && DECIMAL_SUFFIXES.contains(suffix)
                  ? 3 * (DECIMAL_SUFFIXES.indexOf(suffix) + 1)
                  : 0;
        };
    if (scale == 0 && !suffix.isEmpty()) {
      throw unknownSuffix();
    }
    return decimal(number, whole, fraction, scale, Format.DECIMAL_SI, text);
  }

  private static Quantity decimal(
      BigDecimal number,
      String whole,
      @Nullable String fraction,
      int scale,
      Format format,
      String text) {
    String places = fraction == null ? "" : fraction;
    String all = digits(whole) + places;
    int exponent = scale - places.length();
    // Upstream's own idea of "already canonical", which also keeps 01, +1 and 5. as they are.
    boolean kept =
        all.length() <= SPELT_DIGITS
            && exponent >= -9
            && exponent % 3 == 0
            && !all.endsWith("000")
            && !all.startsWith("0");
    return new Quantity(rounded(number.scaleByPowerOfTen(scale)), format, kept ? text : null);
  }

  /** Without the zeros at the front; zero itself keeps one. */
  private static String digits(String whole) {
    String stripped = whole.replaceFirst("^0+", "");
    return stripped.isEmpty() ? "0" : stripped;
  }

  private static boolean nothing(@Nullable String digits) {
    return digits == null || digits.isEmpty();
  }

  private static IllegalArgumentException unknownSuffix() {
    return new IllegalArgumentException("unable to parse quantity's suffix");
  }

  private static BigDecimal limited(BigDecimal number) {
    BigDecimal nano = rounded(number);
    return nano.compareTo(LARGEST) > 0
        ? LARGEST
        : nano.compareTo(LARGEST.negate()) < 0 ? LARGEST.negate() : nano;
  }

  private static BigDecimal rounded(BigDecimal number) {
    return number.setScale(Math.min(number.scale(), 9), RoundingMode.UP);
  }

  /** A whole number of units, written in a family of suffixes. */
  public static Quantity of(long value, Format format) {
    return new Quantity(BigDecimal.valueOf(value), format);
  }

  /** A number of thousandths, written with decimal suffixes. */
  public static Quantity ofMilli(long milli) {
    return new Quantity(BigDecimal.valueOf(milli, 3), Format.DECIMAL_SI);
  }

  /** The family in which it is written. */
  public Format format() {
    return format;
  }

  /** Thousandths, rounded up (away from zero). */
  public long milli() {
    return asLong(number.movePointRight(3));
  }

  /** Whole units, rounded up (away from zero). */
  public long value() {
    return asLong(number);
  }

  private static long asLong(BigDecimal number) {
    BigInteger whole = number.setScale(0, RoundingMode.UP).toBigInteger();
    return whole.bitLength() < 64
        ? whole.longValue()
        : whole.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  /** The same, with at most three decimal places, rounded up: the form of resource lists. */
  public Quantity roundUpToMilli() {
    return number.scale() <= 3 ? this : new Quantity(number.setScale(3, RoundingMode.UP), format);
  }

  /** The sum, in this one's family. */
  public Quantity plus(Quantity other) {
    return new Quantity(number.add(other.number), format);
  }

  /** Below, at or above zero: -1, 0 or 1. */
  public int signum() {
    return number.signum();
  }

  /**
   * As the server writes it back: mostly the canonical form, but some spellings are kept as they
   * were sent, such as {@code 01} and {@code 1e3} (spec: api-server 5.2).
   */
  public String written() {
    return spelling == null ? canonical() : spelling;
  }

  /** The shortest form in its family of suffixes, without a fraction. */
  public String canonical() {
    if (number.signum() == 0) {
      return "0";
    }
    if (format == Format.BINARY_SI && number.abs().compareTo(KIBI) >= 0) {
      BigInteger whole = number.setScale(0, RoundingMode.UP).toBigInteger();
      int power = Math.min(whole.getLowestSetBit() / 10, 6);
      String digits = whole.shiftRight(10 * power).toString();
      return power == 0 ? digits : digits + "KMGTPE".charAt(power - 1) + "i";
    }
    BigDecimal plain = number.stripTrailingZeros();
    int exponent = Math.floorDiv(-plain.scale(), 3) * 3;
    if (format != Format.DECIMAL_EXPONENT) {
      exponent = Math.min(exponent, 18);
    }
    String digits = plain.scaleByPowerOfTen(-exponent).toBigIntegerExact().toString();
    if (exponent == 0) {
      return digits;
    }
    if (format == Format.DECIMAL_EXPONENT) {
      return digits + "e" + exponent;
    }
    return digits
        + switch (exponent) {
          case -9 -> "n";
          case -6 -> "u";
          case -3 -> "m";
          default -> DECIMAL_SUFFIXES.substring(exponent / 3 - 1, exponent / 3);
        };
  }

  @Override
  public int compareTo(Quantity other) {
    return number.compareTo(other.number);
  }

  /** Equal values are equal, however they are written. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Quantity that && number.compareTo(that.number) == 0;
  }

  @Override
  public int hashCode() {
    return number.stripTrailingZeros().hashCode();
  }

  @Override
  public String toString() {
    return canonical();
  }
}
