package garrison.agent.node;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps one node known to the API server: registers it, renews its lease, reports its status (spec:
 * node-agent 2). It has no thread: whoever owns it calls {@link #tick} when it says so, for one
 * real node or for thousands of hollow ones.
 *
 * <ol>
 *   <li>Register: create, or take over the Node that is there, and repair its labels and status.
 *   <li>Every 10 s: renew the lease; compute the status and send it if anything but its heartbeats
 *       changed, or if five minutes passed.
 *   <li>Until it is ready for the first time, its conditions are looked at ten times a second, for
 *       two minutes at most.
 *   <li>A Node that somebody deleted is not made again before a restart: deleting it was a
 *       decision.
 * </ol>
 *
 * <p>Called by one thread at a time; {@link #uid} and {@link #document} may be asked by any.
 */
public final class NodeLife {
  private static final Logger log = LoggerFactory.getLogger(NodeLife.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final Duration REPORT = Duration.ofMinutes(5);

  /** How closely, and for how long after its start, the first time that it is ready is awaited. */
  private static final Duration FIRST_READY = Duration.ofMillis(100);

  private static final Duration START = Duration.ofMinutes(2);

  private final Cluster cluster;
  private final NodeDocument node;
  private final Supplier<NodeConditions> conditions;
  private final Clock clock;
  private final RandomGenerator random;

  private volatile @Nullable ObjectNode registered;
  private volatile boolean deleted;
  private @Nullable ObjectNode lease;
  private @Nullable NodeConditions sent;
  private List<JsonNode> sentImages = List.of();
  private @Nullable Instant started;
  private boolean wasReady;
  private Instant nextLease = Instant.MIN;
  private Instant nextReport = Instant.MIN;

  /** For one node; nothing happens before the first tick. */
  public NodeLife(
      Cluster cluster,
      NodeDocument node,
      Supplier<NodeConditions> conditions,
      Clock clock,
      RandomGenerator random) {
    this.cluster = cluster;
    this.node = node;
    this.conditions = conditions;
    this.clock = clock;
    this.random = random;
  }

  /** The Node's uid; null before it is registered. */
  public @Nullable String uid() {
    ObjectNode document = registered;
    return document == null ? null : document.path("metadata").path("uid").asString("");
  }

  /** The Node as last seen; null before it is registered. Not to be changed. */
  public @Nullable ObjectNode document() {
    return registered;
  }

  /** Whether somebody deleted the Node since. */
  public boolean deleted() {
    return deleted;
  }

  /**
   * Does what is due, and answers how long the rest can wait. A refusal or an unreachable server is
   * thrown; the next tick tries the same again.
   */
  public Duration tick() {
    Instant now = clock.instant();
    if (started == null) {
      started = now;
    }
    if (registered == null) {
      register(now);
    }
    if (deleted) {
      return PERIOD;
    }
    if (!now.isBefore(nextLease)) {
      boolean first = nextLease.equals(Instant.MIN);
      renew(now);
      // Many nodes that start at once must not go on renewing at once.
      nextLease = now.plus(first ? spread(PERIOD) : jittered(PERIOD));
    }
    report(now);
    wasReady |= sent != null && sent.problems().isEmpty();
    Duration next = Duration.between(clock.instant(), nextLease);
    if (!wasReady && now.isBefore(started.plus(START)) && next.compareTo(FIRST_READY) > 0) {
      return FIRST_READY;
    }
    return next.isPositive() ? next : Duration.ZERO;
  }

  /** Looks at the conditions now, instead of at the next tick. */
  public void reportSoon() {
    if (registered != null && !deleted) {
      report(clock.instant());
    }
  }

  private void register(Instant now) {
    NodeConditions current = conditions.get();
    try {
      registered = cluster.create(Kinds.NODE, "", node.registration(current, now));
      sent = current;
      nextReport = now.plus(jittered(REPORT));
    } catch (StatusException e) {
      // A server may refuse to make what is there already without saying so.
      if (e.reason() != StatusReason.ALREADY_EXISTS && e.reason() != StatusReason.FORBIDDEN) {
        throw e;
      }
      ObjectNode found = existing(e);
      repairLabels(found);
      sendStatus(found, current, now);
    }
    log.info("node {} is registered", node.name());
  }

  private ObjectNode existing(StatusException refusal) {
    try {
      return cluster.get(Kinds.NODE, "", node.name());
    } catch (StatusException e) {
      throw refusal.reason() == StatusReason.FORBIDDEN ? refusal : e;
    }
  }

  private void repairLabels(ObjectNode found) {
    ObjectNode wrong = Json.object();
    for (Map.Entry<String, String> label : node.defaultLabels().entrySet()) {
      JsonNode value = found.path("metadata").path("labels").path(label.getKey());
      if (!value.asString("").equals(label.getValue())) {
        wrong.put(label.getKey(), label.getValue());
      }
    }
    if (!wrong.isEmpty()) {
      ObjectNode patch = Json.object();
      patch.putObject("metadata").set("labels", wrong);
      cluster.patch(Kinds.NODE, "", node.name(), PatchType.STRATEGIC, patch, "");
    }
  }

  private void report(Instant now) {
    NodeConditions current = conditions.get();
    boolean same = current.equals(sent) && node.images().get().equals(sentImages);
    if (same && now.isBefore(nextReport)) {
      return;
    }
    try {
      sendStatus(cluster.get(Kinds.NODE, "", node.name()), current, now);
    } catch (StatusException e) {
      notFound(e);
    }
  }

  private void sendStatus(ObjectNode found, NodeConditions current, Instant now) {
    ObjectNode patch = Json.object();
    List<JsonNode> images = node.images().get();
    patch.set("status", node.status(current, found.path("status"), now));
    patch.withObject("status").set("conditions", merged(patch, found));
    registered = cluster.patch(Kinds.NODE, "", node.name(), PatchType.STRATEGIC, patch, "status");
    sent = current;
    sentImages = images;
    nextReport = now.plus(jittered(REPORT));
  }

  /** Conditions of ours that no longer hold are taken away; those of others stay. */
  private static ArrayNode merged(ObjectNode patch, ObjectNode found) {
    ArrayNode conditions = patch.path("status").withArray("conditions");
    for (JsonNode old : found.path("status").path("conditions")) {
      boolean ours = old.path("type").asString("").equals(NodeConditions.LIMITS);
      boolean still = false;
      for (JsonNode condition : conditions) {
        still |= condition.path("type").equals(old.path("type"));
      }
      if (ours && !still) {
        conditions.addObject().put("$patch", "delete").put("type", NodeConditions.LIMITS);
      }
    }
    return conditions;
  }

  private void renew(Instant now) {
    ObjectNode current = lease;
    lease = null; // in doubt it is read anew
    try {
      lease = current == null ? firstRenewal(now) : renew(current, now);
    } catch (StatusException e) {
      if (e.reason() != StatusReason.CONFLICT && e.reason() != StatusReason.NOT_FOUND) {
        throw e;
      }
      lease = firstRenewal(now);
    }
  }

  /** An update makes a lease that is gone, as it does upstream: then the Node may be gone, too. */
  private @Nullable ObjectNode renew(ObjectNode current, Instant now) {
    ObjectNode renewed =
        cluster.update(Kinds.LEASE, LeaseDocument.renew(current, node.name(), now));
    String uid = renewed.path("metadata").path("uid").asString("");
    if (uid.equals(current.path("metadata").path("uid").asString("")) || nodeUid() != null) {
      return renewed;
    }
    cluster.delete(Kinds.LEASE, LeaseDocument.NAMESPACE, node.name(), DeleteOptions.now(uid));
    return null;
  }

  /** As the server has it now; null, and {@link #deleted}, where it is gone. */
  private @Nullable String nodeUid() {
    try {
      ObjectNode there = cluster.get(Kinds.NODE, "", node.name());
      return there.path("metadata").path("uid").asString("");
    } catch (StatusException e) {
      notFound(e);
      return null;
    }
  }

  private @Nullable ObjectNode firstRenewal(Instant now) {
    try {
      ObjectNode found = cluster.get(Kinds.LEASE, LeaseDocument.NAMESPACE, node.name());
      return cluster.update(Kinds.LEASE, LeaseDocument.renew(found, node.name(), now));
    } catch (StatusException e) {
      if (e.reason() != StatusReason.NOT_FOUND) {
        throw e;
      }
    }
    String uid = nodeUid();
    if (uid == null) {
      return null;
    }
    return cluster.create(
        Kinds.LEASE, LeaseDocument.NAMESPACE, LeaseDocument.create(node.name(), uid, now));
  }

  private void notFound(StatusException e) {
    if (e.reason() != StatusReason.NOT_FOUND) {
      throw e;
    }
    deleted = true;
    log.warn("node {} was deleted; restart the agent to register it again", node.name());
  }

  private Duration spread(Duration period) {
    return period.dividedBy(2).plusMillis(random.nextLong(period.toMillis() / 2));
  }

  private Duration jittered(Duration period) {
    return period.plusMillis((long) (period.toMillis() * 0.04 * random.nextDouble()));
  }
}
