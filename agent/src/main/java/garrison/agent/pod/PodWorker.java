package garrison.agent.pod;

import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.client.BackOff;
import garrison.client.DeleteOptions;
import garrison.client.UnreachableException;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything about one pod on this node, in one thread, from the moment it is seen to the moment
 * nothing of it is left (spec: node-agent 3.4, 3.8). Three stages, never backwards:
 *
 * <ol>
 *   <li><b>Running it.</b> Admitted once; then passes of {@link PodSync}, one after each change of
 *       the pod or of a container, and one a minute.
 *   <li><b>Stopping it</b>, because it is deleted, gone from the server, or over.
 *   <li><b>Ended.</b> The last status is sent and, where the pod is deleted, the object with it;
 *       then its directories go.
 * </ol>
 *
 * <p>Guarantees: the object of a deleted pod goes only after its last process. A server that is
 * away stops nothing and delays only what has to be told. {@link #close} leaves containers running.
 */
final class PodWorker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PodWorker.class);
  private static final Duration ERROR_RETRY = Duration.ofSeconds(10);
  private static final Duration RUNTIME_AWAY = Duration.ofSeconds(5);
  private static final Duration WATCH_STOP = Duration.ofMillis(200);
  private static final Duration LEAST_GRACE = Duration.ofSeconds(1);
  private static final long DEFAULT_GRACE = 30;
  private static final PodStatus.Failure TOO_LONG =
      new PodStatus.Failure(
          "DeadlineExceeded", "Pod was active on the node longer than the specified deadline");

  private final NodeServices services;
  private final Admissions admissions;
  private final StatusSender sender;
  private final Runtime runtime;
  private final PodSync sync;
  private final Told told;
  private final String uid;
  private final Consumer<PodWorker> finished;
  private final Thread thread;

  private volatile PodContext context;
  private volatile boolean gone;
  private volatile @Nullable Verdict verdict;
  private volatile boolean closed;
  private boolean changed; // guarded by this
  private @Nullable JsonNode lastStatus;
  private PodStatus.@Nullable Failure failure;
  private Instant startTime;

  /** Starts at once; {@code finished} is called when nothing is left of the pod. */
  PodWorker(
      NodeServices services,
      Admissions admissions,
      StatusSender sender,
      References references,
      PodContext context,
      Consumer<PodWorker> finished) {
    this.services = services;
    this.admissions = admissions;
    this.sender = sender;
    this.context = context;
    this.uid = context.uid();
    this.runtime = services.runtime(context.spec());
    this.told = new Told(services.events(), context);
    this.sync =
        new PodSync(
            services,
            runtime,
            PodRemains.directory(services, uid),
            references,
            told,
            this::changed);
    this.finished = finished;
    Instant seen = Timestamps.parse(context.pod().path("status").path("startTime"));
    this.startTime = seen == null ? services.clock().instant() : seen;
    this.thread = Thread.ofVirtual().name("pod " + context.name()).start(this::run);
  }

  /** A pod on this node. */
  static PodContext contextOf(NodeServices services, ObjectNode pod, boolean ofFile) {
    return new PodContext(
        pod, services.node(), services.address(), services.allocatable(), List.of(), ofFile);
  }

  /** The pod as last seen, on its node. */
  PodContext context() {
    return context;
  }

  /** Its containers, those that ended among them. */
  ContainerSet containers() {
    return sync.set(uid);
  }

  /** What runs it. */
  Runtime runtime() {
    return runtime;
  }

  /** Why one of its containers waits; empty where it does not. */
  String waitingReason(String container) {
    return sync.waitingReason(container);
  }

  /** The pod as its source has it now. */
  void update(ObjectNode pod) {
    context = contextOf(services, pod, context.ofFile());
    changed();
  }

  /** Whether its source has it no longer. */
  boolean leaving() {
    return gone;
  }

  /** Its source has it no longer. */
  void gone() {
    gone = true;
    changed();
  }

  /** The node itself ends it; the first verdict counts. */
  void end(Verdict why) {
    synchronized (this) {
      if (verdict != null) {
        return;
      }
      verdict = why;
    }
    told.warning(why.event(), why.message());
    changed();
  }

  /** Something about its containers may have changed. */
  synchronized void changed() {
    changed = true;
    notifyAll();
  }

  private synchronized void await(Duration atMost) throws InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    while (!changed && !closed) {
      long left = (until - System.nanoTime() + 999_999) / 1_000_000;
      if (left <= 0) {
        break;
      }
      wait(left);
    }
    changed = false;
    if (closed) {
      throw new InterruptedException("closed");
    }
  }

  private void run() {
    try {
      boolean admitted;
      try {
        admitted = insist(this::admit);
      } finally {
        admissions.passed(uid);
      }
      if (admitted) {
        keepRunning();
        sync.startNoMore();
        stop();
      } else {
        awaitDeletion();
      }
      remove();
    } catch (InterruptedException e) {
      log.debug("the worker of {} ends; its containers go on", context.full());
    } catch (RuntimeException | Error e) {
      // Nobody waits for this thread: without this line a pod would be left alone without a word.
      log.error("the worker of {} died; restart the agent to have it run again", context.full(), e);
      throw e;
    } finally {
      sync.close();
    }
  }

  private interface Step<T> {
    T take() throws InterruptedException;
  }

  /** As often as it takes: a runtime that does not answer decides nothing about a pod. */
  private <T> T insist(Step<T> step) throws InterruptedException {
    BackOff backOff = backOff();
    while (true) {
      try {
        return step.take();
      } catch (RuntimeFailure e) {
        log.info("{}: {}; trying again", context.full(), e.message());
        if (runtime.answers() && ending()) {
          told.warningOnce("FailedKillPod", "error killing pod: " + e.message());
        }
      }
      await(backOff.next());
    }
  }

  private boolean over() {
    String phase = context.pod().path("status").path("phase").asString("");
    return phase.equals("Succeeded") || phase.equals("Failed");
  }

  private boolean ending() {
    return deleted() || verdict != null;
  }

  private boolean deleted() {
    return gone || context.metadata().has("deletionTimestamp");
  }

  /** False for a pod that is over, or that the node does not take: nothing of it is to run. */
  private boolean admit() throws InterruptedException {
    if (ending() || over()) {
      admissions.passed(uid); // it asks for nothing
    }
    if (ending()) {
      return true; // it may be running from before; stopping what does not run is no work
    }
    if (over()) {
      return sync.anything(uid);
    }
    while (true) {
      try {
        Rejection rejection = admissions.admit(Pod.of(context.pod()), context.ofFile());
        if (rejection != null) {
          reject(rejection);
        }
        return rejection == null;
      } catch (StatusException | UnreachableException e) {
        admissions.passed(uid); // whoever comes next may be luckier
        log.info("{} cannot be admitted yet: {}", context.full(), e.getMessage());
        await(ERROR_RETRY);
        if (ending()) {
          return true;
        }
      }
    }
  }

  private void reject(Rejection rejection) {
    told.warning(rejection.reason(), rejection.message());
    ObjectNode status = Json.object();
    status.put("phase", "Failed");
    status.put("reason", rejection.reason());
    status.put("message", "Pod was rejected: " + rejection.message());
    status.put("startTime", Timestamps.seconds(startTime));
    sender.submit(context, status);
  }

  /** Returns when the pod is to be stopped. */
  private void keepRunning() throws InterruptedException {
    while (!ending() && !over()) {
      Duration next;
      told.about(context);
      Duration left = activeLeft();
      if (left != null && left.isZero()) {
        failure = TOO_LONG;
        told.normalOnce(TOO_LONG.reason(), TOO_LONG.message());
        return;
      }
      if (!runtime.answers()) {
        await(RUNTIME_AWAY); // its comeback is a change
        continue;
      }
      try {
        next = jittered(sync.pass(context));
        if (report(false, false)) {
          return;
        }
      } catch (RuntimeException e) {
        if (runtime.answers()) {
          log.warn("{}: {}; trying again", context.full(), e.toString(), e);
          told.warning("FailedSync", "error determining status: " + e.getMessage());
        }
        next = jittered(ERROR_RETRY);
      }
      await(left != null && left.compareTo(next) < 0 ? left : next);
    }
  }

  /** How long the pod may still be active; null where it may be for ever. */
  private @Nullable Duration activeLeft() {
    JsonNode most = context.spec().path("activeDeadlineSeconds");
    if (!most.isNumber()) {
      return null;
    }
    Instant end = startTime.plusSeconds(most.asLong(0));
    Duration left = Duration.between(services.clock().instant(), end);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static Duration jittered(Duration wait) {
    return wait.plusMillis(
        wait.compareTo(ERROR_RETRY) < 0
            ? 0
            : ThreadLocalRandom.current().nextLong(1 + wait.toMillis() / 2));
  }

  /** Tells the server how the pod is; whether that is for good. */
  private boolean report(boolean stopping, boolean ended) {
    PodStatus now = status(stopping, ended);
    ObjectNode status = document(now);
    lastStatus = status;
    sender.submit(context, status);
    return now.over();
  }

  private ObjectNode document(PodStatus now) {
    JsonNode before = lastStatus == null ? now.context().pod().path("status") : lastStatus;
    ObjectNode status = now.toJson(before, services.clock().instant());
    Verdict why = verdict;
    if (why != null) {
      why.into(status, now.finished(), services.clock().instant());
    }
    return status;
  }

  private PodStatus status(boolean stopping, boolean ended) {
    PodContext here = context.at(sync.ips());
    PodSync.Look look = sync.look(here);
    return new PodStatus(
        here,
        look.init(),
        look.main(),
        look.ephemeral(),
        runtime.name(),
        sync.sandboxProblem(),
        startTime,
        stopping,
        ended,
        failure);
  }

  private void stop() throws InterruptedException {
    // What the server has is better than nothing.
    boolean known = over() && !insist(() -> sync.anything(uid));
    insist(() -> stopAll(known));
    admissions.release(uid);
    if (!gone && !known) {
      tellEnd();
    }
    awaitDeletion();
  }

  /** Returns when nothing of it runs any more. Called again, it goes on where it was. */
  private boolean stopAll(boolean known) throws InterruptedException {
    PodStop stop = sync.stop(context.at(sync.ips()), grace());
    while (!stop.done()) {
      if (!gone && !known) {
        report(true, false);
      }
      await(WATCH_STOP);
      stop.hurry(grace());
    }
    while (!sync.stopSandboxes(uid)) {
      await(WATCH_STOP);
    }
    return true;
  }

  private Duration grace() {
    JsonNode asked = context.metadata().path("deletionGracePeriodSeconds");
    long own = context.spec().path("terminationGracePeriodSeconds").asLong(DEFAULT_GRACE);
    Duration grace = Duration.ofSeconds(gone || asked.isMissingNode() ? own : asked.asLong(own));
    return grace.compareTo(LEAST_GRACE) < 0 ? LEAST_GRACE : grace;
  }

  /** Until the server knows: the exit codes are told nowhere else. */
  private void tellEnd() throws InterruptedException {
    ObjectNode status = document(insist(() -> status(true, true)));
    if (context.ofFile()) {
      sender.submit(context, status); // and again to each mirror to come
      return;
    }
    BackOff backOff = backOff();
    while (!gone) {
      try {
        sender.sendNow(context, status);
        return;
      } catch (StatusException | UnreachableException e) {
        log.info("the end of {} cannot be told yet: {}", context.full(), e.getMessage());
      }
      await(backOff.next());
    }
  }

  private static BackOff backOff() {
    return new BackOff(Duration.ofMillis(200), Duration.ofSeconds(10), ThreadLocalRandom.current());
  }

  /** Nothing runs any more: once the pod is deleted its object goes. */
  private void awaitDeletion() throws InterruptedException {
    BackOff backOff = backOff();
    while (!gone) {
      if (!deleted()) {
        await(Duration.ofMinutes(1));
        continue;
      }
      try {
        services
            .cluster()
            .delete(Kinds.POD, context.namespace(), context.name(), DeleteOptions.now(uid));
        return;
      } catch (StatusException e) {
        if (e.reason() == StatusReason.NOT_FOUND || e.reason() == StatusReason.CONFLICT) {
          return;
        }
        log.warn("{} cannot be deleted yet: {}", context.full(), e.message());
      } catch (UnreachableException e) {
        log.info("{} cannot be deleted yet: {}", context.full(), e.getMessage());
      }
      await(backOff.next());
    }
  }

  private void remove() throws InterruptedException {
    BackOff backOff = backOff();
    PodRemains remains =
        new PodRemains(services, runtime, context.namespace(), context.name(), uid);
    while (!remains.remove()) {
      await(backOff.next());
    }
    finished.accept(this);
  }

  @Override
  public void close() {
    closed = true;
    changed();
    thread.interrupt();
  }

  /** Waits for its thread; after {@link #close}. */
  void join() throws InterruptedException {
    thread.join(Duration.ofSeconds(5));
  }

  /** The pod's uid. */
  String uid() {
    return uid;
  }
}
