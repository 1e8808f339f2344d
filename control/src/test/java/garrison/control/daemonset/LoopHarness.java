package garrison.control.daemonset;

import static org.awaitility.Awaitility.await;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.cache.Handler;
import garrison.client.cache.Reflector;
import garrison.client.cache.Scope;
import garrison.control.Informers;
import garrison.control.binding.BindingLoop;
import garrison.daemonset.Fleet;
import garrison.model.ControllerRevision;
import garrison.model.DaemonSet;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A DaemonSet loop on a cluster, with kubelets that run what is bound; for tests. */
final class LoopHarness implements AutoCloseable {
  static final String NAMESPACE = "default";
  static final Duration PATIENCE = Duration.ofSeconds(20);
  static final DaemonSetLoop.Options QUICK =
      new DaemonSetLoop.Options(
          new Fleet.BackOffLimits(Duration.ofMillis(50), Duration.ofMillis(400)),
          250,
          500,
          Duration.ofMillis(10),
          Duration.ofMillis(5),
          Duration.ofMillis(200));

  final FaultyCluster cluster;
  private final Cluster direct;
  private @Nullable DaemonSetLoop loop;
  private @Nullable Reflector<Node> nodes;
  private @Nullable Reflector<Pod> pods;
  private @Nullable Reflector<Pod> kubelets;

  /** Which pods the kubelets bind and make ready. */
  volatile Predicate<Pod> runs = pod -> true;

  private @Nullable Informers schedulerCaches;
  private @Nullable BindingLoop scheduler;

  LoopHarness(Cluster inner) {
    this.direct = inner;
    this.cluster = new FaultyCluster(inner);
  }

  /** Starts a controller, as a new process would. */
  LoopHarness startLoop() {
    nodes = new Reflector<>(cluster, Kinds.NODE, Scope.ALL, Node::of).start();
    pods = new Reflector<>(cluster, Kinds.POD, Scope.ALL, Pod::of).start();
    loop =
        new DaemonSetLoop(
            cluster,
            nodes.cache(),
            pods.cache(),
            Clock.systemUTC(),
            new SimpleMeterRegistry(),
            QUICK);
    loop.start();
    return this;
  }

  /** Ends the controller; the cluster and its kubelets go on. */
  void stopLoop() {
    if (loop != null) {
      loop.close();
      nodes.close();
      pods.close();
      loop = null;
    }
  }

  /** Leaves the binding of pods to the real loop. */
  LoopHarness startScheduler() {
    schedulerCaches = new Informers(direct);
    scheduler =
        new BindingLoop(
            direct,
            schedulerCaches.pods(),
            schedulerCaches.nodes(),
            schedulerCaches.budgets(),
            namespace -> Map.of(),
            Clock.systemUTC());
    scheduler.start();
    schedulerCaches.start();
    return this;
  }

  /** Kubelets on all nodes: they bind where no scheduler does, run, and finish what is deleted. */
  LoopHarness startKubelets() {
    kubelets = new Reflector<>(direct, Kinds.POD, Scope.ALL, Pod::of);
    kubelets
        .cache()
        .addHandler(
            new Handler<>() {
              @Override
              public void added(Pod now) {
                Thread.ofVirtual().start(() -> kubelet(now));
              }

              @Override
              public void updated(Pod old, Pod now) {
                Thread.ofVirtual().start(() -> kubelet(now));
              }
            });
    kubelets.start();
    return this;
  }

  private void kubelet(Pod pod) {
    if (scheduler != null && pod.nodeName().isEmpty()) {
      return;
    }
    try {
      if (pod.terminating()) {
        direct.delete(Kinds.POD, pod.namespace(), pod.name(), DeleteOptions.now(pod.meta().uid()));
      } else if (!pod.terminal() && !pod.ready() && runs.test(pod)) {
        run(pod);
      }
    } catch (StatusException e) {
      if (e.code() != 404 && e.code() != 409) {
        throw e;
      }
    }
  }

  /** Binds a pod and makes it ready. */
  void run(Pod pod) {
    ObjectNode bound = direct.get(Kinds.POD, pod.namespace(), pod.name()).deepCopy();
    if (pod.nodeName().isEmpty()) {
      ((ObjectNode) bound.get("spec")).put("nodeName", pod.targetNode());
      bound = direct.update(Kinds.POD, bound).deepCopy();
    }
    setStatus(bound, "Running", true);
  }

  /** Sets phase and readiness, whatever the pod's version. */
  void setStatus(ObjectNode pod, String phase, boolean ready) {
    ObjectNode changed = pod.deepCopy();
    ((ObjectNode) changed.get("metadata")).remove("resourceVersion");
    ObjectNode status = Json.object();
    status.put("phase", phase);
    ObjectNode condition = status.putArray("conditions").addObject();
    condition.put("type", "Ready").put("status", ready ? "True" : "False");
    condition.put("lastTransitionTime", Timestamps.seconds(Clock.systemUTC().instant()));
    changed.set("status", status);
    direct.update(Kinds.POD, changed, "status");
  }

