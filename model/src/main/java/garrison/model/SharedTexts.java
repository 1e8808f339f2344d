package garrison.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Gives equal short texts one copy, most of the time: nodes and pods of a fleet say the same things
 * in their labels and conditions. Bounded: a newer text takes the place of an older one. Threads
 * may race; all they can lose is the sharing.
 */
final class SharedTexts {
  private static final int SIZE = 1 << 12;

  /** Longer texts are seldom said twice. */
  private static final int LONGEST = 80;

  private static final @Nullable String[] TEXTS = new String[SIZE];
  private static final @Nullable Instant[] INSTANTS = new Instant[SIZE];

  private SharedTexts() {}

  /** An equal text. */
  static String of(String text) {
    if (text.length() > LONGEST) {
      return text;
    }
    int slot = slot(text.hashCode());
    String known = TEXTS[slot];
    if (known != null && known.equals(text)) {
      return known;
    }
    TEXTS[slot] = text;
    return text;
  }

  /** An equal time, or null. */
  static @Nullable Instant of(@Nullable Instant time) {
    if (time == null) {
      return null;
    }
    int slot = slot(time.hashCode());
    Instant known = INSTANTS[slot];
    if (known != null && known.equals(time)) {
      return known;
    }
    INSTANTS[slot] = time;
    return time;
  }

  private static int slot(int hash) {
    return (hash ^ hash >>> 12 ^ hash >>> 24) & SIZE - 1;
  }
}
