package garrison.conformance;

import static org.awaitility.Awaitility.await;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.client.cache.Cache;
import garrison.client.cache.Handler;
import garrison.client.cache.Reflector;
import garrison.client.cache.Scope;
import garrison.daemonset.Revision;
import garrison.model.DaemonSet;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One of the two clusters that are compared, and the kubelets of its nodes: a bound pod runs at
 * once and is ready unless its node is sick or its template poisoned; a deleted one is gone at
 * once. Many scripts share it, each with a namespace and nodes of its own.
 */
final class Side implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration MACHINE_DIES_BEFORE_ITS_PODS_GO = Duration.ofMillis(300);

  /** The built-in controller's recorder drops what is beyond 25. */
  private static final int DROPPED_FROM = 20;

  private final String name;
  private final Cluster cluster;
  private final Reflector<Pod> pods;
  private final Reflector<DaemonSet> daemonSets;
  private final Reflector<Revision> revisions;
  private final ExecutorService kubelets = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<String> sick = ConcurrentHashMap.newKeySet();
  private final Map<String, Long> changed = new ConcurrentHashMap<>();
  private final Map<String, Integer> touched = new ConcurrentHashMap<>();

  /** Pods by uid, with the namespace, then the DaemonSet's name. */
  private final Map<String, String> made = new ConcurrentHashMap<>();

  private final Map<String, String> deleted = new ConcurrentHashMap<>();

  Side(String name, Cluster cluster) {
    this.name = name;
    this.cluster = cluster;
    this.pods = new Reflector<>(cluster, Kinds.POD, Scope.ALL, Pod::of);
    this.daemonSets = new Reflector<>(cluster, Kinds.DAEMON_SET, Scope.ALL, DaemonSet::of);
    this.revisions = new Reflector<>(cluster, Kinds.CONTROLLER_REVISION, Scope.ALL, Revision::of);
    pods.cache().addHandler(new Kubelet());
    daemonSets.cache().addHandler(changes(now -> now.meta().namespace()));
    revisions.cache().addHandler(changes(now -> now.meta().namespace()));
    pods.start();
    daemonSets.start();
    revisions.start();
  }

  String name() {
    return name;
  }

  Cluster cluster() {
    return cluster;
  }

  Cache<Pod> pods() {
    return pods.cache();
  }

  Cache<DaemonSet> daemonSets() {
    return daemonSets.cache();
  }

  Cache<Revision> revisions() {
    return revisions.cache();
  }

  /** How many pods the DaemonSet ever had; how many of them were ever deleted. */
  int made(String namespace, String daemonSet) {
    return count(made, namespace, daemonSet);
  }

  int deleted(String namespace, String daemonSet) {
    return count(deleted, namespace, daemonSet);
  }

  private static int count(Map<String, String> uids, String namespace, String daemonSet) {
    return (int)
        uids.values().stream().filter(owner -> owner.equals(namespace + "/" + daemonSet)).count();
  }

  /** For how long nothing in the namespace has changed. */
  Duration still(String namespace) {
    return Duration.ofNanos(System.nanoTime() - changed.getOrDefault(namespace, 0L));
  }

  private void changed(String namespace) {
    changed.put(namespace, System.nanoTime());
  }

  private <T> Handler<T> changes(Function<T, String> namespace) {
    return new Handler<>() {
      @Override
      public void added(T now) {
        changed(namespace.apply(now));
      }

      @Override
      public void updated(T old, T now) {
        changed(namespace.apply(now));
      }

      @Override
      public void deleted(T last) {
        changed(namespace.apply(last));
      }
    };
  }

  // The nodes.

  private final class Kubelet implements Handler<Pod> {
    @Override
    public void added(Pod now) {
      if (now.meta().controller() != null) {
        made.put(now.meta().uid(), now.namespace() + "/" + now.labels().getOrDefault("app", ""));
      }
      updated(now, now);
    }

    @Override
    public void updated(Pod old, Pod now) {
      changed(now.namespace());
      if (now.terminating()) {
        count(now);
      }
      if (!now.nodeName().isEmpty()) {
        kubelets.execute(() -> run(now));
      }
    }

    @Override
    public void deleted(Pod last) {
      changed(last.namespace());
      count(last);
    }

    private void count(Pod pod) {
      String owner = made.get(pod.meta().uid());
      if (owner != null) {
        deleted.put(pod.meta().uid(), owner);
      }
    }
  }

  private void run(Pod pod) {
    boolean over = pod.phase().equals("Failed") || pod.phase().equals("Succeeded");
    if (pod.terminating()) {
      gone(pod);
    } else if (!over) {
      boolean ready =
          !sick.contains(pod.nodeName()) && !"true".equals(pod.labels().get("poisoned"));
      if (!pod.phase().equals("Running") || pod.ready() != ready) {
        ifThere(() -> report(pod, "Running", ready));
      }
    }
  }

  private void gone(Pod pod) {
    ifThere(
        () ->
            cluster.delete(
                Kinds.POD, pod.namespace(), pod.name(), DeleteOptions.now(pod.meta().uid())));
  }

  private void report(Pod pod, String phase, boolean ready) {
    ObjectNode patch = Json.object();
    patch.putObject("metadata").put("uid", pod.meta().uid());
    ObjectNode status = patch.putObject("status").put("phase", phase);
    status
        .putArray("conditions")
        .addObject()
        .put("type", "Ready")
        .put("status", ready ? "True" : "False")
        .put("lastTransitionTime", Timestamps.seconds(Instant.now()));
    cluster.patch(Kinds.POD, pod.namespace(), pod.name(), PatchType.STRATEGIC, patch, "status");
  }

  // The events.

  /** Makes the namespace of a script. */
  void open(String namespace) {
    ObjectNode document = named(Kinds.NAMESPACE, namespace);
    cluster.create(Kinds.NAMESPACE, "", document);
    await()
        .atMost(PATIENCE)
        .until(() -> cluster.find(Kinds.SERVICE_ACCOUNT, namespace, "default") != null);
  }

  /** Removes all that a script made; its namespace goes by itself. */
  void leave(String namespace) {
    cluster.delete(Kinds.NAMESPACE, "", namespace, DeleteOptions.DEFAULT);
    for (ObjectNode node :
        cluster.list(Kinds.NODE, "", ListOptions.labels("script=" + namespace)).items()) {
      gone(Kinds.NODE, "", node.path("metadata").path("name").asString());
    }
  }

  /** Lets an event happen. Whatever the controller must have seen of it, it has seen afterwards. */
  void apply(String namespace, Step step) {
    changed(namespace);
    switch (step) {
      case Step.AddNode(String node, boolean ssd) -> addNode(namespace, node, ssd);
      case Step.RemoveNode(String node) -> removeNode(namespace, node);
      case Step.LabelNode(String node, boolean ssd) ->
          patchNode(namespace, node, labels(namespace, ssd));
      case Step.TaintNode(String node, String effect) -> taint(namespace, node, effect);
      case Step.Sicken(String node, boolean now) -> sicken(namespace, node, now);
      case Step.Apply(String daemonSet, Wanted wanted) -> applied(namespace, daemonSet, wanted);
      case Step.Delete(String daemonSet) -> {
        gone(Kinds.DAEMON_SET, namespace, daemonSet);
        await().atMost(PATIENCE).until(() -> podsOf(namespace, daemonSet).isEmpty());
      }
      case Step.Orphan(String daemonSet, Wanted again) -> orphan(namespace, daemonSet, again);
      case Step.DeletePod(String daemonSet, String node) ->
          podsOn(namespace, daemonSet, node).forEach(pod -> gone(Kinds.POD, namespace, pod.name()));
      case Step.EndPod(String daemonSet, String node, String phase) ->
          podsOn(namespace, daemonSet, node).forEach(pod -> report(pod, phase, false));
      case Step.ReleasePod(String daemonSet, String node) ->
          podsOn(namespace, daemonSet, node).forEach(pod -> release(namespace, pod));
      case Step.Loosely(Step inner) -> apply(namespace, inner);
      case Step.Burst(List<Step> steps) -> steps.forEach(each -> apply(namespace, each));
    }
    changed(namespace);
  }

  private static String full(String namespace, String node) {
    return namespace + "-" + node;
  }

  private static ObjectNode named(Kind kind, String name) {
    ObjectNode document = Json.object();
    document.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    document.putObject("metadata").put("name", name);
    return document;
  }

  private static ObjectNode labels(String namespace, boolean ssd) {
    ObjectNode patch = Json.object();
    ObjectNode labels = patch.putObject("metadata").putObject("labels").put("script", namespace);
    if (ssd) {
      labels.put("disk", "ssd");
    } else {
      labels.putNull("disk");
    }
    return patch;
  }

  private void addNode(String namespace, String node, boolean ssd) {
    ObjectNode document = named(Kinds.NODE, full(namespace, node));
    ObjectNode labels = ((ObjectNode) document.get("metadata")).putObject("labels");
    labels.put("script", namespace).put("kubernetes.io/hostname", full(namespace, node));
    if (ssd) {
      labels.put("disk", "ssd");
    }
    ObjectNode status = document.putObject("status");
    for (String size : List.of("capacity", "allocatable")) {
      status.putObject(size).put("cpu", "4").put("memory", "8Gi").put("pods", "110");
    }
    status.putArray("conditions").addObject().put("type", "Ready").put("status", "True");
    cluster.create(Kinds.NODE, "", document);
  }

  private void removeNode(String namespace, String node) {
    gone(Kinds.NODE, "", full(namespace, node));
    // As with a real machine, whose pods are collected later than its Node goes.
    await().pollDelay(MACHINE_DIES_BEFORE_ITS_PODS_GO).until(() -> true);
    podsIn(namespace).stream()
        .filter(pod -> pod.nodeName().equals(full(namespace, node)))
        .forEach(this::gone);
    touch(namespace);
  }

  private void taint(String namespace, String node, String effect) {
    ObjectNode patch = Json.object();
    ArrayNode taints = patch.putObject("spec").putArray("taints");
    if (!effect.isEmpty()) {
      taints.addObject().put("key", "script").put("effect", effect);
    }
    patchNode(namespace, node, patch);
    touch(namespace);
  }

  private void patchNode(String namespace, String node, ObjectNode patch) {
    cluster.patch(Kinds.NODE, "", full(namespace, node), PatchType.MERGE, patch, "");
  }

  /**
   * Something changes at every DaemonSet: a node that goes or is tainted is no reason for the
   * built-in controller to look again (spec: daemonset 8.2), and for ours it is.
   */
  private void touch(String namespace) {
    ObjectNode patch = Json.object();
    patch
        .putObject("metadata")
        .putObject("annotations")
        .put("touched", touched.merge(namespace, 1, Integer::sum).toString());
    for (DaemonSet daemonSet : daemonSetsIn(namespace)) {
      cluster.patch(Kinds.DAEMON_SET, namespace, daemonSet.name(), PatchType.MERGE, patch, "");
    }
  }

  /**
   * Something changes at a pod of every DaemonSet with minReadySeconds, which makes its controller
   * look again.
   */
  void nudge(String namespace) {
    ObjectNode patch = Json.object();
    patch
        .putObject("metadata")
        .putObject("annotations")
        .put("nudged", Long.toString(System.nanoTime()));
    for (DaemonSet daemonSet : daemonSetsIn(namespace)) {
      if (daemonSet.minReadySeconds() > 0) {
        podsOf(namespace, daemonSet.name()).stream()
            .findFirst()
            .ifPresent(
                pod ->
                    ifThere(
                        () ->
                            cluster.patch(
                                Kinds.POD, namespace, pod.name(), PatchType.MERGE, patch, "")));
      }
    }
  }

  private static void ifThere(Runnable call) {
    try {
      call.run();
    } catch (StatusException e) {
      if (e.reason() != StatusReason.NOT_FOUND && e.reason() != StatusReason.CONFLICT) {
        throw e;
      }
    }
  }

  private void sicken(String namespace, String node, boolean now) {
    String full = full(namespace, node);
    if (now) {
      sick.add(full);
    } else {
      sick.remove(full);
    }
    for (Pod pod : podsIn(namespace)) {
      if (pod.nodeName().equals(full)) {
        run(pod);
      }
    }
  }

  private void applied(String namespace, String daemonSet, Wanted wanted) {
    ObjectNode document = wanted.manifest(namespace, daemonSet, touched.getOrDefault(namespace, 0));
    if (cluster.find(Kinds.DAEMON_SET, namespace, daemonSet) == null) {
      cluster.create(Kinds.DAEMON_SET, namespace, document);
    } else {
      cluster.update(Kinds.DAEMON_SET, document);
    }
    awaitObserved(namespace, daemonSet);
  }

  /** So that each template gets its revision, however quickly the next one comes. */
  private void awaitObserved(String namespace, String daemonSet) {
    await(name + " observes " + namespace + "/" + daemonSet)
        .atMost(PATIENCE)
        .until(
            () -> {
              DaemonSet now = DaemonSet.of(cluster.get(Kinds.DAEMON_SET, namespace, daemonSet));
              return now.observedGeneration() >= now.meta().generation();
            });
  }

  private void orphan(String namespace, String daemonSet, Wanted again) {
    cluster.delete(
        Kinds.DAEMON_SET,
        namespace,
        daemonSet,
        new DeleteOptions(DeleteOptions.DEFAULT_GRACE, "Orphan", "", ""));
    await()
        .atMost(PATIENCE)
        .until(() -> cluster.find(Kinds.DAEMON_SET, namespace, daemonSet) == null);
    applied(namespace, daemonSet, again);
  }

  private void release(String namespace, Pod pod) {
    ObjectNode patch = Json.object();
    patch.putObject("metadata").putObject("labels").put("app", "released");
    cluster.patch(Kinds.POD, namespace, pod.name(), PatchType.MERGE, patch, "");
    await(name + " releases " + pod.name())
        .atMost(PATIENCE)
        .until(
            () -> {
              ObjectNode now = cluster.find(Kinds.POD, namespace, pod.name());
              return now == null || now.path("metadata").path("ownerReferences").isEmpty();
            });
    gone(Kinds.POD, namespace, pod.name());
  }

  private void gone(Kind kind, String namespace, String object) {
    ifThere(() -> cluster.delete(kind, namespace, object, DeleteOptions.DEFAULT));
  }

  // What there is.

  List<Pod> podsIn(String namespace) {
    List<Pod> found = new ArrayList<>();
    pods.cache()
        .forEach(
            pod -> {
              if (pod.namespace().equals(namespace)) {
                found.add(pod);
              }
            });
    return found;
  }

  private List<Pod> podsOf(String namespace, String daemonSet) {
    return podsIn(namespace).stream()
        .filter(pod -> daemonSet.equals(pod.labels().get("app")))
        .toList();
  }

  private List<Pod> podsOn(String namespace, String daemonSet, String node) {
    return podsOf(namespace, daemonSet).stream()
        .filter(pod -> pod.nodeName().equals(full(namespace, node)))
        .toList();
  }

  List<DaemonSet> daemonSetsIn(String namespace) {
    return daemonSets.cache().all().stream()
        .filter(daemonSet -> daemonSet.namespace().equals(namespace))
        .toList();
  }

  List<Revision> revisionsIn(String namespace) {
    return revisions.cache().all().stream()
        .filter(revision -> revision.meta().namespace().equals(namespace))
        .toList();
  }

  /**
   * The reasons of the events about a DaemonSet; empty where so many came that some are dropped.
   */
  Set<String> reasons(String namespace, String daemonSet) {
    Set<String> reasons = new TreeSet<>();
    int count = 0;
    for (JsonNode event :
        cluster
            .list(Kinds.EVENT, namespace, ListOptions.fields("involvedObject.name=" + daemonSet))
            .items()) {
      if (event.path("source").path("component").asString("").equals("daemonset-controller")) {
        reasons.add(event.path("type").asString("") + " " + event.path("reason").asString(""));
        count += event.path("count").asInt(1);
      }
    }
    return count < DROPPED_FROM ? reasons : Set.of();
  }

  @Override
  public void close() {
    pods.close();
    daemonSets.close();
    revisions.close();
    kubelets.shutdownNow();
  }
}
