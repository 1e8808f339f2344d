package garrison.agent.pod;

import garrison.agent.logs.LogRotation;
import garrison.agent.node.Pressure;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.Sandbox;
import garrison.client.cache.Handler;
import garrison.client.cache.ObjectKey;
import garrison.client.cache.Reflector;
import garrison.client.cache.Scope;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.kind.Kinds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * All pods of one node: those that the server has bound to it, and those that files of the node
 * define. Each gets a worker of its own. What ran before this agent started is found again by the
 * pod's uid, and what nobody wants any more is ended once both sources have told all. Thread-safe.
 */
public final class PodWorkers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PodWorkers.class);

  private final NodeServices services;
  private final Admissions admissions;
  private final References references;
  private final StatusSender sender;
  private final MirrorPods mirrors;
  private final OrphanPods orphans;
  private final LogKeeper logKeeper;
  private final Reflector<ObjectNode> pods;
  private final Map<String, PodWorker> workers = new ConcurrentHashMap<>();

  /** Static pods whose predecessor of the same name has not ended yet. Guarded by this. */
  private final Map<ObjectKey, ObjectNode> waiting = new LinkedHashMap<>();

  /** Predecessors that an earlier agent left, by uid. Guarded by this. */
  private final Set<String> leaving = new HashSet<>();

  private boolean serverTold; // guarded by this
  private boolean filesTold; // guarded by this

  /** Those of the first picture, until it is whole. Only the reflector's thread is here. */
  private @Nullable Map<String, ObjectNode> first = new LinkedHashMap<>();

  /**
   * For one node; nothing happens before {@link #start} or {@link #files}.
   *
   * @param node the Node as the server has it now
   * @param pressure what the node is short of now
   * @param files whether {@link #files} will be called: else the server is the only source
   */
  public PodWorkers(
      NodeServices services, Supplier<Node> node, Supplier<Pressure> pressure, boolean files) {
    this.services = services;
    this.admissions =
        new Admissions(
            node,
            pressure,
            new HostPathAdmission(services.hostPaths(), services.node()),
            this::preempt);
    this.references = new ClusterReferences(services.cluster());
    this.filesTold = !files;
    this.orphans = new OrphanPods(services, this::known);
    this.mirrors = new MirrorPods(services.cluster(), node, new Statics(), this::mirrored);
    this.sender = new StatusSender(services.cluster(), mirrors);
    this.pods =
        new Reflector<>(
            services.cluster(),
            Kinds.POD,
            Scope.fields("spec.nodeName=" + services.node()),
            Function.<ObjectNode>identity());
    pods.cache().addHandler(new Follower());
    services.runtimes().onChange(this::containerChanged);
    this.logKeeper = new LogKeeper(services, workers::values, LogRotation.usual(services.clock()));
  }

  /** Begins to follow the server. */
  public void start() {
    pods.start();
  }

  /**
   * All static pods that there are now. A new one starts, one that is not among them any more is
   * stopped; one of the same name but another uid starts once its predecessor has ended.
   */
  public synchronized void files(List<ObjectNode> all) {
    Set<String> wanted = new HashSet<>();
    all.forEach(pod -> wanted.add(uid(pod)));
    for (ObjectNode pod : List.copyOf(waiting.values())) {
      if (!wanted.contains(uid(pod))) {
        waiting.remove(ObjectKey.of(pod));
        mirrors.check(ObjectKey.of(pod));
      }
    }
    for (PodWorker worker : workers.values()) {
      if (worker.context().ofFile() && !wanted.contains(worker.uid())) {
        worker.gone();
      }
    }
    if (!filesTold) {
      adoptRunning(all, true);
    }
    for (ObjectNode pod : all) {
      PodWorker worker = workers.get(uid(pod));
      if (worker != null && !worker.leaving()) {
        if (!worker.context().pod().equals(pod)) {
          worker.update(pod);
        }
      } else {
        waiting.put(ObjectKey.of(pod), pod);
      }
    }
    startWaiting();
    if (!filesTold) {
      filesTold = true;
      mirrors.checkAll(); // what the server told before could not be judged
    }
    endOrphans();
  }

  /** Only within the lock. */
  private void startWaiting() {
    for (Map.Entry<ObjectKey, ObjectNode> entry : new LinkedHashMap<>(waiting).entrySet()) {
      Runtime own = services.runtime(entry.getValue().path("spec"));
      if (!occupied(entry.getKey(), uid(entry.getValue()), own)) {
        waiting.remove(entry.getKey());
        start(entry.getValue(), true);
        mirrors.check(entry.getKey());
      }
    }
  }

  /** Whether another version of a static pod still has to end. Only within the lock. */
  private boolean occupied(ObjectKey name, String uid, Runtime own) {
    for (PodWorker worker : workers.values()) {
      if (worker.context().ofFile() && name.equals(key(worker.context()))) {
        return true;
      }
    }
    boolean left = false;
    for (Runtime runtime : services.runtimes().all()) {
      if (!runtime.answers()) {
        left |= runtime == own; // for the others nothing waits
        continue;
      }
      for (Sandbox sandbox : runtime.sandboxes()) {
        boolean other = !sandbox.uid().equals(uid) && !workers.containsKey(sandbox.uid());
        Duration grace =
            other && name.equals(new ObjectKey(sandbox.namespace(), sandbox.name()))
                ? StaticMark.grace(services, sandbox.uid())
                : null;
        if (grace != null) {
          left = true;
          if (leaving.add(sandbox.uid())) {
            orphans.end(runtime, sandbox, grace, this::predecessorEnded);
          }
        }
      }
    }
    return left;
  }

  private synchronized void predecessorEnded(String uid) {
    leaving.remove(uid);
    startWaiting();
  }

  private static ObjectKey key(PodContext pod) {
    return new ObjectKey(pod.namespace(), pod.name());
  }

  /** What runs already was taken by an agent before, so it goes before any newcomer. */
  private void adoptRunning(Iterable<ObjectNode> all, boolean ofFile) {
    Set<String> running = new HashSet<>();
    boolean whole = true;
    for (Runtime runtime : services.runtimes().all()) {
      whole &= addRunning(runtime, running);
    }
    for (ObjectNode pod : all) {
      if (running.contains(uid(pod)) || (!whole && startedBefore(pod))) {
        admissions.adopt(Pod.of(pod), ofFile);
      }
    }
  }

  /** Adds the uids of pods that have something there; false where it does not say. */
  private static boolean addRunning(Runtime runtime, Set<String> uids) {
    try {
      if (runtime.answers()) {
        runtime.sandboxes().forEach(sandbox -> uids.add(sandbox.uid()));
        return true;
      }
    } catch (RuntimeFailure e) {
      log.info("{} does not say what runs: {}", runtime.name(), e.message());
    }
    return false;
  }

  /** An agent of this node has taken it: pods have no start before that. */
  private static boolean startedBefore(ObjectNode pod) {
    return pod.path("status").has("startTime") && !Pod.of(pod).terminal();
  }

  /** Whether nobody may end it as an orphan. */
  private synchronized boolean known(String uid) {
    return workers.containsKey(uid) || leaving.contains(uid);
  }

  /** Once both sources have told; only within the lock. */
  private void endOrphans() {
    if (serverTold && filesTold) {
      orphans.start();
    }
  }

  /** Waits until the server has told all pods of the node once; false where it took longer. */
  public boolean awaitSync(Duration atMost) throws InterruptedException {
    return pods.cache().awaitSync(atMost);
  }

  /** Where a container's log is, see {@link PodLogs}. */
  public PodLogs logs() {
    return new PodLogs(this);
  }

  /** Where sessions in containers are opened. */
  public PodSessions sessions() {
    return new PodSessions(this);
  }

  /** The worker of the pod of that name, the newest; null where there is none. */
  @Nullable PodWorker find(String namespace, String name) {
    PodWorker found = null;
    for (PodWorker worker : workers.values()) {
      PodContext pod = worker.context();
      if (pod.name().equals(name)
          && pod.namespace().equals(namespace)
          && (found == null || newer(pod, found.context()))) {
        found = worker;
      }
    }
    return found;
  }

  private static boolean newer(PodContext one, PodContext other) {
    return one.metadata()
            .path("creationTimestamp")
            .asString("")
            .compareTo(other.metadata().path("creationTimestamp").asString(""))
        > 0;
  }

  NodeServices services() {
    return services;
  }

  private void containerChanged(String podUid) {
    PodWorker worker = workers.get(podUid);
    if (worker != null) {
      worker.changed();
      return;
    }
    if (podUid.isEmpty()) {
      workers.values().forEach(PodWorker::changed);
      synchronized (this) {
        startWaiting();
      }
    }
    orphans.look();
  }

  /** Only within the lock. */
  private void start(ObjectNode pod, boolean ofFile) {
    PodContext context = PodWorker.contextOf(services, pod, ofFile);
    if (ofFile) {
      StaticMark.set(services, context);
    }
    admissions.announce(context.uid());
    workers.put(
        context.uid(),
        new PodWorker(services, admissions, sender, references, context, this::finished));
  }

  private void finished(PodWorker worker) {
    workers.remove(worker.uid());
    sender.forget(worker.uid());
    if (worker.context().ofFile()) {
      synchronized (this) {
        startWaiting();
      }
      mirrors.check(key(worker.context()));
    }
  }

  private static String creation(ObjectNode pod) {
    return pod.path("metadata").path("creationTimestamp").asString("");
  }

  /** Ends a pod for one that matters more; one without a worker holds nothing. */
  private void preempt(String uid) {
    PodWorker worker = workers.get(uid);
    if (worker == null) {
      admissions.release(uid);
    } else {
      worker.end(Verdict.PREEMPTED);
    }
  }

  private void mirrored(String uid) {
    sender.again(uid);
  }

  private static String uid(ObjectNode pod) {
    return pod.path("metadata").path("uid").asString("");
  }

  /** What static pods there are, for their mirrors. */
  private final class Statics implements MirrorPods.Plan {
    @Override
    public MirrorPods.Need need(ObjectKey name) {
      synchronized (PodWorkers.this) {
        PodWorker worker = of(name);
        if (!serverTold) {
          return MirrorPods.Need.LEAVE;
        }
        if (worker != null) {
          return worker.leaving() ? MirrorPods.Need.LEAVE : MirrorPods.Need.WANTED;
        }
        return filesTold && !waiting.containsKey(name)
            ? MirrorPods.Need.GONE
            : MirrorPods.Need.LEAVE;
      }
    }

    @Override
    public @Nullable PodContext pod(ObjectKey name) {
      PodWorker worker = of(name);
      return worker == null ? null : worker.context();
    }

    private @Nullable PodWorker of(ObjectKey name) {
      for (PodWorker worker : workers.values()) {
        if (worker.context().ofFile() && name.equals(key(worker.context()))) {
          return worker;
        }
      }
      return null;
    }
  }

  /** Turns changes of pods into work of their workers. */
  private final class Follower implements Handler<ObjectNode> {
    @Override
    public void added(ObjectNode now) {
      if (MirrorPods.isMirror(now)) {
        mirrors.seen(now);
      } else if (first != null) {
        first.put(uid(now), now);
      } else {
        synchronized (PodWorkers.this) {
          start(now, false);
        }
      }
    }

    @Override
    public void updated(ObjectNode old, ObjectNode now) {
      String uid = uid(now);
      if (MirrorPods.isMirror(now)) {
        mirrors.seen(now);
        return;
      }
      if (first != null) {
        first.put(uid, now);
        return;
      }
      PodWorker worker = workers.get(uid);
      if (worker != null) {
        worker.update(now);
      }
    }

    @Override
    public void deleted(ObjectNode last) {
      String uid = uid(last);
      if (MirrorPods.isMirror(last)) {
        mirrors.gone(last);
        return;
      }
      if (first != null) {
        first.remove(uid);
        return;
      }
      PodWorker worker = workers.get(uid);
      if (worker != null) {
        worker.gone();
      }
    }

    @Override
    public void synced() {
      Map<String, ObjectNode> all = first == null ? Map.of() : first;
      first = null;
      synchronized (PodWorkers.this) {
        adoptRunning(all.values(), false);
        List<ObjectNode> oldestFirst = new ArrayList<>(all.values());
        oldestFirst.sort(Comparator.comparing(PodWorkers::creation));
        oldestFirst.forEach(pod -> start(pod, false));
        serverTold = true;
        endOrphans();
      }
      for (PodWorker worker : workers.values()) {
        if (worker.context().ofFile()) {
          mirrors.check(key(worker.context()));
        }
      }
      mirrors.checkAll();
    }
  }

  /** Stops following; containers go on running. */
  @Override
  public void close() {
    pods.close();
    orphans.close();
    logKeeper.close();
    workers.values().forEach(PodWorker::close);
    try {
      for (PodWorker worker : workers.values()) {
        worker.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sender.close();
    mirrors.close();
  }
}
