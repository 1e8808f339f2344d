package garrison.control.leader;

import garrison.client.Cluster;
import garrison.client.UnreachableException;
import garrison.client.queue.Timer;
import garrison.model.StatusException;
import garrison.model.kind.Kinds;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Holds a Lease as client-go's leader election does, so that both may stand for the same one.
 *
 * <ol>
 *   <li>Whoever waits looks at the lease every retry period. It is free when it names no holder, or
 *       when nothing in it has changed for its whole duration, measured by the one who waits:
 *       clocks of machines are never compared.
 *   <li>Whoever holds renews it every retry period, and stops where no renewal was answered within
 *       the renew deadline, counted from when the last good one was sent.
 *   <li>Every write names the version it was decided on, so of two who try one succeeds.
 * </ol>
 *
 * <p>Stricter than upstream: a holder that sees another's name in the lease stops at once, not at
 * its deadline. Blocks its caller; {@code stop} ends every wait. One caller at a time.
 */
public final class LeaderElector {
  private static final Logger log = LoggerFactory.getLogger(LeaderElector.class);
  private static final double JITTER = 1.2;
  private static final int RELEASES = 3;

  private final Cluster cluster;
  private final String namespace;
  private final String name;
  private final String identity;
  private final ElectionTimes times;
  private final InstantSource clock;
  private final Timer timer;
  private final RandomGenerator random;
  private final Consumer<String> tell;
  private final Executor calls = call -> Thread.ofVirtual().name("lease").start(call);

  private @Nullable ObjectNode observed;
  private long observedAt;
  private boolean leading;
  private long renewed;

