package garrison.control.daemonset;

import garrison.client.Cluster;
import garrison.client.cache.Cache;
import garrison.client.cache.Handler;
import garrison.client.cache.ObjectKey;
import garrison.client.cache.Reflector;
import garrison.client.cache.Scope;
import garrison.client.events.EventRecorder;
import garrison.control.Loop;
import garrison.daemonset.Fleet;
import garrison.daemonset.NodeTable;
import garrison.daemonset.Revision;
import garrison.model.DaemonSet;
import garrison.model.Meta;
import garrison.model.Node;
import garrison.model.OwnerReference;
import garrison.model.Pod;
import garrison.model.kind.Kinds;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The DaemonSet controller (spec: daemonset 4 to 8): keeps one pod of each DaemonSet on each
 * eligible node.
 *
 * <p>Changes of the caches become events for one thread; an event names an object, and what the
 * cache holds when its turn comes is what counts, so many changes of one object cost one look. Each
 * event goes to the DaemonSets it concerns, O(1) for each. Decisions are the {@link Fleet}'s; calls
 * run on virtual threads, bounded by {@link Options#inFlight}.
 *
 * <p>Nothing is done before all caches have synced once. Nothing is kept over a restart but the
 * back-off of failed pods, which starts anew.
 */
public final class DaemonSetLoop implements Loop {
  private static final Logger log = LoggerFactory.getLogger(DaemonSetLoop.class);

  /**
   * How fast it goes.
   *
   * @param failedPods waits between deletions of failed pods on one node
   * @param burst most creates, and most deletions, under way for one DaemonSet
   * @param inFlight most calls under way for all together
   * @param statusInterval shortest time between two status writes of one DaemonSet
   * @param firstRetry wait after a first failure, doubled with each further one
   * @param longestRetry where the doubling ends
   */
  public record Options(
      Fleet.BackOffLimits failedPods,
      int burst,
      int inFlight,
      Duration statusInterval,
      Duration firstRetry,
      Duration longestRetry) {
    /** Upstream's figures, where it has them. */
    public static final Options DEFAULT =
        new Options(
            Fleet.BackOffLimits.UPSTREAM,
            250,
            500,
            Duration.ofMillis(100),
            Duration.ofMillis(5),
            Duration.ofSeconds(1000));
  }

  private final Cluster cluster;
  private final Cache<Node> nodes;
  private final Cache<Pod> pods;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Options options;
  private final Reflector<DaemonSet> daemonSets;
  private final Reflector<Revision> revisions;
  private final EventLoop loop;
  private @Nullable Surroundings around;
  private @Nullable EventRecorder events;
  private @Nullable Thread starter;
  private volatile boolean closed;

  private final Set<PodId> queuedPods = ConcurrentHashMap.newKeySet();
  private final Set<String> queuedNodes = ConcurrentHashMap.newKeySet();

  // Only the event loop's thread touches these.
  private final Map<ObjectKey, Reconciler> byKey = new HashMap<>();
  private final Map<String, Reconciler> byUid = new LinkedHashMap<>();
  private final Map<String, Reconciler> claimants = new HashMap<>();
  private final Set<Reconciler> due = new LinkedHashSet<>();
  private final Map<Reconciler, Instant> wakes = new HashMap<>();

  /** DaemonSets that are gone while the cache shows pods of theirs: the namespace by uid. */
  private final Map<String, String> departed = new HashMap<>();

  private record PodId(ObjectKey key, String uid) {}

  private final Reconciler.Claims claims =
      new Reconciler.Claims() {
        @Override
        public void claimed(String podUid, Reconciler by) {
          claimants.put(podUid, by);
        }

        @Override
        public void dropped(String podUid, Reconciler by) {
          claimants.remove(podUid, by);
        }

        @Override
        public void due(Reconciler reconciler) {
          due.add(reconciler);
        }

        @Override
        public void offerOrphans(Reconciler to) {
          offerPods(to, Surroundings.orphansOf(to.daemonSet().namespace()));
        }
      };

  /**
   * A loop with upstream's figures.
   *
   * @param cluster the API, as the user of this loop
   * @param nodes all nodes; started and closed by the caller
   * @param pods all pods; started and closed by the caller
   */
  public DaemonSetLoop(
      Cluster cluster, Cache<Node> nodes, Cache<Pod> pods, Clock clock, MeterRegistry meters) {
    this(cluster, nodes, pods, clock, meters, Options.DEFAULT);
  }

  /** A loop with figures of the caller's. */
  public DaemonSetLoop(
      Cluster cluster,
      Cache<Node> nodes,
      Cache<Pod> pods,
      Clock clock,
      MeterRegistry meters,
      Options options) {
    this.cluster = cluster;
    this.nodes = nodes;
    this.pods = pods;
    this.clock = clock;
    this.meters = meters;
    this.options = options;
    this.daemonSets = new Reflector<>(cluster, Kinds.DAEMON_SET, Scope.ALL, DaemonSet::of);
    this.revisions = new Reflector<>(cluster, Kinds.CONTROLLER_REVISION, Scope.ALL, Revision::of);
    this.loop = new EventLoop("daemonset controller", clock, this::pass);
  }

  @Override
  public String name() {
    return "daemonset-controller";
  }

  @Override
  public void start() {
    EventRecorder recorder = new EventRecorder(cluster, name(), "", clock);
    events = recorder;
    around =
        new Surroundings(
            cluster,
            clock,
            loop,
            recorder,
            new Measures(meters, loop),
            new NodeTable(),
            pods,
            pods.index(DaemonSetLoop::ownerKeys),
            revisions.cache(),
            revisions.cache().index(revision -> List.of(revision.meta().namespace())),
            new Semaphore(options.inFlight()),
            options);
    follow();
    daemonSets.start();
    revisions.start();
    starter = Thread.ofVirtual().name("daemonset controller start").start(this::startWhenSynced);
  }

  @Override
  public void close() {
    closed = true;
    if (starter != null) {
      starter.interrupt();
    }
    loop.close();
    daemonSets.close();
    revisions.close();
    awaitCalls();
    if (events != null) {
      events.close();
    }
  }

  /** Calls under way are let end; what they did is found at the next start. */
  private void awaitCalls() {
    if (around != null) {
      try {
        Semaphore calls = around.calls();
        if (!calls.tryAcquire(options.inFlight(), 5, java.util.concurrent.TimeUnit.SECONDS)) {
          log.warn("calls to the API server are still under way at the end");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void startWhenSynced() {
    try {
      for (Cache<?> cache : List.of(nodes, pods, daemonSets.cache(), revisions.cache())) {
        while (!cache.awaitSync(Duration.ofMinutes(1))) {
          log.info("the DaemonSet controller waits for the first answer of the API server");
        }
      }
    } catch (InterruptedException e) {
      return;
    }
    if (!closed) {
      loop.start();
    }
  }

  /** Nodes first, then DaemonSets, which look up their pods themselves. */
  private void follow() {
    nodes.addHandler(
        new Handler<>() {
          @Override
          public void added(Node now) {
            queueNode(now.name());
          }

          @Override
          public void updated(Node old, Node now) {
            queueNode(now.name());
          }

          @Override
          public void deleted(Node last) {
            queueNode(last.name());
          }
        });
    daemonSets
        .cache()
        .addHandler(
            new Handler<>() {
              @Override
              public void added(DaemonSet now) {
                loop.post(() -> daemonSetChanged(key(now.meta())));
              }

              @Override
              public void updated(DaemonSet old, DaemonSet now) {
                loop.post(() -> daemonSetChanged(key(now.meta())));
              }

              @Override
              public void deleted(DaemonSet last) {
                loop.post(() -> daemonSetChanged(key(last.meta())));
              }
            });
    revisions.cache().addHandler(new RevisionEvents());
    pods.addHandler(
        new Handler<>() {
          @Override
          public void added(Pod now) {
            queuePod(now);
          }

          @Override
          public void updated(Pod old, Pod now) {
            queuePod(now);
          }

          @Override
          public void deleted(Pod last) {
            queuePod(last);
          }
        });
  }

  /** Spec: daemonset 8.2, the rows of ControllerRevisions. */
  private final class RevisionEvents implements Handler<Revision> {
    @Override
    public void added(Revision now) {
      if (now.meta().deleting()) {
        deleted(now);
        return;
      }
      OwnerReference controller = now.meta().controller();
      if (controller != null) {
        onOwner(controller, Reconciler::revisionAdded);
      } else {
        onMatching(now);
      }
    }

    @Override
    public void updated(Revision old, Revision now) {
      OwnerReference before = old.meta().controller();
      OwnerReference after = now.meta().controller();
      if (before != null && (after == null || !before.uid().equals(after.uid()))) {
        onOwner(before, Reconciler::revisionsChanged);
      }
      if (after != null) {
        onOwner(after, Reconciler::revisionsChanged);
      } else if (before != null || !old.meta().labels().equals(now.meta().labels())) {
        onMatching(now);
      }
    }

    @Override
    public void deleted(Revision last) {
      OwnerReference controller = last.meta().controller();
      if (controller != null) {
        onOwner(controller, Reconciler::revisionsChanged);
      }
    }

    private void onOwner(OwnerReference owner, java.util.function.Consumer<Reconciler> event) {
      loop.post(
          () -> {
            Reconciler reconciler = byUid.get(owner.uid());
            if (reconciler != null) {
              event.accept(reconciler);
            }
          });
    }

    private void onMatching(Revision orphan) {
      loop.post(
          () -> {
            for (Reconciler reconciler : inNamespace(orphan.meta().namespace())) {
              DaemonSet daemonSet = reconciler.daemonSet();
              if (!daemonSet.selector().isEmpty()
                  && daemonSet.selector().matches(orphan.meta().labels())) {
                reconciler.revisionsChanged();
              }
            }
          });
    }
  }

  private static ObjectKey key(Meta meta) {
    return new ObjectKey(meta.namespace(), meta.name());
  }

  private static List<String> ownerKeys(Pod pod) {
    OwnerReference controller = pod.meta().controller();
    if (controller == null) {
      return List.of(Surroundings.orphansOf(pod.namespace()));
    }
    return controller.kind().equals("DaemonSet") ? List.of(controller.uid()) : List.of();
  }

  private void queueNode(String name) {
    if (queuedNodes.add(name)) {
      loop.post(() -> nodeChanged(name));
    }
  }

  private void queuePod(Pod pod) {
    PodId id = new PodId(key(pod.meta()), pod.meta().uid());
    if (queuedPods.add(id)) {
      loop.post(() -> podChanged(id));
    }
  }

  // From here on: the event loop's thread.

  private Surroundings around() {
    return java.util.Objects.requireNonNull(around, "not started");
  }

  private void nodeChanged(String name) {
    queuedNodes.remove(name); // before the cache is read, so that no later change is missed
    Node node = nodes.get("", name);
    NodeTable table = around().nodes();
    if (node == null) {
      if (table.remove(name)) {
        byUid.values().forEach(reconciler -> reconciler.nodeGone(name));
      }
    } else if (table.put(node)) {
      byUid.values().forEach(reconciler -> reconciler.nodeChanged(node));
    }
  }

  private void daemonSetChanged(ObjectKey key) {
    DaemonSet now = daemonSets.cache().get(key);
    Reconciler present = byKey.get(key);
    if (present != null && (now == null || !present.uid().equals(now.meta().uid()))) {
      present.close();
      byKey.remove(key);
      byUid.remove(present.uid());
      departed.put(present.uid(), key.namespace());
      due.remove(present);
      wakes.remove(present);
      present = null;
    }
    if (now == null) {
      return;
    }
    if (present != null) {
      present.daemonSetObserved(now);
      return;
    }
    Reconciler reconciler = new Reconciler(around(), claims, now);
    byKey.put(key, reconciler);
    byUid.put(reconciler.uid(), reconciler);
    due.add(reconciler);
    offerPods(reconciler, reconciler.uid());
    offerPods(reconciler, Surroundings.orphansOf(now.namespace()));
    if (leftPodsFor(now)) {
      reconciler.mayHaveUnseenOrphans();
    }
  }

  /** Whether pods of DaemonSets that are gone could be this one's. */
  private boolean leftPodsFor(DaemonSet daemonSet) {
    departed.keySet().removeIf(uid -> around().podsByOwner().get(uid).isEmpty());
    for (Map.Entry<String, String> gone : departed.entrySet()) {
      if (gone.getValue().equals(daemonSet.namespace())
          && around().podsByOwner().get(gone.getKey()).stream()
              .anyMatch(pod -> daemonSet.selector().matches(pod.labels()))) {
        return true;
      }
    }
    return false;
  }

  private void offerPods(Reconciler reconciler, String ownerKey) {
    for (Pod pod : around().podsByOwner().get(ownerKey)) {
      if (pod.meta().controller() == null) {
        reconciler.orphanObserved(pod);
      } else if (!reconciler.knowsNewer(pod)) {
        reconciler.ownPodObserved(pod);
      }
    }
  }

  private void podChanged(PodId id) {
    queuedPods.remove(id); // before the cache is read, so that no later change is missed
    Pod pod = pods.get(id.key());
    Reconciler before = claimants.get(id.uid());
    if (pod == null || !pod.meta().uid().equals(id.uid())) {
      if (before != null) {
        before.podGone(id.uid());
      }
      return;
    }
    if (before != null && before.knowsNewer(pod)) {
      return;
    }
    OwnerReference controller = pod.meta().controller();
    Reconciler owner =
        controller != null && controller.kind().equals("DaemonSet")
            ? byUid.get(controller.uid())
            : null;
    if (before != null && before != owner) {
      before.podGone(id.uid());
    }
    if (owner != null) {
      owner.ownPodObserved(pod);
    } else if (controller == null) {
      inNamespace(pod.namespace()).forEach(reconciler -> reconciler.orphanObserved(pod));
    }
  }

  private List<Reconciler> inNamespace(String namespace) {
    List<Reconciler> found = new ArrayList<>();
    for (Reconciler reconciler : byUid.values()) {
      if (reconciler.daemonSet().namespace().equals(namespace)) {
        found.add(reconciler);
      }
    }
    return found;
  }

  /** Steps every DaemonSet to which something happened or whose time has come. */
  private @Nullable Instant pass() {
    long start = System.nanoTime();
    Instant now = clock.instant();
    wakes.forEach(
        (reconciler, wake) -> {
          if (!wake.isAfter(now)) {
            due.add(reconciler);
          }
        });
    List<Reconciler> stepping = List.copyOf(due);
    due.clear();
    for (Reconciler reconciler : stepping) {
      step(reconciler, now);
    }
    around().measures().pass(Duration.ofNanos(System.nanoTime() - start));
    if (!due.isEmpty()) {
      return now;
    }
    return wakes.values().stream().min(Instant::compareTo).orElse(null);
  }

  private void step(Reconciler reconciler, Instant now) {
    Instant wake;
    try {
      wake = reconciler.step(now);
    } catch (RuntimeException e) {
      log.error("{}: a step failed; again in a second", reconciler, e);
      wake = now.plusSeconds(1);
    }
    if (wake == null) {
      wakes.remove(reconciler);
    } else {
      wakes.put(reconciler, wake);
    }
  }
}
