package garrison.control.daemonset;

import garrison.client.UnreachableException;
import garrison.client.events.EventRecorder;
import garrison.daemonset.Action;
import garrison.daemonset.DaemonPod;
import garrison.daemonset.Fleet;
import garrison.daemonset.FleetStatus;
import garrison.daemonset.PodTemplate;
import garrison.daemonset.Revision;
import garrison.daemonset.RevisionHistory;
import garrison.daemonset.Why;
import garrison.model.DaemonSet;
import garrison.model.Meta;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.kind.Kinds;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One DaemonSet: it feeds its {@link Fleet}, and in each {@link #step} starts what is due.
 *
 * <ol>
 *   <li>The revisions are made to fit the template ({@link HistoryPass}) before anything else, so
 *       that no pod is ever made without a hash.
 *   <li>Orphans are adopted before pods are created, so that a node that has a pod gets no second;
 *       those that the cache may not show yet are asked for.
 *   <li>The fleet's actions are carried out, up to the burst at a time; creates start one at a time
 *       and double while they work, as upstream's slow start does.
 *   <li>Old revisions beyond the limit are deleted, and the status is written: one write for all
 *       changes of an interval.
 * </ol>
 *
 * <p>Own writes are known before the cache shows them: a created pod enters the fleet from the
 * server's answer; observations older than an own write of the same pod are ignored. A create
 * without an answer is settled by asking the server for its pods before that node is tried again.
 *
 * <p>All methods run on the event loop's thread. Nothing here is kept over a restart: the caches,
 * filled before the first step, hold all that matters.
 */
final class Reconciler {
  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  private final Surroundings around;
  private final Claims claims;
  private final PodCalls calls;
  private final StatusWriter statusWriter;
  private final Fleet fleet;
  private final String uid;
  private DaemonSet daemonSet;
  private boolean closed;

  // Revisions. The history is settled while there is one and none is due.
  private @Nullable RevisionHistory history;
  private @Nullable PodTemplate template;
  private @Nullable DaemonSet applied;
  private String hash = "";
  private boolean historyDue = true;
  private boolean historyStale;
  private boolean historyRunning;
  private boolean truncating;
  private long newestRevisionWrite;
  private final Set<String> truncated = new HashSet<>();
  private final Retry historyRetry;

  // Own writes to pods that the cache does not show yet: version by uid.
  private final Map<String, OwnWrite> ownWrites = new HashMap<>();
  private Instant ownWritesCheck = Instant.MIN;

  // Calls under way.
  private final Set<String> claiming = new HashSet<>();
  private boolean reclaimDue;
  private boolean orphansUnseen;
  private boolean listingOrphans;
  private int creating;
  private int deleting;
  private int window = 1;
  private boolean failedSinceIdle;
  private final Set<String> uncertain = new HashSet<>();
  private boolean settlingUncertain;
  private final Retry callRetry;

  // Status.
  private boolean writingStatus;
  private Instant nextStatus = Instant.MIN;
  private final Retry statusRetry;

  private record OwnWrite(String name, long version) {}

  /** Which reconciler has which pod. */
  interface Claims {
    /** A pod is ours from now on. */
    void claimed(String podUid, Reconciler by);

    /** A pod is ours no more. */
    void dropped(String podUid, Reconciler by);

    /** There is something to do. */
    void due(Reconciler reconciler);

    /** Orphans of the namespace are to be offered again. */
    void offerOrphans(Reconciler to);
  }

  Reconciler(Surroundings around, Claims claims, DaemonSet daemonSet) {
    DaemonSetLoop.Options options = around.options();
    this.around = around;
    this.claims = claims;
    this.calls = new PodCalls(around);
    this.statusWriter = new StatusWriter(around.cluster());
    this.fleet = new Fleet(around.nodes(), options.failedPods());
    this.uid = daemonSet.meta().uid();
    this.daemonSet = daemonSet;
    this.historyRetry = new Retry(options.firstRetry(), options.longestRetry());
    this.callRetry = new Retry(options.firstRetry(), options.longestRetry());
    this.statusRetry = new Retry(options.firstRetry(), options.longestRetry());
    fleet.advance(around.clock().instant());
    warnOfEmptySelector();
  }

  String uid() {
    return uid;
  }

  DaemonSet daemonSet() {
    return daemonSet;
  }

  // Observations.

  /** The DaemonSet changed; an older state than one known is ignored. */
  void daemonSetObserved(DaemonSet now) {
    if (now.meta().version() < daemonSet.meta().version()) {
      return;
    }
    DaemonSet before = daemonSet;
    daemonSet = now;
    fleet.observe(now.observedGeneration());
    if (before.meta().generation() != now.meta().generation()
        || before.meta().deleting() != now.meta().deleting()
        || !before.meta().annotations().equals(now.meta().annotations())
        || !Objects.equals(before.collisionCount(), now.collisionCount())) {
      historyDue = true;
      historyRetry.reset();
      callRetry.reset();
      statusRetry.reset();
      warnOfEmptySelector();
    }
    touched();
  }

  /** A revision of this DaemonSet, or one it could adopt, changed or went. */
  void revisionsChanged() {
    historyDue = true;
    historyRetry.reset();
    claims.due(this);
  }

  /** A revision came that is ours already: reason to look, but not to wake (spec: 8.2). */
  void revisionAdded() {
    historyStale = true;
  }

  /** A node is new, or its labels or taints changed. */
  void nodeChanged(Node node) {
    fleet.nodeChanged(node);
    touched();
  }

  /** A node is gone. */
  void nodeGone(String name) {
    fleet.nodeGone(name);
    touched();
  }

  /** Whether an observation of a pod is older than what we wrote to it ourselves. */
  boolean knowsNewer(Pod pod) {
    OwnWrite own = ownWrites.get(pod.meta().uid());
    if (own == null) {
      return false;
    }
    if (pod.meta().version() >= own.version()) {
      ownWrites.remove(pod.meta().uid());
      return false;
    }
    return true;
  }

  /** A pod that this DaemonSet controls is new or changed. */
  void ownPodObserved(Pod pod) {
    String podUid = pod.meta().uid();
    if (daemonSet.selector().matches(pod.labels())) {
      claims.claimed(podUid, this);
      fleet.podChanged(DaemonPod.of(pod));
    } else {
      podGone(podUid);
      if (!daemonSet.meta().deleting() && claiming.add(podUid)) {
        release(pod);
      }
    }
    touched();
  }

  /** A pod of the namespace that nobody controls: adopted where its labels match. */
  void orphanObserved(Pod pod) {
    if (daemonSet.meta().deleting()
        || daemonSet.selector().isEmpty()
        || pod.terminating()
        || !daemonSet.selector().matches(pod.labels())) {
      return;
    }
    if (!callRetry.ready(around.clock().instant())) {
      reclaimDue = true;
    } else if (claiming.add(pod.meta().uid())) {
      adopt(pod);
    }
    touched();
  }

  /**
   * The cache shows pods that match and whose owner is gone. They may have been orphaned before
   * this DaemonSet was made, and each kind has a watch of its own: where the pods' is behind, only
   * the server can tell, and until then a node could get a second pod.
   */
  void mayHaveUnseenOrphans() {
    if (around.pods().lastVersion() < daemonSet.meta().version()) {
      orphansUnseen = true;
      claims.due(this);
    }
  }

  /** A pod is gone, or somebody else's. */
  void podGone(String podUid) {
    ownWrites.remove(podUid);
    fleet.podGone(podUid);
    claims.dropped(podUid, this);
    touched();
  }

  /** The DaemonSet is gone: nothing more is started, and what comes back is ignored. */
  void close() {
    closed = true;
    for (DaemonPod pod : List.copyOf(fleet.pods())) {
      claims.dropped(pod.uid(), this);
    }
    fleet.close();
  }

  private void touched() {
    if (historyStale) {
      historyStale = false;
      historyDue = true;
    }
    claims.due(this);
  }

  // The step.

  /** Starts what is due; answers when time alone makes something due, null for never. */
  @Nullable Instant step(Instant now) {
    fleet.advance(now);
    if (closed || daemonSet.meta().deleting() || daemonSet.selector().isEmpty()) {
      return null;
    }
    checkOwnWrites(now);
    if (historyDue && !historyRunning && historyRetry.ready(now)) {
      startHistory();
    }
    if (!historyDue && !historyRunning && history != null) {
      if (callRetry.ready(now)) {
        reclaim();
        settleUncertain();
        seekOrphans();
        if (claiming.isEmpty() && !orphansUnseen) {
          act();
        }
        truncate();
      }
      writeStatus(now);
    }
    return nextWake(now);
  }

  private @Nullable Instant nextWake(Instant now) {
    Instant wake = fleet.nextWake();
    if (historyDue && !historyRunning) {
      wake = earlier(wake, historyRetry.at());
    }
    if (!callRetry.ready(now)) {
      wake = earlier(wake, callRetry.at());
    }
    if (!statusRetry.ready(now)) {
      wake = earlier(wake, statusRetry.at());
    }
    if (nextStatus.isAfter(now)) {
      wake = earlier(wake, nextStatus);
    }
    if (!ownWrites.isEmpty()) {
      wake = earlier(wake, ownWritesCheck);
    }
    return wake;
  }

  private static Instant earlier(@Nullable Instant a, Instant b) {
    return a == null || b.isBefore(a) ? b : a;
  }

  // Revisions.

  private void startHistory() {
    historyDue = false;
    historyRunning = true;
    DaemonSet of = daemonSet;
    List<DaemonPod> pods = List.copyOf(fleet.pods());
    long awaited = newestRevisionWrite;
    call(
        "history",
        () -> {
          awaitRevisions(awaited);
          return new HistoryPass(around.cluster(), of)
              .run(around.revisionsByNamespace().get(of.namespace()), pods);
        },
        result -> historyDone(of, result),
        failure -> {
          historyRunning = false;
          historyDue = true;
          failed("revisions", historyRetry, failure);
        });
  }

  /** Own writes are awaited, so that a pass does not stumble over the one before it. */
  private void awaitRevisions(long version) {
    try {
      if (version > 0 && !around.revisions().awaitVersion(version, Duration.ofSeconds(5))) {
        log.debug("{}: the cache of revisions lags behind {}", this, version);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void historyDone(DaemonSet of, HistoryPass.Result result) {
    historyRunning = false;
    historyRetry.reset();
    newestRevisionWrite = Math.max(newestRevisionWrite, result.newestWrite());
    history = result.history();
    truncated.retainAll(
        result.history().old().stream().map(revision -> revision.meta().uid()).toList());
    boolean same = applied != null && result.hash().equals(hash) && decidesAlike(applied, of);
    hash = result.hash();
    if (!same) {
      applied = of;
      template = PodTemplate.of(of, hash);
      fleet.daemonSetChanged(of, hash);
      if (!of.onDelete() && of.maxUnavailable() == null) {
        log.warn("{}: no roll-out: couldn't get unavailable numbers from maxUnavailable", this);
      }
    }
  }

  private static boolean decidesAlike(DaemonSet a, DaemonSet b) {
    return a.meta().generation() == b.meta().generation()
        && a.templateGeneration().equals(b.templateGeneration());
  }

  private void truncate() {
    RevisionHistory present = history;
    if (present == null || truncating || present.old().size() <= daemonSet.revisionHistoryLimit()) {
      return;
    }
    List<Revision> surplus =
        present.without(truncated).surplus(daemonSet.revisionHistoryLimit(), fleet.liveHashes());
    if (surplus.isEmpty()) {
      return;
    }
    truncating = true;
    call(
        "truncate history",
        () -> {
          surplus.forEach(revision -> HistoryPass.delete(around.cluster(), revision));
          return surplus;
        },
        done -> {
          truncating = false;
          done.forEach(revision -> truncated.add(revision.meta().uid()));
        },
        failure -> {
          truncating = false;
          failed("clean up of revisions", callRetry, failure);
        });
  }

  // Pods.

  private void reclaim() {
    if (reclaimDue) {
      reclaimDue = false;
      claims.offerOrphans(this);
    }
  }

  private void adopt(Pod orphan) {
    DaemonSet of = daemonSet;
    call(
        "adopt " + orphan.name(),
        () -> adopted(new Adoption(around.cluster(), of).adopt(Kinds.POD, orphan.meta())),
        adopted -> {
          claiming.remove(orphan.meta().uid());
          if (adopted != null) {
            wroteOrFresher(adopted);
          }
        },
        failure -> {
          claiming.remove(orphan.meta().uid());
          reclaimDue = true;
          orphansUnseen |= around.pods().lastVersion() < orphan.meta().version();
          failed("adoption of pod " + orphan.name(), callRetry, failure);
        });
  }

  private void seekOrphans() {
    if (!orphansUnseen || listingOrphans) {
      return;
    }
    listingOrphans = true;
    DaemonSet of = daemonSet;
    call(
        "list orphans",
        () -> calls.orphans(of),
        orphans -> {
          listingOrphans = false;
          if (callRetry.ready(around.clock().instant())) {
            orphansUnseen = false;
            orphans.forEach(this::orphanObserved);
          }
        },
        failure -> {
          listingOrphans = false;
          failed("list of orphans", callRetry, failure);
        });
  }

  private static @Nullable Pod adopted(@Nullable ObjectNode document) {
    return document == null ? null : Pod.of(document);
  }

  private void release(Pod owned) {
    DaemonSet of = daemonSet;
    call(
        "release " + owned.name(),
        () -> {
          new Adoption(around.cluster(), of).release(Kinds.POD, owned.meta());
          return owned;
        },
        done -> claiming.remove(owned.meta().uid()),
        failure -> {
          claiming.remove(owned.meta().uid());
          failed("release of pod " + owned.name(), callRetry, failure);
          around.loop().post(() -> lookAgain(owned.meta()));
        });
  }

  /** A release that failed is tried again when the wait is over. */
  private void lookAgain(Meta pod) {
    Pod present = around.pods().get(pod.namespace(), pod.name());
    if (!closed && present != null && PodCalls.controls(daemonSet, present)) {
      ownPodObserved(present);
    }
  }

  private void act() {
    PodTemplate pods = template;
    if (pods == null) {
      return;
    }
    int burst = around.options().burst();
    int creates = uncertain.isEmpty() ? Math.min(window, burst) - creating : 0;
    for (Action action : fleet.next(Math.max(creates, 0), burst - deleting)) {
      switch (action) {
        case Action.CreatePod create -> create(pods, create);
        case Action.DeletePod delete -> delete(delete);
      }
    }
  }

  private void create(PodTemplate pods, Action.CreatePod action) {
    creating++;
    DaemonSet of = daemonSet;
    log.debug("{}: create a pod for node {}: {}", this, action.node(), action.why().sentence());
    call(
        "create",
        () -> calls.create(of, pods, action),
        outcome -> {
          creating--;
          switch (outcome) {
            case PodCalls.Outcome.Created(Pod pod) -> {
              window = Math.min(window + 1, around.options().burst());
              created(action.node(), pod);
            }
            case PodCalls.Outcome.Unknown(UnreachableException cause) -> {
              window = 1;
              uncertain.add(action.node());
              callFailed("create for node " + action.node(), cause);
            }
            case PodCalls.Outcome.Refused(RuntimeException cause) -> {
              window = 1;
              fleet.createFailed(action.node());
              callFailed("create for node " + action.node(), cause);
            }
            case PodCalls.Outcome.Deleted() ->
                throw new IllegalStateException("a create answered a deletion");
          }
          callEnded();
        },
        failure -> {
          creating--;
          fleet.createFailed(action.node());
          callFailed("create for node " + action.node(), failure);
        });
  }

  private void delete(Action.DeletePod action) {
    deleting++;
    DaemonSet of = daemonSet;
    DaemonPod pod = action.pod();
    log.debug("{}: delete pod {}: {}", this, pod.name(), action.why().sentence());
    tell(action);
    call(
        "delete " + pod.name(),
        () -> calls.delete(of, action),
        outcome -> {
          deleting--;
          switch (outcome) {
            case PodCalls.Outcome.Deleted() -> {}
            case PodCalls.Outcome.Unknown(UnreachableException cause) -> deleteFailed(pod, cause);
            case PodCalls.Outcome.Refused(RuntimeException cause) -> deleteFailed(pod, cause);
            case PodCalls.Outcome.Created(Pod created) ->
                throw new IllegalStateException("a deletion answered a create");
          }
          callEnded();
        },
        failure -> {
          deleting--;
          deleteFailed(pod, failure);
        });
  }

  private void deleteFailed(DaemonPod pod, RuntimeException cause) {
    fleet.deleteFailed(pod.uid());
    callFailed("deletion of pod " + pod.name(), cause);
  }

  /** The events that upstream sends when it decides, not when it has acted. */
  private void tell(Action.DeletePod action) {
    EventRecorder events = around.events();
    String pod = daemonSet.namespace() + "/" + action.pod().name();
    switch (action.why()) {
      case Why.PodFailed() ->
          events.warning(
              PodCalls.reference(daemonSet),
              "FailedDaemonPod",
              "Found failed daemon pod "
                  + pod
                  + " on node "
                  + action.node()
                  + ", will try to kill it");
      case Why.PodSucceeded() ->
          events.normal(
              PodCalls.reference(daemonSet),
              "SucceededDaemonPod",
              "Found succeeded daemon pod "
                  + pod
                  + " on node "
                  + action.node()
                  + ", will try to delete it");
      default -> {}
    }
  }

  private void callFailed(String what, RuntimeException cause) {
    failedSinceIdle = true;
    failed(what, callRetry, cause);
  }

  /** A wave in which nothing failed ends the waiting after failures. */
  private void callEnded() {
    if (creating + deleting == 0) {
      if (!failedSinceIdle) {
        callRetry.reset();
      }
      failedSinceIdle = false;
    }
  }

  // Own writes.

  private void created(String node, Pod pod) {
    fleet.created(node, fresher(pod));
    claims.claimed(pod.meta().uid(), this);
  }

  private void wroteOrFresher(Pod pod) {
    DaemonPod known = fresher(pod);
    if (known != null) {
      claims.claimed(pod.meta().uid(), this);
      fleet.podChanged(known);
    }
  }

  /** What is known of a pod that was just written; null where it is gone already. */
  private @Nullable DaemonPod fresher(Pod written) {
    long seen = around.pods().lastVersion(); // first: what the cache lacks at this version is gone
    Pod cached = around.pods().get(written.namespace(), written.name());
    boolean same = cached != null && cached.meta().uid().equals(written.meta().uid());
    if (cached != null && same && cached.meta().version() >= written.meta().version()) {
      return DaemonPod.of(cached);
    }
    if (!same && seen >= written.meta().version()) {
      return null;
    }
    ownWrites.put(written.meta().uid(), new OwnWrite(written.name(), written.meta().version()));
    return DaemonPod.of(written);
  }

  /** A pod that came and went while nobody watched is never told of; it is found here. */
  private void checkOwnWrites(Instant now) {
    if (ownWrites.isEmpty() || now.isBefore(ownWritesCheck)) {
      return;
    }
    ownWritesCheck = now.plusSeconds(1);
    long seen = around.pods().lastVersion();
    Map.copyOf(ownWrites)
        .forEach(
            (podUid, write) -> {
              Pod cached = around.pods().get(daemonSet.namespace(), write.name());
              boolean there = cached != null && cached.meta().uid().equals(podUid);
              if (!there && seen >= write.version()) {
                podGone(podUid);
              }
            });
  }

  /** Creates without an answer: what the server has now tells how they ended. */
  private void settleUncertain() {
    if (uncertain.isEmpty() || creating > 0 || settlingUncertain) {
      return;
    }
    settlingUncertain = true;
    DaemonSet of = daemonSet;
    call(
        "list",
        () -> calls.list(of),
        pods -> {
          settlingUncertain = false;
          pods.forEach(this::wroteOrFresher);
          Set<String> settled = Set.copyOf(uncertain);
          uncertain.clear();
          settled.forEach(fleet::createFailed);
        },
        failure -> {
          settlingUncertain = false;
          callFailed("list of pods", failure);
        });
  }

  // Status.

  private void writeStatus(Instant now) {
    FleetStatus numbers = fleet.status();
    if (writingStatus || StatusWriter.shows(daemonSet, numbers)) {
      return;
    }
    if (!statusRetry.ready(now) || now.isBefore(nextStatus)) {
      return;
    }
    writingStatus = true;
    DaemonSet of = daemonSet;
    call(
        "status",
        () -> statusWriter.write(of, numbers),
        stored -> {
          writingStatus = false;
          nextStatus = around.clock().instant().plus(around.options().statusInterval());
          statusRetry.reset();
          around.measures().status();
          if (stored != null) {
            daemonSetObserved(stored);
          }
        },
        failure -> {
          writingStatus = false;
          failed("status", statusRetry, failure);
        });
  }

  // Calls.

  /** Runs a blocking call elsewhere, and what follows on the event loop. */
  private <T extends @Nullable Object> void call(
      String name,
      java.util.function.Supplier<T> blocking,
      Consumer<T> done,
      Consumer<RuntimeException> failed) {
    around.call(
        name,
        () -> {
          Runnable then;
          try {
            T result = blocking.get();
            then = () -> done.accept(result);
          } catch (RuntimeException e) {
            then = () -> failed.accept(e);
          }
          Runnable next = then;
          around
              .loop()
              .post(
                  () -> {
                    if (!closed) {
                      next.run();
                      claims.due(this);
                    }
                  });
        });
  }

  private void failed(String what, Retry retry, RuntimeException cause) {
    Duration wait = retry.failed(around.clock().instant());
    if (cause instanceof StatusException
        || cause instanceof UnreachableException
        || cause instanceof IllegalStateException) {
      log.warn("{}: {}: {}; again in {} ms", this, what, cause.getMessage(), wait.toMillis());
    } else {
      log.error("{}: {} failed; again in {} ms", this, what, wait.toMillis(), cause);
    }
  }

  private void warnOfEmptySelector() {
    if (daemonSet.selector().isEmpty() && !daemonSet.meta().deleting()) {
      around
          .events()
          .warning(
              PodCalls.reference(daemonSet),
              "SelectingAll",
              "This daemon set is selecting all pods. A non-empty selector is required.");
    }
  }

  @Override
  public String toString() {
    return "DaemonSet " + daemonSet.namespace() + "/" + daemonSet.name();
  }
}
