package garrison.agent.pod;

import garrison.agent.node.Pressure;
import garrison.agent.runtime.Runtime;
import garrison.client.cache.Handler;
import garrison.client.cache.Reflector;
import garrison.client.cache.Scope;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.kind.Kinds;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * All pods of one node: follows those that the server has bound to it and gives each a worker of
 * its own. What ran before this agent started is found again by the pod's uid. Thread-safe.
 */
public final class PodWorkers implements AutoCloseable {
  private final NodeServices services;
  private final Admissions admissions;
  private final References references;
  private final StatusSender sender;
  private final OrphanPods orphans;
  private final Reflector<ObjectNode> pods;
  private final Map<String, PodWorker> workers = new ConcurrentHashMap<>();

  /** Those of the first picture, until it is whole. Only the reflector's thread is here. */
  private @Nullable Map<String, ObjectNode> first = new LinkedHashMap<>();

  /**
   * For one node; nothing happens before {@link #start}.
   *
   * @param node the Node as the server has it now
   * @param pressure what the node is short of now
   */
  public PodWorkers(NodeServices services, Supplier<Node> node, Supplier<Pressure> pressure) {
    this.services = services;
    this.admissions = new Admissions(node, pressure);
    this.references = new ClusterReferences(services.cluster());
    this.sender = new StatusSender(services.cluster());
    this.orphans = new OrphanPods(services);
    this.pods =
        new Reflector<>(
            services.cluster(),
            Kinds.POD,
            Scope.fields("spec.nodeName=" + services.node()),
            Function.<ObjectNode>identity());
    pods.cache().addHandler(new Follower());
    services.runtimes().onChange(this::containerChanged);
  }

  /** Begins to follow the server. */
  public void start() {
    pods.start();
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
    }
  }

  private void start(ObjectNode pod) {
    String uid = uid(pod);
    workers.put(uid, new PodWorker(services, admissions, sender, references, pod, this::finished));
  }

  private void finished(PodWorker worker) {
    workers.remove(worker.uid());
    sender.forget(worker.uid());
  }

  private static String uid(ObjectNode pod) {
    return pod.path("metadata").path("uid").asString("");
  }

  /** Turns changes of pods into work of their workers. */
  private final class Follower implements Handler<ObjectNode> {
    @Override
    public void added(ObjectNode now) {
      if (first != null) {
        first.put(uid(now), now);
      } else {
        start(now);
      }
    }

    @Override
    public void updated(ObjectNode old, ObjectNode now) {
      String uid = uid(now);
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
      Set<String> running = new HashSet<>();
      for (Runtime runtime : services.runtimes().all()) {
        runtime.sandboxes().forEach(sandbox -> running.add(sandbox.uid()));
      }
      for (ObjectNode pod : all.values()) {
        if (running.contains(uid(pod))) {
          admissions.adopt(Pod.of(pod)); // before any newcomer asks for room
        }
      }
      orphans.end(all.keySet());
      all.values().forEach(PodWorkers.this::start);
    }
  }

  /** Stops following; containers go on running. */
  @Override
  public void close() {
    pods.close();
    orphans.close();
    workers.values().forEach(PodWorker::close);
    try {
      for (PodWorker worker : workers.values()) {
        worker.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sender.close();
  }
}
