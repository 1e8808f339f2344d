package garrison.cli.explain;

import garrison.client.ListOptions;
import garrison.client.UnreachableException;
import garrison.client.http.HttpCluster;
import garrison.daemonset.PodTemplate;
import garrison.daemonset.Revision;
import garrison.daemonset.explain.Event;
import garrison.daemonset.explain.LeaderLease;
import garrison.daemonset.explain.Observed;
import garrison.daemonset.explain.Obstacle;
import garrison.model.DaemonSet;
import garrison.model.Meta;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.Resources;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what explains one DaemonSet, and no more: itself, its revisions, its pods, all nodes, the
 * events about it and about its pods that are not well, the pods beside those that wait for room.
 * What the server does not let us read is left out, and told. Blocking.
 */
public final class ClusterReader {
  /** More pods than that are not looked up one by one. */
  private static final int ONE_BY_ONE = 20;

  /** Of so many pods the last words are read. */
  private static final int MOST_LOGS = 5;

  private static final Set<String> LEADERS =
      Set.of("kube-controller-manager", "garrison-daemonset-controller");

  private final HttpCluster cluster;
  private final Clock clock;
  private final List<String> notes = new ArrayList<>();

  /** Reads from this server. */
  public ClusterReader(HttpCluster cluster, Clock clock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  /** What could not be read, in sentences. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** One look at a DaemonSet that is there. */
  public Observed read(DaemonSet daemonSet, Duration watched) {
    String namespace = daemonSet.namespace();
    List<Node> nodes = nodes();
    List<Pod> pods = pods(daemonSet);
    List<Event> events =
        permitted(
            Kinds.EVENT,
            namespace,
            ListOptions.fields("involvedObject.uid=" + daemonSet.meta().uid()),
            Event::of);
    List<Pod> ill = pods.stream().filter(pod -> !pod.ready() && !pod.nodeName().isEmpty()).toList();
    return new Observed(
        daemonSet,
        revisions(daemonSet),
        nodes,
        pods,
        events,
        podEvents(namespace, ill),
        obstacles(nodes, pods),
        lastWords(ill),
        leases(),
        clock.instant(),
        refusedNow(daemonSet, nodes, events),
        watched);
  }

  /**
   * Events tell what was refused at some time; the server says what it would refuse now. Asked only
   * where there was a refusal; null where we may not ask.
   */
  private @Nullable String refusedNow(DaemonSet daemonSet, List<Node> nodes, List<Event> events) {
    if (nodes.isEmpty()
        || events.stream().noneMatch(event -> event.reason().equals("FailedCreate"))) {
      return null;
    }
    try {
      cluster
          .dryRun(warning -> {}) // a warning is no refusal
          .create(
              Kinds.POD,
              daemonSet.namespace(),
              PodTemplate.of(daemonSet, "").podFor(nodes.getFirst().name()));
      return "";
    } catch (StatusException e) {
      return lacksRight(e) ? null : e.message();
    }
  }

  /** Whether it is we who may not create pods, which says nothing about the pods. */
  public static boolean lacksRight(StatusException refusal) {
    return refusal.reason() == StatusReason.FORBIDDEN
        && refusal.message().contains("cannot create resource");
  }

  /** All nodes. */
  public List<Node> nodes() {
    return Pages.all(cluster, Kinds.NODE, "", ListOptions.ALL, Node::of);
  }

  /** The pods that a DaemonSet owns. */
  public List<Pod> pods(DaemonSet daemonSet) {
    return Pages.all(
        cluster,
        Kinds.POD,
        daemonSet.namespace(),
        ListOptions.labels(daemonSet.selector().toString()),
        document -> owned(daemonSet, Pod.of(document), Pod::meta));
  }

  /** The revisions that a DaemonSet owns. */
  public List<Revision> revisions(DaemonSet daemonSet) {
    return permitted(
        Kinds.CONTROLLER_REVISION,
        daemonSet.namespace(),
        ListOptions.labels(daemonSet.selector().toString()),
        document -> owned(daemonSet, Revision.of(document), Revision::meta));
  }

  /**
   * Nodes on which a pod would find no room, with the reason.
   *
   * @param pod the pod for a node of that name
   * @param without uids of pods that will be gone by then
   */
  public Map<String, String> misfits(
      List<Node> nodes, Function<String, Pod> pod, Set<String> without) {
    Map<String, String> misfits = new TreeMap<>();
    if (nodes.isEmpty()) {
      return misfits;
    }
    Pod any = pod.apply(nodes.getFirst().name());
    boolean readsOthers = !any.requests().equals(Resources.NONE) || !any.hostPorts().isEmpty();
    Map<String, List<Pod>> there =
        readsOthers ? podsOf(nodes.stream().map(Node::name).collect(Collectors.toSet())) : Map.of();
    for (Node node : nodes) {
      List<Pod> others =
          there.getOrDefault(node.name(), List.of()).stream()
              .filter(other -> !without.contains(other.meta().uid()))
              .toList();
      List<Obstacle> obstacles = Room.of(pod.apply(node.name()), node, others);
      if (!obstacles.isEmpty()) {
        misfits.put(
            node.name(),
            obstacles.stream().map(Obstacle::sentence).collect(Collectors.joining("; ")));
      }
    }
    return misfits;
  }

  private static <T> @Nullable T owned(DaemonSet daemonSet, T object, Function<T, Meta> meta) {
    var controller = meta.apply(object).controller();
    return controller != null && controller.uid().equals(daemonSet.meta().uid()) ? object : null;
  }

  private Map<String, List<Event>> podEvents(String namespace, List<Pod> ill) {
    Map<String, List<Event>> events = new HashMap<>();
    if (ill.size() <= ONE_BY_ONE) {
      for (Pod pod : ill) {
        String uid = pod.meta().uid();
        events.put(
            uid,
            permitted(
                Kinds.EVENT,
                namespace,
                ListOptions.fields("involvedObject.uid=" + uid),
                Event::of));
      }
      return events;
    }
    Set<String> uids = ill.stream().map(pod -> pod.meta().uid()).collect(Collectors.toSet());
    permitted(
            Kinds.EVENT,
            namespace,
            ListOptions.fields("involvedObject.kind=Pod"),
            document -> {
              Event event = Event.of(document);
              return uids.contains(event.uid()) ? event : null;
            })
        .forEach(event -> events.computeIfAbsent(event.uid(), uid -> new ArrayList<>()).add(event));
    return events;
  }

  /** For each pod that the scheduler has found no place for: what is on its node. */
  private Map<String, List<Obstacle>> obstacles(List<Node> nodes, List<Pod> pods) {
    Map<String, Node> byName = new HashMap<>();
    nodes.forEach(node -> byName.put(node.name(), node));
    Map<String, Pod> waiting = new HashMap<>();
    for (Pod pod : pods) {
      String target = pod.targetNode();
      if (pod.nodeName().isEmpty() && target != null && byName.containsKey(target)) {
        waiting.put(target, pod);
      }
    }
    Map<String, List<Obstacle>> obstacles = new HashMap<>();
    Map<String, List<Pod>> there = podsOf(waiting.keySet());
    waiting.forEach(
        (name, pod) -> {
          Node node = byName.get(name);
          List<Pod> others = there.get(name);
          if (node != null && others != null) {
            obstacles.put(pod.meta().uid(), Room.of(pod, node, others));
          }
        });
    return obstacles;
  }

  private Map<String, List<Pod>> podsOf(Set<String> names) {
    Map<String, List<Pod>> there = new HashMap<>();
    if (names.size() <= ONE_BY_ONE) {
      for (String name : names) {
        List<Pod> pods = pods("spec.nodeName=" + name, pod -> pod);
        if (pods != null) {
          there.put(name, pods);
        }
      }
      return there;
    }
    Set<String> wanted = new HashSet<>(names);
    List<Pod> all = pods("spec.nodeName!=", pod -> wanted.contains(pod.nodeName()) ? pod : null);
    if (all != null) {
      names.forEach(name -> there.put(name, new ArrayList<>()));
      all.forEach(pod -> there.getOrDefault(pod.nodeName(), new ArrayList<>()).add(pod));
    }
    return there;
  }

  /** Pods of all namespaces; null where we may not read them. */
  private @Nullable List<Pod> pods(String fields, Function<Pod, @Nullable Pod> pick) {
    try {
      return Pages.all(
          cluster,
          Kinds.POD,
          "",
          ListOptions.fields(fields),
          document -> pick.apply(Pod.of(document)));
    } catch (StatusException e) {
      forbidden(Kinds.POD, "all namespaces", e);
      return null;
    }
  }

  /** What containers that keep ending printed last; without it the answer is still true. */
  private Map<String, String> lastWords(List<Pod> ill) {
    Map<String, String> words = new HashMap<>();
    int read = 0;
    for (Pod pod : ill) {
      for (JsonNode status : pod.status().path("containerStatuses")) {
        String container = status.path("name").asString("");
        boolean ended =
            status.path("lastState").path("terminated").path("exitCode").asInt(0) != 0
                || status.path("state").path("terminated").path("exitCode").asInt(0) != 0;
        if (ended && read < MOST_LOGS) {
          read++;
          String last = lastLine(pod, container, status);
          if (!last.isBlank()) {
            words.put(Observed.words(pod, container), last);
          }
        }
      }
    }
    return words;
  }

  private String lastLine(Pod pod, String container, JsonNode status) {
    boolean previous = !status.path("state").path("terminated").isObject();
    String path =
        "/api/v1/namespaces/"
            + pod.namespace()
            + "/pods/"
            + pod.name()
            + "/log?tailLines=1&limitBytes=500&container="
            + container
            + (previous ? "&previous=true" : "");
    try {
      return new String(cluster.raw(path), StandardCharsets.UTF_8);
    } catch (StatusException | UnreachableException e) {
      return ""; // the log is gone, or its node does not answer
    }
  }

  private List<LeaderLease> leases() {
    return permitted(
        Kinds.LEASE,
        "kube-system",
        ListOptions.ALL,
        document -> {
          LeaderLease lease = LeaderLease.of(document);
          return LEADERS.contains(lease.name()) ? lease : null;
        });
  }

  private <T> List<T> permitted(
      Kind kind, String namespace, ListOptions options, Function<ObjectNode, @Nullable T> read) {
    try {
      return Pages.all(cluster, kind, namespace, options, read);
    } catch (StatusException e) {
      forbidden(kind, "namespace " + namespace, e);
      return List.of();
    }
  }

  /** Less is known then, and that has to be said; any other refusal ends it. */
  private void forbidden(Kind kind, String where, StatusException refusal) {
    if (refusal.reason() != StatusReason.FORBIDDEN && refusal.reason() != StatusReason.NOT_FOUND) {
      throw refusal;
    }
    String note =
        kind.plural()
            + " in "
            + where
            + " cannot be read, so causes may be missing: "
            + refusal.message();
    if (!notes.contains(note)) {
      notes.add(note);
    }
  }
}
