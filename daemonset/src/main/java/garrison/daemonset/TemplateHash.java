package garrison.daemonset;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The short name of a template (spec: daemonset 5.3). */
final class TemplateHash {
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
  private static final int OFFSET = 0x811c9dc5;
  private static final int PRIME = 0x01000193;

  private TemplateHash() {}

  /**
   * 32-bit FNV-1a over the text, and over the collision count where there is one, as decimal digits
   * mapped to letters that spell no words.
   */
  static String of(String text, @Nullable Long collisionCount) {
    int sum = OFFSET;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      sum = (sum ^ (b & 0xff)) * PRIME;
    }
    if (collisionCount != null) {
      for (int i = 0; i < Long.BYTES; i++) {
        int b = i < Integer.BYTES ? (int) (collisionCount >>> (8 * i)) & 0xff : 0;
        sum = (sum ^ b) * PRIME;
      }
    }
    StringBuilder letters = new StringBuilder();
    for (char digit : Integer.toUnsignedString(sum).toCharArray()) {
      letters.append(ALPHABET.charAt(digit % ALPHABET.length()));
    }
    return letters.toString();
  }
}