  void node(String name, String... taints) {
    ObjectNode node = Json.object();
    node.putObject("metadata").put("name", name);
    node.putObject("status").putObject("allocatable").put("pods", "110").put("memory", "200M");
    direct.create(Kinds.NODE, "", node);
    taint(name, taints);
  }

  /** Gives a node these taints, {@code key=value:effect}, and no others. */
  void taint(String name, String... taints) {
    edit(
        Kinds.NODE,
        "",
        name,
        document -> {
          ObjectNode spec =
              document.get("spec") instanceof ObjectNode present
                  ? present
                  : document.putObject("spec");
          ArrayNode list = spec.putArray("taints");
          for (String taint : taints) {
            String[] parts = taint.split("[=:]", -1);
            ObjectNode added = list.addObject().put("key", parts[0]);
            if (!parts[1].isEmpty()) {
              added.put("value", parts[1]);
            }
            added.put("effect", parts[2]);
          }
        });
  }

  void nodes(int count) {
    for (int i = 0; i < count; i++) {
      node("n" + i);
    }
  }

  /** Changes an object, as kubectl edit would. */
  void edit(
      garrison.model.kind.Kind kind, String namespace, String name, Consumer<ObjectNode> change) {
    while (true) {
      ObjectNode document = direct.get(kind, namespace, name).deepCopy();
      change.accept(document);
      try {
        direct.update(kind, document);
        return;
      } catch (StatusException e) {
        if (e.code() != 409) {
          throw e;
        }
      }
    }
  }

  void editDaemonSet(Consumer<ObjectNode> change) {
    edit(Kinds.DAEMON_SET, NAMESPACE, "test", change);
  }

  /** A DaemonSet "test" with one container. */
  static ObjectNode daemonSet(String strategy) {
    return (ObjectNode)
        Json.parse(
            """
            {'apiVersion':'apps/v1','kind':'DaemonSet','metadata':{'name':'test','namespace':'default'},
             'spec':{'selector':{'matchLabels':{'name':'test'}},'revisionHistoryLimit':2,
               'updateStrategy':%s,
               'template':{'metadata':{'labels':{'name':'test'}},
                 'spec':{'terminationGracePeriodSeconds':30,'schedulerName':'default-scheduler',
                   'containers':[{'name':'foo','image':'bar:1'}]}}}}
            """
                .formatted(strategy)
                .replace('\'', '"'));
  }

  static final String ROLLING =
      "{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':1,'maxSurge':0}}";

  DaemonSet create(ObjectNode daemonSet) {
    return DaemonSet.of(direct.create(Kinds.DAEMON_SET, NAMESPACE, daemonSet));
  }

  static Consumer<ObjectNode> image(String image) {
    return document ->
        ((ObjectNode) document.at("/spec/template/spec/containers/0")).put("image", image);
  }

  DaemonSet daemonSet() {
    return DaemonSet.of(direct.get(Kinds.DAEMON_SET, NAMESPACE, "test"));
  }

  List<Pod> pods() {
    return direct.list(Kinds.POD, NAMESPACE, ListOptions.ALL).items().stream()
        .map(Pod::of)
        .toList();
  }

  /**
   * Waits until the controller has seen that nobody owns the pods: each kind has a watch of its
   * own, so a DaemonSet created before could be seen first.
   */
  void awaitOrphansSeen() {
    await()
        .atMost(PATIENCE)
        .until(() -> pods.cache().all().stream().allMatch(pod -> pod.meta().controller() == null));
  }

  List<ControllerRevision> revisions() {
    return direct.list(Kinds.CONTROLLER_REVISION, NAMESPACE, ListOptions.ALL).items().stream()
        .map(ControllerRevision::of)
        .sorted(Comparator.comparing(ControllerRevision::revision))
        .toList();
  }

  List<ObjectNode> events(String reason) {
    return direct.list(Kinds.EVENT, NAMESPACE, ListOptions.ALL).items().stream()
        .filter(event -> event.path("reason").asString("").equals(reason))
        .toList();
  }

  /** The status's counters: desired, current, ready, updated, available, misscheduled. */
  List<Integer> counters() {
    var status = daemonSet().document().path("status");
    return List.of(
        status.path("desiredNumberScheduled").asInt(0),
        status.path("currentNumberScheduled").asInt(0),
        status.path("numberReady").asInt(0),
        status.path("updatedNumberScheduled").asInt(0),
        status.path("numberAvailable").asInt(0),
        status.path("numberMisscheduled").asInt(0));
  }

  /** Waits until all n pods are up to date and available and the status says so. */
  void awaitRolledOut(int n) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                counters().equals(List.of(n, n, n, n, n, 0))
                    && daemonSet().observedGeneration() == daemonSet().meta().generation()
                    && pods().size() == n);
  }

  @Override
  public void close() {
    stopLoop();
    if (kubelets != null) {
      kubelets.close();
    }
    if (scheduler != null) {
      scheduler.close();
      schedulerCaches.close();
    }
  }
}
