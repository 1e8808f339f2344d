package garrison.control.nodelifecycle;

import garrison.model.Condition;
import garrison.model.Lease;
import garrison.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When each node was last heard of, by our own clock: the clocks of the nodes do not matter, only
 * that what they write changes. Soft state: after a restart every node has its grace again. Not
 * thread-safe.
 */
final class Heartbeats {
  private final Map<String, Heard> heard = new HashMap<>();

  private record Heard(
      String uid, @Nullable Instant renewed, @Nullable Instant reported, Instant at) {}

  /** Looks at a node and its lease: how long it has been silent. */
  Duration silence(Node node, @Nullable Lease lease, Instant now) {
    Condition ready = node.condition("Ready");
    Instant renewed = lease == null ? null : lease.renewTime();
    Instant reported = ready == null ? null : ready.lastHeartbeatTime();
    Heard before = heard.get(node.name());
    Instant at;
    if (before == null || !before.uid().equals(node.meta().uid())) {
      Instant created = node.meta().creationTimestamp();
      at = ready == null && lease == null && created != null ? created : now;
    } else if (newer(renewed, before.renewed()) || changed(reported, before.reported())) {
      at = now;
    } else {
      at = before.at();
    }
    heard.put(node.name(), new Heard(node.meta().uid(), renewed, reported, at));
    return Duration.between(at, now);
  }

  /** Forgets nodes that are no more. */
  void keepOnly(Set<String> names) {
    heard.keySet().retainAll(names);
  }

  /** Every node has its whole grace again, from now. */
  void restart(Instant now) {
    heard.replaceAll(
        (name, before) -> new Heard(before.uid(), before.renewed(), before.reported(), now));
  }

  private static boolean newer(@Nullable Instant now, @Nullable Instant before) {
    return now != null && (before == null || now.isAfter(before));
  }

  private static boolean changed(@Nullable Instant now, @Nullable Instant before) {
    return now != null && !now.equals(before);
  }
}
