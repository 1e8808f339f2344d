package garrison.model;

import java.math.BigInteger;

/** Arithmetic with powers of ten that neither overflows nor makes big numbers. Pure. */
final class Powers {
  private static final long[] TEN = new long[19];

  static {
    TEN[0] = 1;
    for (int i = 1; i < TEN.length; i++) {
      TEN[i] = TEN[i - 1] * 10;
    }
  }

  private Powers() {}

  /** 10^exponent; exponent from 0 to 18. */
  static long of(int exponent) {
    return TEN[exponent];
  }

  /** Whether number × 10^exponent is a {@code long}; exponent from 0 to 18. */
  static boolean fits(long number, int exponent) {
    long most = Long.MAX_VALUE / TEN[exponent];
    return number <= most && number >= -most;
  }

  /** number × 10^exponent, the nearest {@code long} where that is none; exponent from 0. */
  static long saturatedTimes(long number, int exponent) {
    if (number == 0) {
      return 0;
    }
    if (exponent < TEN.length && fits(number, exponent)) {
      return number * TEN[exponent];
    }
    return number < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  /** number ÷ 10^exponent, rounded away from zero; exponent from 0. */
  static long dividedAway(long number, int exponent) {
    if (exponent >= TEN.length) {
      return Long.signum(number);
    }
    long quotient = number / TEN[exponent];
    return number % TEN[exponent] == 0 ? quotient : quotient + Long.signum(number);
  }

  /** The nearest {@code long}. */
  static long saturated(BigInteger number) {
    return number.bitLength() < Long.SIZE
        ? number.longValue()
        : number.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  /** The sum, the nearest {@code long} where that is none. */
  static long saturatedSum(long left, long right) {
    long sum = left + right;
    if (((left ^ sum) & (right ^ sum)) < 0) {
      return left < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return sum;
  }
}
