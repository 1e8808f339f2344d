package garrison.daemonset;

import java.util.Arrays;

/**
 * A set of small numbers: one bit for each, one for each 64 of them that are not all absent, and
 * one for each 64 of those. Adding and removing take a fixed number of steps, and so does finding
 * the next one in up to 262,144 numbers (each further such block costs a step). Not thread-safe.
 */
final class NumberSet {
  private static final long[] NONE = {};
  private static final int SHIFT = 6;

  private long[] bits = NONE;
  private long[] words = NONE;
  private long[] blocks = NONE;
  private int size;
  private int from;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Makes a number a member, or not. */
  void set(int number, boolean member) {
    if (member) {
      add(number);
    } else {
      remove(number);
    }
  }

  void add(int number) {
    int word = number >>> SHIFT;
    if (word >= bits.length) {
      grow(word + 1);
    }
    long bit = 1L << number;
    if ((bits[word] & bit) == 0) {
      int block = word >>> SHIFT;
      bits[word] |= bit;
      words[block] |= 1L << word;
      blocks[block >>> SHIFT] |= 1L << block;
      size++;
    }
  }

  void remove(int number) {
    int word = number >>> SHIFT;
    long bit = 1L << number;
    if (word >= bits.length || (bits[word] & bit) == 0) {
      return;
    }
    int block = word >>> SHIFT;
    bits[word] &= ~bit;
    if (bits[word] == 0) {
      words[block] &= ~(1L << word);
      if (words[block] == 0) {
        blocks[block >>> SHIFT] &= ~(1L << block);
      }
    }
    size--;
  }

  /**
   * A member: the next higher one after the one that was given last, the lowest after the highest,
   * so that each gets its turn.
   *
   * @throws IllegalStateException where there is none
   */
  int next() {
    int found = firstFrom(from);
    if (found < 0) {
      found = firstFrom(0);
    }
    if (found < 0) {
      throw new IllegalStateException("the set is empty");
    }
    from = found + 1;
    return found;
  }

  private int firstFrom(int number) {
    int word = number >>> SHIFT;
    if (word >= bits.length) {
      return -1;
    }
    long rest = bits[word] & -1L << number;
    if (rest == 0) {
      word = wordFrom(word + 1);
      if (word < 0) {
        return -1;
      }
      rest = bits[word];
    }
    return word << SHIFT | Long.numberOfTrailingZeros(rest);
  }

  /** The first word that is not zero. */
  private int wordFrom(int word) {
    int block = word >>> SHIFT;
    if (block >= words.length) {
      return -1;
    }
    long rest = words[block] & -1L << word;
    if (rest == 0) {
      block = blockFrom(block + 1);
      if (block < 0) {
        return -1;
      }
      rest = words[block];
    }
    return block << SHIFT | Long.numberOfTrailingZeros(rest);
  }

  private int blockFrom(int block) {
    long mask = -1L << block;
    for (int i = block >>> SHIFT; i < blocks.length; i++) {
      long rest = blocks[i] & mask;
      if (rest != 0) {
        return i << SHIFT | Long.numberOfTrailingZeros(rest);
      }
      mask = -1L;
    }
    return -1;
  }

  private void grow(int least) {
    int length = Math.max(least, bits.length + bits.length / 4);
    bits = Arrays.copyOf(bits, length);
    words = Arrays.copyOf(words, above(length));
    blocks = Arrays.copyOf(blocks, above(words.length));
  }

  private static int above(int length) {
    return (length + Long.SIZE - 1) >>> SHIFT;
  }
}
