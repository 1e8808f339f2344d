package garrison.cli.plan;

import garrison.cli.apply.Apply;
import garrison.cli.apply.NoSuchKindException;
import garrison.cli.explain.ClusterReader;
import garrison.client.http.HttpCluster;
import garrison.daemonset.DaemonPod;
import garrison.daemonset.PodTemplate;
import garrison.daemonset.Revision;
import garrison.daemonset.RevisionHistory;
import garrison.daemonset.plan.Forecast;
import garrison.daemonset.plan.PodTimes;
import garrison.daemonset.plan.Simulation;
import garrison.model.DaemonSet;
import garrison.model.FieldError;
import garrison.model.IntOrPercent;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds out what applying objects would do, in their order. Every write is a dry run: the server
 * says what it would make of it, and nothing is stored. Blocking; one use each.
 */
public final class Planner {
  private final HttpCluster cluster;
  private final HttpCluster dry;
  private final ClusterReader reader;
  private final Clock clock;
  private final List<String> warnings = new ArrayList<>();
  private final Set<String> comingNamespaces = new HashSet<>();
  private @Nullable List<Node> nodes;

  /** Plans for this server. */
  public Planner(HttpCluster cluster, Clock clock) {
    this.cluster = cluster;
    this.dry = cluster.dryRun(warnings::add);
    this.reader = new ClusterReader(cluster, clock);
    this.clock = clock;
  }

  /** What could not be read, in sentences. */
  public List<String> notes() {
    return reader.notes();
  }

  /** Plans one object; those before it count as applied. */
  public Planned plan(ObjectNode manifest) {
    String name = manifest.path("metadata").path("name").asString("");
    Kind kind;
    try {
      kind = Apply.kindOf(manifest);
    } catch (NoSuchKindException e) {
      return new Planned(
          manifest.path("kind").asString("") + "/" + name,
          "",
          "",
          null,
          List.of(),
          List.of("not looked at: " + e.getMessage()),
          null);
    }
    String object =
        kind.singular() + (kind.group().isEmpty() ? "" : "." + kind.group()) + "/" + name;
    String namespace =
        kind.namespaced()
            ? manifest.path("metadata").path("namespace").asString(cluster.namespace())
            : "";
    warnings.clear();
    List<String> notes = new ArrayList<>();
    Apply.Applied applied;
    try {
      applied = apply(kind, namespace, manifest, notes);
    } catch (StatusException e) {
      return new Planned(
          object, namespace, "", e.message(), List.copyOf(warnings), List.of(), null);
    }
    List<String> warned = List.copyOf(warnings);
    if (kind.equals(Kinds.NAMESPACE) && applied.before() == null) {
      comingNamespaces.add(name);
    }
    Planned.Rollout rollout =
        kind.equals(Kinds.DAEMON_SET)
            ? rollout(applied, comingNamespaces.contains(namespace))
            : null;
    return new Planned(
        object, namespace, applied.outcome().word(), null, warned, List.copyOf(notes), rollout);
  }

  private Apply.Applied apply(
      Kind kind, String namespace, ObjectNode manifest, List<String> notes) {
    ObjectNode wanted = manifest.deepCopy();
    if (kind.namespaced()) {
      wanted.withObject("metadata").put("namespace", namespace);
    }
    if (comingNamespaces.contains(namespace)) {
      notes.add("its namespace is still to come, so only Garrison has checked it, not the server");
      return new Apply.Applied(Apply.Outcome.CREATED, null, checkedHere(kind, wanted));
    }
    return new Apply(dry).applied(wanted);
  }

  /** What a server would make of an object, as far as it is known here. */
  private static ObjectNode checkedHere(Kind kind, ObjectNode wanted) {
    kind.rules().applyDefaults(wanted);
    kind.rules().prepareCreate(wanted);
    List<FieldError> errors = kind.rules().validateCreate(wanted);
    if (!errors.isEmpty()) {
      throw StatusException.invalid(
          kind, wanted.path("metadata").path("name").asString(""), errors);
    }
    return wanted;
  }

