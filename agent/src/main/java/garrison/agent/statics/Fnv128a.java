package garrison.agent.statics;

import java.math.BigInteger;
import java.util.HexFormat;

/** The hash that tells one version of a static pod from another (spec: node-agent 3.1). Pure. */
final class Fnv128a {
  private static final BigInteger OFFSET = new BigInteger("6c62272e07bb014262b821756295c58d", 16);
  private static final int LENGTH = 16;

  /** 2^88 + 0x13b: the low word of the prime, and where its one high bit stands. */
  private static final long PRIME_LOW = 0x13b;

  private static final int PRIME_SHIFT = 24;

  private long high = OFFSET.shiftRight(Long.SIZE).longValue();
  private long low = OFFSET.longValue();

  /** Goes on over these bytes. */
  Fnv128a add(byte[] bytes) {
    for (byte one : bytes) {
      low ^= one & 0xff;
      long carry = Math.unsignedMultiplyHigh(low, PRIME_LOW);
      high = high * PRIME_LOW + carry + (low << PRIME_SHIFT);
      low *= PRIME_LOW;
    }
    return this;
  }

  /** 32 hexadecimal digits. */
  String hex() {
    HexFormat format = HexFormat.of();
    String digits = format.toHexDigits(high) + format.toHexDigits(low);
    assert digits.length() == 2 * LENGTH;
    return digits;
  }
}
