package garrison.daemonset;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Fleet} remembers of each node, by the node's number in the {@link NodeTable}: seven
 * bytes each, because there are very many. A number that was never touched is blank. Not
 * thread-safe.
 */
final class Slots {
  /** What the status counts of a node. */
  static final int DESIRED = 1;

  static final int CURRENT = 1 << 1;
  static final int MISSCHEDULED = 1 << 2;
  static final int READY = 1 << 3;
  static final int AVAILABLE = 1 << 4;
  static final int UPDATED = 1 << 5;

  /** How many kinds of facts there are. */
  static final int FACTS = 6;

  private static final int ALL_FACTS = (1 << FACTS) - 1;
  private static final int CREATING = 1 << FACTS;

  private static final Ruling[] RULINGS = Ruling.values();
  private static final Standing[] STANDINGS = Standing.values();
  private static final DaemonPod[] NONE = {};

  private byte[] rulings = {};
  private byte[] marks = {};
  private byte[] standings = {};

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
  }

  /** Makes room for numbers below that one. */
  void reserve(int limit) {
    if (limit > marks.length) {
      rulings = Arrays.copyOf(rulings, limit);
      marks = Arrays.copyOf(marks, limit);
      standings = Arrays.copyOf(standings, limit);
      pods = Arrays.copyOf(pods, limit);
    }
  }

  /** Makes room for that number, and some more. */
  void touch(int slot) {
    if (slot >= marks.length) {
      reserve(slot + 1 + slot / 8);
    }
  }

  /** Numbers from here on are blank. */
  int limit() {
    return marks.length;
  }

  Ruling ruling(int slot) {
    return RULINGS[rulings[slot]];
  }

  void rule(int slot, Ruling ruling) {
    rulings[slot] = (byte) ruling.ordinal();
  }

  boolean runs(int slot) {
    return ruling(slot) == Ruling.RUNS;
  }

  /** Whether pods that are there may go on. */
  boolean keeps(int slot) {
    return rulings[slot] >= Ruling.STAYS.ordinal();
  }

  Standing standing(int slot) {
    return STANDINGS[standings[slot]];
  }

  void stand(int slot, Standing standing) {
    standings[slot] = (byte) standing.ordinal();
  }

  /** What it adds to the status. */
  int facts(int slot) {
    return marks[slot] & ALL_FACTS;
  }

  void setFacts(int slot, int facts) {
    marks[slot] = (byte) (marks[slot] & ~ALL_FACTS | facts);
  }

  /** Whether a create for this node is under way. */
  boolean creating(int slot) {
    return (marks[slot] & CREATING) != 0;
  }

  void setCreating(int slot, boolean creating) {
    marks[slot] = (byte) (creating ? marks[slot] | CREATING : marks[slot] & ~CREATING);
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
        : (DaemonPod) java.util.Objects.requireNonNull(pods[slot]);
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
