package garrison.daemonset.explain;

import garrison.model.Timestamps;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The lease by which controllers agree on a leader.
 *
 * @param name in namespace kube-system
 * @param holder who has it, empty where nobody
 * @param renewed when it was last renewed, null where never
 * @param length for how long a renewal holds
 */
public record LeaderLease(String name, String holder, @Nullable Instant renewed, Duration length) {
  /** Reads a Lease document. */
  public static LeaderLease of(JsonNode lease) {
    JsonNode spec = lease.path("spec");
    return new LeaderLease(
        lease.path("metadata").path("name").asString(""),
        spec.path("holderIdentity").asString(""),
        Timestamps.parse(spec.path("renewTime")),
        Duration.ofSeconds(spec.path("leaseDurationSeconds").asLong(15)));
  }

  /** Whether somebody holds it at that time. */
  boolean held(Instant now) {
    return !holder.isEmpty() && renewed != null && renewed.plus(length).isAfter(now);
  }

  /** How it stands, in words. */
  String sentence(Instant now) {
    String lease = "lease kube-system/" + name;
    if (holder.isEmpty() || renewed == null) {
      return lease + " is held by nobody";
    }
    return held(now)
        ? lease + " is held by " + holder
        : lease + " was last renewed " + Amounts.since(renewed, now) + " ago, by " + holder;
  }
}
