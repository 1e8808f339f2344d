package garrison.control.leader;

import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a Lease says of leadership, and what it is made to say. Pure. */
final class LeaseRecord {
  private LeaseRecord() {}

  /** Who holds it; empty for nobody. */
  static String holder(JsonNode lease) {
    return lease.path("spec").path("holderIdentity").asString("");
  }

  /** How long its holder is to be left alone. */
  static Duration duration(JsonNode lease) {
    return Duration.ofSeconds(lease.path("spec").path("leaseDurationSeconds").asLong(0));
  }

  static String version(JsonNode lease) {
    return lease.path("metadata").path("resourceVersion").asString("");
  }

  /**
   * Held by {@code identity} from now on, or still.
   *
   * @param present as it stands, with all that others wrote in it; null where there is none
   */
  static ObjectNode held(
      @Nullable ObjectNode present,
      String namespace,
      String name,
      String identity,
      Duration duration,
      Instant now) {
    ObjectNode lease = present == null ? made(namespace, name) : present.deepCopy();
    ObjectNode spec = spec(lease);
    if (!holder(lease).equals(identity)) {
      long before = spec.path("leaseTransitions").asLong(0);
      spec.put("leaseTransitions", present == null ? 0 : before + 1);
      spec.put("acquireTime", Timestamps.micros(now));
    }
    spec.put("holderIdentity", identity);
    spec.put("leaseDurationSeconds", duration.toSeconds());
    spec.put("renewTime", Timestamps.micros(now));
    return lease;
  }

  /** Held by nobody: who waits may take it at once. */
  static ObjectNode released(ObjectNode present, Instant now) {
    ObjectNode lease = present.deepCopy();
    ObjectNode spec = spec(lease);
    spec.put("holderIdentity", "");
    spec.put("leaseDurationSeconds", 1);
    spec.put("acquireTime", Timestamps.micros(now));
    spec.put("renewTime", Timestamps.micros(now));
    return lease;
  }

  private static ObjectNode spec(ObjectNode lease) {
    return lease.get("spec") instanceof ObjectNode present ? present : lease.putObject("spec");
  }

  private static ObjectNode made(String namespace, String name) {
    ObjectNode lease = Json.object();
    lease.put("apiVersion", Kinds.LEASE.apiVersion());
    lease.put("kind", Kinds.LEASE.kind());
    lease.putObject("metadata").put("namespace", namespace).put("name", name);
    return lease;
  }
}