  private Planned.Rollout rollout(Apply.Applied applied, boolean newNamespace) {
    DaemonSet after = DaemonSet.of(applied.after());
    DaemonSet before = applied.before() == null ? null : DaemonSet.of(applied.before());
    List<Node> all = allNodes();
    List<Pod> pods = before == null ? List.of() : reader.pods(before);
    List<Revision> revisions = before == null ? List.of() : reader.revisions(before);
    List<DaemonPod> observed = pods.stream().map(DaemonPod::of).toList();
    RevisionHistory history = RevisionHistory.of(after, revisions);
    PodTimes times = PodTimes.of(pods, after);
    Simulation.Pace fast = new Simulation.Pace(times.start(), Duration.ZERO);
    Simulation.Pace slow = new Simulation.Pace(times.start(), times.longestEnd());
    Instant now = clock.instant();
    Forecast unhindered =
        Simulation.run(before, after, history, all, observed, fast, Set.of(), now);
    List<String> served = unhindered.served();
    Refusal refusal =
        served.isEmpty() || newNamespace
            ? Refusal.NONE
            : refusal(after, history, served.getFirst(), unhindered);
    Map<String, String> misfits = misfits(after, history, all, pods, served);
    // Once more, now that it is known where no pod will become ready: the others wait for those.
    Set<String> barred = new HashSet<>(misfits.keySet());
    barred.addAll(refusal.nodes());
    Forecast forecast = Simulation.run(before, after, history, all, observed, fast, barred, now);
    Forecast slowest = Simulation.run(before, after, history, all, observed, slow, barred, now);
    boolean template = before == null || !before.template().equals(after.template());
    return new Planned.Rollout(
        template,
        after.onDelete(),
        limit(after),
        forecast,
        slowest.end(),
        times,
        refusal.message(),
        misfits);
  }

  private List<Node> allNodes() {
    List<Node> known = nodes;
    if (known == null) {
      known = reader.nodes();
      nodes = known;
    }
    return known;
  }

  private static String limit(DaemonSet daemonSet) {
    if (daemonSet.onDelete()) {
      return "OnDelete";
    }
    return surges(daemonSet)
        ? "maxSurge " + text(daemonSet.maxSurge())
        : "maxUnavailable " + text(daemonSet.maxUnavailable());
  }

  private static String text(@Nullable IntOrPercent share) {
    return share == null ? "?" : share.value() + (share.percent() ? "%" : "");
  }

  /** Why the server refuses pods, and on which nodes that counts. */
  private record Refusal(@Nullable String message, Collection<String> nodes) {
    static final Refusal NONE = new Refusal(null, List.of());
  }

  /** The server is asked about one pod: quota and admission do not look at the node. */
  private Refusal refusal(
      DaemonSet after, RevisionHistory history, String node, Forecast unhindered) {
    ObjectNode pod = PodTemplate.of(after, history.currentHash(after)).podFor(node);
    try {
      dry.create(Kinds.POD, after.namespace(), pod);
      return Refusal.NONE;
    } catch (StatusException e) {
      if (ClusterReader.lacksRight(e)) {
        return Refusal.NONE;
      }
      if (e.message().contains("exceeded quota") && !surges(after)) {
        // A pod that is replaced in place gives back what its successor takes.
        List<String> more = new ArrayList<>(unhindered.gained());
        more.addAll(unhindered.completed());
        return more.isEmpty() ? Refusal.NONE : new Refusal(e.message(), more);
      }
      return new Refusal(e.message(), unhindered.served());
    }
  }

  private static boolean surges(DaemonSet daemonSet) {
    IntOrPercent surge = daemonSet.maxSurge();
    return surge != null && !surge.isZero();
  }

  /** Nodes on which a new pod finds no room, beside all that is there but its predecessor. */
  private Map<String, String> misfits(
      DaemonSet after,
      RevisionHistory history,
      List<Node> all,
      List<Pod> own,
      List<String> served) {
    Set<String> names = new HashSet<>(served);
    Set<String> predecessors =
        surges(after)
            ? Set.of()
            : own.stream().map(pod -> pod.meta().uid()).collect(Collectors.toSet());
    PodTemplate template = PodTemplate.of(after, history.currentHash(after));
    List<Node> concerned = all.stream().filter(node -> names.contains(node.name())).toList();
    return reader.misfits(concerned, node -> Pod.of(template.podFor(node)), predecessors);
  }
}