  /**
   * Stands for one lease; nothing is asked before {@link #acquire}.
   *
   * @param cluster without a limit on requests: a renewal must not wait behind other work
   * @param identity of this program, unlike any other's
   * @param tell takes what people want to know, a line at a time
   */
  public LeaderElector(
      Cluster cluster,
      String namespace,
      String name,
      String identity,
      ElectionTimes times,
      InstantSource clock,
      Timer timer,
      RandomGenerator random,
      Consumer<String> tell) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.name = name;
    this.identity = identity;
    this.times = times;
    this.clock = clock;
    this.timer = timer;
    this.random = random;
    this.tell = tell;
  }

  /** How a leadership ended. */
  public enum End {
    /** {@code stop} came. */
    STOPPED,
    /** Somebody else has the lease, or no renewal was answered in time. */
    LOST
  }

  /** Waits until it leads; false where {@code stop} came first. */
  public boolean acquire(CompletableFuture<?> stop) {
    String told = "";
    while (!stop.isDone()) {
      if (attempt(times.renew(), stop)) {
        tell.accept("leading: holds the lease " + lease());
        return true;
      }
      String holder = holder();
      if (!holder.equals(told)) {
        tell.accept("standing by: the lease " + lease() + " is held by " + holder);
        told = holder;
      }
      double jitter = 1 + random.nextDouble() * JITTER;
      await(stop, Duration.ofNanos((long) (times.retry().toNanos() * jitter)));
    }
    return false;
  }

  /**
   * Renews until it is over.
   *
   * @param fence told after each renewal how long it may let calls through
   */
  public End keep(Fence fence, CompletableFuture<?> stop) {
    fence.openUntil(deadline());
    while (true) {
      await(stop, times.retry());
      if (stop.isDone()) {
        return End.STOPPED;
      }
      long left = deadline() - timer.nanos();
      if (left <= 0) {
        leading = false;
        return lost("no renewal within " + times.renew().toMillis() + " ms");
      }
      if (attempt(Duration.ofNanos(left), stop)) {
        fence.openUntil(deadline());
      } else if (!leading) {
        return lost(holder() + " has it");
      }
    }
  }

  private End lost(String why) {
    tell.accept("lost the lease " + lease() + ": " + why);
    return End.LOST;
  }

  private String lease() {
    return namespace + "/" + name;
  }

  /**
   * Gives the lease up where it is still this program's, so that the next one need not wait. Only
   * for when nothing is done any more.
   */
  public void release() {
    leading = false;
    await(CompletableFuture.runAsync(this::giveUp, calls), times.renew());
  }

  private void giveUp() {
    for (int attempt = 0; attempt < RELEASES; attempt++) {
      try {
        ObjectNode present = cluster.find(Kinds.LEASE, namespace, name);
        if (present == null || !LeaseRecord.holder(present).equals(identity)) {
          return;
        }
        cluster.update(Kinds.LEASE, LeaseRecord.released(present, clock.instant()));
        tell.accept("gave up the lease " + lease());
        return;
      } catch (StatusException | UnreachableException e) {
        log.info("the lease {}/{} is not given up: {}", namespace, name, e.getMessage());
      }
    }
  }

  /** Who holds the lease, as far as this program has seen. */
  private String holder() {
    return observed == null ? "nobody known" : LeaseRecord.holder(observed);
  }

  private long deadline() {
    return renewed + times.renew().toNanos();
  }

  /** What came of one try. */
  private record Tried(@Nullable ObjectNode lease, boolean ours, long sent) {}

  /** Tries once, for so long; whether it leads by this try. */
  private boolean attempt(Duration atMost, CompletableFuture<?> stop) {
    long sent = timer.nanos();
    ObjectNode known = observed;
    long since = observedAt;
    boolean was = leading;
    CompletableFuture<Tried> trying =
        CompletableFuture.supplyAsync(() -> attempt(known, since, was, sent), calls);
    try {
      CompletableFuture.anyOf(trying, stop).get(atMost.toNanos(), TimeUnit.NANOSECONDS);
      return trying.isDone() && apply(trying.get());
    } catch (TimeoutException e) {
      log.info("the lease {}/{}: no answer within {} ms", namespace, name, atMost.toMillis());
    } catch (ExecutionException e) {
      log.info("the lease {}/{}: {}", namespace, name, String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private boolean apply(Tried tried) {
    ObjectNode lease = tried.lease();
    if (lease != null
        && (observed == null
            || !LeaseRecord.version(lease).equals(LeaseRecord.version(observed)))) {
      observed = lease;
      observedAt = timer.nanos();
    }
    if (tried.ours()) {
      leading = true;
      renewed = tried.sent();
    } else if (lease != null && !LeaseRecord.holder(lease).equals(identity)) {
      leading = false;
    }
    return tried.ours();
  }

  private Tried attempt(@Nullable ObjectNode known, long since, boolean was, long sent) {
    if (was && known != null) {
      try {
        return new Tried(write(known), true, sent);
      } catch (StatusException e) {
        log.debug("the lease has changed: {}", e.getMessage());
      }
    }
    ObjectNode present = cluster.find(Kinds.LEASE, namespace, name);
    if (present == null) {
      ObjectNode made = held(null);
      return new Tried(cluster.create(Kinds.LEASE, namespace, made), true, sent);
    }
    boolean changed =
        known == null || !LeaseRecord.version(present).equals(LeaseRecord.version(known));
    long unchanged = changed ? 0 : timer.nanos() - since;
    String holder = LeaseRecord.holder(present);
    if (!holder.isEmpty()
        && !holder.equals(identity)
        && unchanged < LeaseRecord.duration(present).toNanos()) {
      return new Tried(present, false, sent);
    }
    return new Tried(write(present), true, sent);
  }

  private ObjectNode write(ObjectNode present) {
    return cluster.update(Kinds.LEASE, held(present));
  }

  private ObjectNode held(@Nullable ObjectNode present) {
    return LeaseRecord.held(present, namespace, name, identity, times.lease(), clock.instant());
  }

  private static void await(CompletableFuture<?> end, Duration atMost) {
    try {
      end.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return; // the usual case: nobody wants it to stop
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
