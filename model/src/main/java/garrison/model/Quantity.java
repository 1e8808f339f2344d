package garrison.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * A fixed-point number with a suffix, such as {@code 100m} or {@code 1.5Gi} (spec: api-server 5.2).
 * It is exact, and remembers its family of suffixes. What fits into a {@code long} at some power of
 * ten, which is nearly everything, never touches big numbers. Immutable.
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
  public static final Quantity ZERO = new Quantity(0, 0, Format.DECIMAL_SI, "0");

  /** Nothing finer is kept. */
  static final int NANO = -9;

  private static final int MILLI = -3;
  private static final String BINARY_SUFFIXES = "KMGTPE";
  private static final BigDecimal LARGEST_BINARY = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final BigInteger KIBI = BigInteger.valueOf(1024);

  /** number × 10^scale is the value, unless {@link #big} is. */
  private final long number;

  private final int scale;
  private final @Nullable BigDecimal big;
  private final Format format;
  private final @Nullable String spelling;

  private Quantity(long number, int scale, Format format, @Nullable String spelling) {
    this.number = number;
    this.scale = scale;
    this.big = null;
    this.format = format;
    this.spelling = spelling;
  }

  private Quantity(BigDecimal big, Format format) {
    this.number = 0;
    this.scale = 0;
    this.big = big;
    this.format = format;
    this.spelling = null;
  }

  /**
   * Reads a quantity. What is finer than a billionth is rounded away from zero; binary ones beyond
   * 2^63-1 are cut.
   *
   * @throws IllegalArgumentException with upstream's text for anything else; also for exponents
   *     beyond 1000, which upstream takes
   */
  public static Quantity parse(String text) {
    return QuantitySyntax.parse(text);
  }

  /** A number that fits, as {@link QuantitySyntax} read it. */
  static Quantity small(long number, int scale, Format format, @Nullable String spelling) {
    return new Quantity(number, scale, format, spelling);
  }

  /** A number of any size, rounded and cut as upstream does. */
  static Quantity large(BigDecimal value, Format format) {
    BigDecimal rounded = roundedAway(value, -NANO);
    if (format == Format.BINARY_SI) {
      if (rounded.abs().compareTo(LARGEST_BINARY) > 0) {
        rounded = rounded.signum() < 0 ? LARGEST_BINARY.negate() : LARGEST_BINARY;
      } else if (rounded.signum() != 0 && rounded.abs().compareTo(BigDecimal.ONE) < 0) {
        return new Quantity(rounded, Format.DECIMAL_SI);
      }
    }
    return new Quantity(rounded, format);
  }

  private static BigDecimal roundedAway(BigDecimal value, int places) {
    return value.scale() <= places ? value : value.setScale(places, RoundingMode.UP);
  }

  /** A whole number of units, written in a family of suffixes. */
  public static Quantity of(long value, Format format) {
    return new Quantity(value, 0, format, null);
  }

  /** A number of thousandths, written with decimal suffixes. */
  public static Quantity ofMilli(long milli) {
    return new Quantity(milli, MILLI, Format.DECIMAL_SI, null);
  }

  /** The family in which it is written. */
  public Format format() {
    return format;
  }

  /** Thousandths, rounded away from zero; the nearest {@code long} where they are too many. */
  public long milli() {
    return at(MILLI);
  }

  /** Whole units, rounded away from zero; the nearest {@code long} where they are too many. */
  public long value() {
    return at(0);
  }

  private long at(int wanted) {
    if (big != null) {
      return Powers.saturated(roundedAway(big.scaleByPowerOfTen(-wanted), 0).toBigInteger());
    }
    return scale >= wanted
        ? Powers.saturatedTimes(number, scale - wanted)
        : Powers.dividedAway(number, wanted - scale);
  }

  /** The same, with at most three decimal places, rounded away from zero: as in resource lists. */
  public Quantity roundUpToMilli() {
    if (big != null) {
      return new Quantity(roundedAway(big, -MILLI), format);
    }
    return scale >= MILLI
        ? this
        : new Quantity(Powers.dividedAway(number, MILLI - scale), MILLI, format, null);
  }

  /** The sum, in this one's family, or in the other's where this one is zero. */
  public Quantity plus(Quantity other) {
    Format family = signum() == 0 ? other.format : format;
    if (big == null && other.big == null && scale == other.scale) {
      long sum = number + other.number;
      if (((number ^ sum) & (other.number ^ sum)) >= 0) {
        return new Quantity(sum, scale, family, null);
      }
    }
    return new Quantity(decimal().add(other.decimal()), family);
  }

  /** Below, at or above zero: -1, 0 or 1. */
  public int signum() {
    return big != null ? big.signum() : Long.signum(number);
  }

  private BigDecimal decimal() {
    return big != null ? big : BigDecimal.valueOf(number, -scale);
  }

  /**
   * As the server writes it back: mostly the canonical form, but some spellings are kept as they
   * were sent, such as {@code 01} and {@code 1e3} (spec: api-server 5.2).
   */
  public String written() {
    return spelling == null ? canonical() : spelling;
  }

  /**
   * The shortest form in its family of suffixes, without a fraction. Binary ones below 1024 or with
   * a fraction are written with decimal suffixes, decimal ones too large for those with exponents.
   */
  public String canonical() {
    if (signum() == 0) {
      return "0";
    }
    if (format == Format.BINARY_SI) {
      String binary = binary();
      if (binary != null) {
        return binary;
      }
    }
    long mantissa = number;
    int exponent = scale;
    if (big == null) {
      while (mantissa % 10 == 0) {
        mantissa /= 10;
        exponent++;
      }
      int surplus = Math.floorMod(exponent, 3);
      if (Powers.fits(mantissa, surplus)) {
        return mantissa * Powers.of(surplus) + suffix(exponent - surplus);
      }
    }
    BigDecimal plain = decimal().stripTrailingZeros();
    exponent = Math.floorDiv(-plain.scale(), 3) * 3;
    return plain.scaleByPowerOfTen(-exponent).toBigIntegerExact() + suffix(exponent);
  }

  /** With a binary suffix, null where that cannot be. */
  private @Nullable String binary() {
    BigInteger whole;
    if (big == null && scale == 0) {
      whole = BigInteger.valueOf(number);
    } else {
      BigDecimal plain = decimal().stripTrailingZeros();
      if (plain.scale() > 0) {
        return null;
      }
      whole = plain.toBigInteger();
    }
    if (whole.abs().compareTo(KIBI) < 0) {
      return null;
    }
    int power = Math.min(whole.getLowestSetBit() / 10, BINARY_SUFFIXES.length());
    String digits = whole.shiftRight(10 * power).toString();
    return power == 0 ? digits : digits + BINARY_SUFFIXES.charAt(power - 1) + "i";
  }

  private String suffix(int exponent) {
    if (exponent == 0) {
      return "";
    }
    if (format != Format.DECIMAL_EXPONENT) {
      String suffix = QuantitySyntax.decimalSuffix(exponent);
      if (suffix != null) {
        return suffix;
      }
    }
    return "e" + exponent;
  }

  @Override
  public int compareTo(Quantity other) {
    return big == null && other.big == null && scale == other.scale
        ? Long.compare(number, other.number)
        : decimal().compareTo(other.decimal());
  }

  /** Equal values are equal, however they are written. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Quantity that && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    return decimal().stripTrailingZeros().hashCode();
  }

  @Override
  public String toString() {
    return written();
  }
}
