package garrison.daemonset;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a {@link Fleet} remembers of one node: small, because there are very many. */
final class Slot {
  static final int DESIRED = 1;
  static final int CURRENT = 1 << 1;
  static final int MISSCHEDULED = 1 << 2;
  static final int READY = 1 << 3;
  static final int AVAILABLE = 1 << 4;
  static final int UPDATED = 1 << 5;

  private static final DaemonPod[] NONE = {};

  final String node;

  /** Null while no such node exists. */
  @Nullable Verdict verdict;

  /** By seniority; without those that are both terminal and terminating. */
  DaemonPod[] pods = NONE;

  /** Whether a create for this node is under way. */
  boolean creating;

  /** What it adds to the status. */
  int facts;

  Standing standing = Standing.ABSENT;

  /** Its place in the list of its standing. */
  int place;

  boolean inCreateQueue;
  boolean inDeleteQueue;

  Slot(String node) {
    this.node = node;
  }

  boolean runs() {
    return verdict != null && verdict.runs();
  }

  /** Whether nothing is known of it any more. */
  boolean blank() {
    return verdict == null && pods.length == 0 && !creating;
  }

  void add(DaemonPod pod) {
    int at = 0;
    while (at < pods.length && DaemonPod.SENIORITY.compare(pods[at], pod) <= 0) {
      at++;
    }
    DaemonPod[] more = new DaemonPod[pods.length + 1];
    System.arraycopy(pods, 0, more, 0, at);
    more[at] = pod;
    System.arraycopy(pods, at, more, at + 1, pods.length - at);
    pods = more;
  }

  void remove(String uid) {
    for (int i = 0; i < pods.length; i++) {
      if (pods[i].uid().equals(uid)) {
        DaemonPod[] fewer = pods.length == 1 ? NONE : Arrays.copyOf(pods, pods.length - 1);
        System.arraycopy(pods, i + 1, fewer, i, pods.length - i - 1);
        pods = fewer;
        return;
      }
    }
  }

  @Override
  public String toString() {
    return node + " " + standing + " " + Arrays.toString(pods);
  }
}
