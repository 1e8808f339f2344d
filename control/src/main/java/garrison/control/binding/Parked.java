package garrison.control.binding;

import garrison.client.cache.ObjectKey;
import garrison.client.queue.WorkQueue;
import garrison.model.Pod;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pods that fit nowhere, by what could help them: a change of the node they name, of any node,
 * or of any pod. Each waits out a back-off that doubles from attempt to attempt. Thread-safe.
 *
 * <p>The first wait is shorter than upstream's 1 s: a daemon pod may be seen a moment before the
 * change of the node that it was made for, and need not lose a second by that.
 */
final class Parked {
  private static final Duration FIRST = Duration.ofMillis(50);
  private static final Duration MOST = Duration.ofSeconds(10);
  private static final Duration LONG_ENOUGH = Duration.ofMinutes(5);
  private static final String ANY = "";

  /** No node is named so. */
  private static final String OTHERS = "/others";

  private final Clock clock;
  private final WorkQueue<ObjectKey> queue;
  private final Map<String, Place> byUid = new HashMap<>();
  private final Map<String, Set<String>> uidsByNode = new HashMap<>();

  private record Place(
      ObjectKey key, int priority, String node, int attempts, Instant since, boolean waiting) {}

  Parked(Clock clock, WorkQueue<ObjectKey> queue) {
    this.clock = clock;
    this.queue = queue;
  }

  /**
   * One more attempt has failed.
   *
   * @param forOthers whether a change of any pod may help
   */
  synchronized void park(ObjectKey key, Pod pod, boolean forOthers) {
    String uid = pod.meta().uid();
    Place before = byUid.get(uid);
    String target = pod.targetNode();
    String node = forOthers ? OTHERS : target == null ? ANY : target;
    if (before != null && !before.node().equals(node)) {
      forget(uid);
    }
    int attempts = before == null ? 1 : before.attempts() + 1;
    int priority = (int) Math.clamp(pod.priority(), Integer.MIN_VALUE, Integer.MAX_VALUE);
    byUid.put(uid, new Place(key, priority, node, attempts, clock.instant(), true));
    uidsByNode.computeIfAbsent(node, ignored -> new HashSet<>()).add(uid);
  }

  /** It is bound, or gone. */
  synchronized void forget(String uid) {
    Place place = byUid.remove(uid);
    if (place != null) {
      Set<String> uids = uidsByNode.get(place.node());
      if (uids != null && uids.remove(uid) && uids.isEmpty()) {
        uidsByNode.remove(place.node());
      }
    }
  }

  /** A node came, changed, or has more room. */
  synchronized void nodeChanged(String node) {
    retry(node);
    retry(ANY);
    retry(OTHERS);
  }

  /** A pod came to a node, or changed its labels there. */
  synchronized void podChanged() {
    retry(OTHERS);
  }

  /** What has waited for five minutes is tried again, whatever happened. */
  synchronized void flush() {
    Instant old = clock.instant().minus(LONG_ENOUGH);
    for (String uid : new ArrayList<>(byUid.keySet())) {
      Place place = byUid.get(uid);
      if (place != null && place.waiting() && place.since().isBefore(old)) {
        again(uid, place);
      }
    }
  }

  private void retry(String node) {
    for (String uid : List.copyOf(uidsByNode.getOrDefault(node, Set.of()))) {
      Place place = byUid.get(uid);
      if (place != null && place.waiting()) {
        again(uid, place);
      }
    }
  }

  private void again(String uid, Place place) {
    byUid.put(
        uid,
        new Place(
            place.key(), place.priority(), place.node(), place.attempts(), place.since(), false));
    Duration backOff = FIRST.multipliedBy(1L << Math.min(10, place.attempts() - 1));
    Instant due = place.since().plus(backOff.compareTo(MOST) > 0 ? MOST : backOff);
    Duration left = Duration.between(clock.instant(), due);
    if (left.isPositive()) {
      queue.addAfter(place.key(), left);
    } else {
      queue.add(place.key(), place.priority());
    }
  }
}
