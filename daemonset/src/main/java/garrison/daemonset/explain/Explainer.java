package garrison.daemonset.explain;

import garrison.daemonset.DaemonPod;
import garrison.daemonset.Eligibility;
import garrison.daemonset.Fleet;
import garrison.daemonset.NodeTable;
import garrison.daemonset.RevisionHistory;
import garrison.daemonset.Standing;
import garrison.daemonset.Verdict;
import garrison.model.DaemonSet;
import garrison.model.Node;
import garrison.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Explains a DaemonSet from what was observed: the engine's {@link Fleet} says how each node
 * stands, the causes say why. Pure; one use each.
 *
 * <p>What is promised: a node's causes are in the order in which to act on them, the true one
 * first, and each is something that was observed; where that does not tell, no cause is made up.
 */
public final class Explainer {
  private static final Duration TAKEN_UP = Duration.ofSeconds(10);

  private final Observed observed;
  private final DaemonSet daemonSet;
  private final Fleet fleet;
  private final Eligibility eligibility;
  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<String, List<Pod>> pods = new HashMap<>();

  private final ControllerCauses controller;
  private final CreationCauses creation;
  private final EligibilityCauses eligible;
  private final NodeCauses nodeCauses;
  private final SchedulingCauses scheduling;
  private final AdmissionCauses admission;
  private final ContainerCauses containers;
  private final ReadinessCauses readiness;
  private final EndingCauses ending;
  private final TurnCauses turns;

  private Explainer(Observed observed) {
    this.observed = observed;
    this.daemonSet = observed.daemonSet();
    this.eligibility = Eligibility.of(daemonSet);
    this.fleet = fleet(observed);
    observed.nodes().forEach(node -> nodes.put(node.name(), node));
    Commands commands = new Commands(daemonSet);
    this.controller = new ControllerCauses(observed);
    this.creation = new CreationCauses(observed, commands);
    this.nodeCauses = new NodeCauses(observed.now());
    this.eligible = new EligibilityCauses(commands, nodeCauses);
    this.scheduling = new SchedulingCauses(observed, commands);
    this.admission = new AdmissionCauses(commands);
    this.containers = new ContainerCauses(observed, commands);
    this.readiness = new ReadinessCauses(observed, commands);
    this.ending = new EndingCauses(observed, commands);
    this.turns = new TurnCauses(daemonSet, commands, controller);
  }

  /** Explains it. */
  public static Explanation explain(Observed observed) {
    return new Explainer(observed).explain();
  }

  /** The engine's fleet as it was observed, with the present revision known. */
  private static Fleet fleet(Observed observed) {
    DaemonSet daemonSet = observed.daemonSet();
    NodeTable table = new NodeTable();
    observed.nodes().forEach(table::put);
    Fleet fleet = new Fleet(table, Fleet.BackOffLimits.UPSTREAM);
    fleet.advance(observed.now());
    fleet.daemonSetChanged(
        daemonSet, RevisionHistory.of(daemonSet, observed.revisions()).currentHash(daemonSet));
    observed.pods().forEach(pod -> fleet.podChanged(DaemonPod.of(pod)));
    return fleet;
  }

  private Explanation explain() {
    for (Pod pod : observed.pods()) {
      String target = pod.targetNode();
      // Terminal and terminating: the engine counts it no more (spec: daemonset 4.2).
      if (target != null && !(pod.terminal() && pod.terminating())) {
        pods.computeIfAbsent(target, name -> new ArrayList<>()).add(pod);
      }
    }
    pods.values()
        .forEach(list -> list.sort(Comparator.comparing(DaemonPod::of, DaemonPod.SENIORITY)));
    Map<String, NodeFinding> findings = new TreeMap<>();
    nodes.keySet().forEach(name -> findings.put(name, finding(name)));
    pods.keySet().forEach(name -> findings.computeIfAbsent(name, this::finding));
    findTurns(findings);
    List<Cause> overall = new ArrayList<>();
    for (Cause cause :
        new @Nullable Cause[] {
          controller.deletion(), controller.selector(), controller.unobserved()
        }) {
      if (cause != null) {
        overall.add(cause);
      }
    }
    return new Explanation(
        daemonSet.namespace(), daemonSet.name(), overall, List.copyOf(findings.values()));
  }

  /** Nodes that wait for their turn wait for what the others do. */
  private void findTurns(Map<String, NodeFinding> findings) {
    List<NodeFinding> all = List.copyOf(findings.values());
    Cause turn = null;
    for (NodeFinding finding : all) {
      if (finding.state() == State.OUTDATED && finding.causes().isEmpty()) {
        turn = turn == null ? turns.of(fleet, all) : turn;
        findings.put(
            finding.node(),
            new NodeFinding(
                finding.node(), finding.state(), finding.pods(), List.of(turn), finding.notes()));
      }
    }
  }

