package garrison.daemonset;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Fleet} remembers of each node, by the node's number in the {@link NodeTable}: one
 * number of bits and one reference each, because there are very many. The bits also sum up the
 * pods, so that an event of a node needs no look at them. A number that was never touched is blank.
 * Not thread-safe.
 */
final class Slots {
  // What the status counts of a node, at the lowest bits.
  static final int DESIRED = 1;
  static final int CURRENT = 1 << 1;
  static final int MISSCHEDULED = 1 << 2;
  static final int READY = 1 << 3;
  static final int AVAILABLE = 1 << 4;
  static final int UPDATED = 1 << 5;

  /** How many kinds of facts there are. */
  static final int FACTS = 6;

  private static final int ALL_FACTS = (1 << FACTS) - 1;

  // What is under way.
  static final int CREATING = 1 << 6;
  static final int IN_CREATE_QUEUE = 1 << 7;
  static final int IN_DELETE_QUEUE = 1 << 8;

  private static final int RULING_SHIFT = 9;
  private static final int RULING_MASK = 3 << RULING_SHIFT;
  private static final int STANDING_SHIFT = 11;
  private static final int STANDING_MASK = 15 << STANDING_SHIFT;

  // The sum of the pods. The first one:
  static final int FIRST_READY = 1 << 16;
  static final int FIRST_AVAILABLE = 1 << 17;
  static final int FIRST_UPDATED = 1 << 18;
  static final int FIRST_TERMINAL = 1 << 19;
  // All:
  static final int SOME = 1 << 20;
  static final int SEVERAL = 1 << 21;
  // Those that nobody deletes:
  static final int RUNNING = 1 << 22;
  static final int NEW = 1 << 23;
  static final int NEW_AVAILABLE = 1 << 24;
  static final int OLD = 1 << 25;
  static final int OLD_AVAILABLE = 1 << 26;
  static final int EXCESS = 1 << 27;

  private static final int PODS_MASK = -1 << 16;

  private static final Ruling[] RULINGS = Ruling.values();
  private static final Standing[] STANDINGS = Standing.values();
  private static final DaemonPod[] NONE = {};

  private int[] states = {};

  /** Null, a pod, or for the few nodes with several an array of them, by seniority. */
  private @Nullable Object[] pods = {};

  /** A verdict without its reasons, which can be had from {@link Eligibility} again. */
  enum Ruling {
    /** No such node. */
    NO_NODE,
    EXCLUDED,
    STAYS,
    RUNS;

    static Ruling of(Verdict verdict) {
      return switch (verdict) {
        case Verdict.Runs() -> RUNS;
        case Verdict.Stays stays -> STAYS;
        case Verdict.Excluded excluded -> EXCLUDED;
      };
    }

    /** Whether pods that are there may go on. */
    boolean keeps() {
      return this == STAYS || this == RUNS;
    }
  }

  /** Makes room for numbers below that one. */
  void reserve(int limit) {
    if (limit > states.length) {
      states = Arrays.copyOf(states, limit);
      pods = Arrays.copyOf(pods, limit);
    }
  }

  /** Makes room for that number, and some more. */
  void touch(int slot) {
    if (slot >= states.length) {
      reserve(slot + 1 + slot / 8);
    }
  }

  /** Numbers from here on are blank. */
  int limit() {
    return states.length;
  }

  /** Whether one of these bits is set. */
  boolean has(int slot, int bits) {
    return (states[slot] & bits) != 0;
  }

  void mark(int slot, int bit, boolean on) {
    states[slot] = on ? states[slot] | bit : states[slot] & ~bit;
  }

  Ruling ruling(int slot) {
    return RULINGS[(states[slot] & RULING_MASK) >> RULING_SHIFT];
  }

  void rule(int slot, Ruling ruling) {
    states[slot] = states[slot] & ~RULING_MASK | ruling.ordinal() << RULING_SHIFT;
  }

  Standing standing(int slot) {
    return STANDINGS[(states[slot] & STANDING_MASK) >> STANDING_SHIFT];
  }

  void stand(int slot, Standing standing) {
    states[slot] = states[slot] & ~STANDING_MASK | standing.ordinal() << STANDING_SHIFT;
  }

  /** What it adds to the status. */
  int facts(int slot) {
    return states[slot] & ALL_FACTS;
  }

  void setFacts(int slot, int facts) {
    states[slot] = states[slot] & ~ALL_FACTS | facts;
  }

  /** Sets the sum of its pods: bits from {@link #FIRST_READY} on. */
  void sumUp(int slot, int sum) {
    states[slot] = states[slot] & ~PODS_MASK | sum;
  }

  /** How many pods are there. */
  int podCount(int slot) {
    return switch (pods[slot]) {
      case null -> 0;
      case DaemonPod[] several -> several.length;
      default -> 1;
    };
  }

  /** The i-th pod by seniority. */
  DaemonPod pod(int slot, int i) {
    return pods[slot] instanceof DaemonPod[] several
        ? several[i]
        : (DaemonPod) Objects.requireNonNull(pods[slot]);
  }

  /** All pods by seniority. */
  DaemonPod[] pods(int slot) {
    return switch (pods[slot]) {
      case null -> NONE;
      case DaemonPod[] several -> several;
      case Object one -> new DaemonPod[] {(DaemonPod) one};
    };
  }

  void add(int slot, DaemonPod pod) {
    if (pods[slot] == null) {
      pods[slot] = pod;
      return;
    }
    DaemonPod[] fewer = pods(slot);
    int at = 0;
    while (at < fewer.length && DaemonPod.SENIORITY.compare(fewer[at], pod) <= 0) {
      at++;
    }
    DaemonPod[] more = new DaemonPod[fewer.length + 1];
    System.arraycopy(fewer, 0, more, 0, at);
    more[at] = pod;
    System.arraycopy(fewer, at, more, at + 1, fewer.length - at);
    pods[slot] = more;
  }

  /** Removes that very pod, where it is there. */
  void remove(int slot, DaemonPod pod) {
    if (pods[slot] == pod) {
      pods[slot] = null;
    } else if (pods[slot] instanceof DaemonPod[] more) {
      for (int i = 0; i < more.length; i++) {
        if (more[i] == pod) {
          pods[slot] = without(more, i);
          return;
        }
      }
    }
  }

  private static Object without(DaemonPod[] more, int i) {
    if (more.length == 2) {
      return more[1 - i];
    }
    DaemonPod[] fewer = Arrays.copyOf(more, more.length - 1);
    System.arraycopy(more, i + 1, fewer, i, fewer.length - i);
    return fewer;
  }
}