  private NodeFinding finding(String name) {
    Node node = nodes.get(name);
    List<Pod> here = pods.getOrDefault(name, List.of());
    List<Pod> live = here.stream().filter(pod -> !pod.terminating()).toList();
    if (node == null) {
      List<Cause> causes = new ArrayList<>(List.of(ending.gone()));
      here.forEach(pod -> addNew(causes, ending.of(pod, null)));
      return found(name, State.LEFT_OVER, here, causes);
    }
    Verdict verdict = eligibility.judge(node);
    List<Cause> against = eligible.of(verdict, node);
    if (here.isEmpty()) {
      return verdict.runs()
          ? found(name, State.WAITING, here, List.of(missing()))
          : found(name, State.EXCLUDED, here, against);
    }
    if (live.isEmpty()) {
      List<Cause> causes = new ArrayList<>();
      here.forEach(pod -> addNew(causes, ending.of(pod, node)));
      addNew(causes, against);
      return found(name, State.ENDING, here, causes);
    }
    if (!verdict.keeps()) {
      return found(name, State.ENDING, here, against);
    }
    return verdict.runs()
        ? withPod(name, node, here, live)
        : stays(name, node, here, live.getFirst(), against);
  }

  private NodeFinding stays(String name, Node node, List<Pod> here, Pod pod, List<Cause> against) {
    List<Cause> causes = new ArrayList<>(against);
    if (!available(pod)) {
      addNew(causes, of(pod, node));
    }
    return found(name, State.STAYS, here, causes);
  }

  private NodeFinding withPod(String name, Node node, List<Pod> here, List<Pod> live) {
    Standing standing = fleet.standing(name);
    Pod newest = null;
    Pod old = null;
    for (Pod pod : live) {
      if (fleet.updated(DaemonPod.of(pod))) {
        newest = newest == null ? pod : newest;
      } else {
        old = old == null ? pod : old;
      }
    }
    if (newest != null && available(newest)) {
      return found(name, State.RUNS, here, List.of());
    }
    if (newest == null && old != null && standing == Standing.OLD_AVAILABLE) {
      return found(name, State.OUTDATED, here, List.of());
    }
    Pod telling = newest != null ? newest : live.getFirst();
    List<Cause> causes = of(telling, node);
    if (old != null && available(old)) {
      return found(name, State.OUTDATED, here, causes);
    }
    boolean bound = !telling.nodeName().isEmpty();
    return found(name, bound ? State.NOT_READY : State.WAITING, here, causes);
  }

  private boolean available(Pod pod) {
    return DaemonPod.of(pod).available(daemonSet.minReadySeconds(), observed.now());
  }

  private static void addNew(List<Cause> causes, List<Cause> more) {
    for (Cause cause : more) {
      if (causes.stream().noneMatch(cause::like)) {
        causes.add(cause);
      }
    }
  }

  private NodeFinding found(String name, State state, List<Pod> here, List<Cause> causes) {
    Node node = nodes.get(name);
    List<String> notes =
        node != null && node.unschedulable() && state != State.EXCLUDED
            ? List.of("the node is cordoned, which keeps no daemon pod away")
            : List.of();
    return new NodeFinding(
        name, state, here.stream().map(Pod::name).toList(), List.copyOf(causes), notes);
  }

  /** Why an eligible node has no pod at all. */
  private Cause missing() {
    Cause deletion = controller.deletion();
    if (deletion != null) {
      return deletion;
    }
    Cause selector = controller.selector();
    if (selector != null) {
      return selector;
    }
    Cause refusal = creation.refusal();
    if (refusal != null) {
      return refusal;
    }
    Cause unobserved = controller.unobserved();
    return unobserved == null ? controller.unmade() : unobserved;
  }

  /** Why a pod that nobody deletes is not available. */
  private List<Cause> of(Pod pod, Node node) {
    if (pod.terminal()) {
      return List.of(admission.of(pod));
    }
    if (pod.nodeName().isEmpty()) {
      return scheduling.of(pod);
    }
    List<Cause> causes = new ArrayList<>();
    Cause notReady = nodeCauses.ofReadiness(node);
    if (notReady != null) {
      causes.add(notReady);
      if (notReady.code().equals("node_silent")) {
        return causes; // what the pod's status says is what the node last knew
      }
    }
    List<Cause> own = containers.of(pod);
    if (own.isEmpty()) {
      boolean unknown = !pod.ready() && pod.status().path("containerStatuses").isEmpty();
      own = unknown ? notTakenUp(pod) : readiness.of(pod);
    }
    addNew(causes, own);
    return causes;
  }

  private List<Cause> notTakenUp(Pod pod) {
    Instant created = pod.meta().creationTimestamp();
    Instant now = observed.now();
    if (created == null || created.plus(TAKEN_UP).isAfter(now)) {
      return List.of(Cause.of("starting", "the pod was just given to its node"));
    }
    String summary = "the node has not taken the pod up";
    return List.of(
        Cause.of(
            "not_taken_up",
            summary,
            summary + " for " + Amounts.since(created, now),
            List.of(
                Fix.act("see that the node's agent or kubelet runs, and read its log"),
                Fix.run(
                    "when it last reported",
                    "kubectl -n kube-node-lease get lease " + Fix.NODES))));
  }
}
