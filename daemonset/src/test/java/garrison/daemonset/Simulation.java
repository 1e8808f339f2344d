package garrison.daemonset;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.daemonset.DaemonPod.Phase;
import garrison.model.DaemonSet;
import garrison.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The cluster as it is, a fleet that is told of it, the {@link ReferenceFleet}, and a second fleet
 * on the same table of nodes, so that each has to do with numbers that the other one held.
 */
final class Simulation {
  private static final int BUSY = 1000;

  private final Map<String, Node> nodes = new TreeMap<>();
  private final Map<String, DaemonPod> pods = new TreeMap<>();
  private final List<Action> underWay = new ArrayList<>();
  private final Set<String> creating = new HashSet<>();
  private final Set<String> doomed = new HashSet<>();
  private final DaemonSet bystanders = Fixtures.daemonSet();
  private NodeTable table = new NodeTable();
  private Fleet fleet;
  private Fleet bystander;
  private ReferenceFleet reference = new ReferenceFleet();
  private Instant now = Instant.ofEpochSecond(10_000);
  private int made;
  private int template;
  private int strategy = 1;
  private int minReady;
  private long generation = 1;
  private long templateGeneration = 1;
  private long observed;
  private long events;
  private DaemonSet daemonSet = bystanders;
  private String hash = "";

  Simulation() {
    fleet = new Fleet(table, Fleet.BackOffLimits.UPSTREAM);
    bystander = new Fleet(table, Fleet.BackOffLimits.UPSTREAM);
    bystander.daemonSetChanged(bystanders, "other");
    fleet.advance(now);
    tellDaemonSet();
  }

  /** How many events the fleet was told. */
  long events() {
    return events;
  }

  void apply(Step step) {
    switch (step) {
      case Step.PutNode(int node, int look) -> putNode("n" + node, look);
      case Step.DropNode(int node) -> dropNode("n" + node);
      case Step.ChangePod(int pick, int how) -> {
        if (!pods.isEmpty()) {
          changePod(pick(pick), how);
        }
      }
      case Step.Bind(int pick, int node) -> {
        if (!pods.isEmpty() && !pick(pick).bound() && node >= 0) {
          tell(bound(pick(pick), "n" + node));
        }
      }
      case Step.Relabel(int pick, int which, boolean generationToo) -> {
        if (!pods.isEmpty()) {
          tell(relabelled(pick(pick), which, generationToo));
        }
      }
      case Step.ForeignPod(int node, int how) ->
          tell(
              newPod(
                  node < 0 ? "" : "n" + node,
                  how % 2 == 0 ? hash : "hash" + how % Step.TEMPLATES,
                  node >= 0 && how % 4 > 0));
      case Step.Template(int which) -> {
        if (which % Step.TEMPLATES != template) {
          template = which % Step.TEMPLATES;
          generation++;
          templateGeneration++;
          tellDaemonSet();
        }
      }
      case Step.Strategy(int which) -> {
        strategy = which;
        generation++;
        tellDaemonSet();
      }
      case Step.MinReady(int seconds) -> {
        minReady = seconds % 3 * 5;
        generation++;
        tellDaemonSet();
      }
      case Step.Observed() -> {
        observed = generation;
        tellDaemonSet();
      }
      case Step.Pass(int seconds) -> advance(Duration.ofMillis(seconds * 700L));
      case Step.Act(boolean limited, int outcomes) -> {
        act(limited);
        for (int i = 0; i < 4; i++) {
          end(outcomes >> i, outcomes >> (i + 4));
        }
      }
      case Step.End(int pick, int outcome) -> end(pick, outcome);
      case Step.Crash(int outcomes) -> crash(outcomes);
    }
  }

  private DaemonPod pick(int pick) {
    return List.copyOf(pods.values()).get(pick % pods.size());
  }

  // What is told.

  private void tellDaemonSet() {
    daemonSet =
        Fixtures.daemonSet(
            document -> {
              ObjectNode spec = (ObjectNode) document.get("spec");
              spec.set("updateStrategy", Fixtures.json(strategyText()));
              spec.put("minReadySeconds", minReady);
              ((ObjectNode) document.at("/spec/template/spec")).setAll(Fixtures.json(asked()));
              ((ObjectNode) document.at("/metadata/annotations"))
                  .put(DaemonSet.GENERATION_ANNOTATION, Long.toString(templateGeneration));
              ((ObjectNode) document.get("metadata")).put("generation", generation);
              ((ObjectNode) document.get("status")).put("observedGeneration", observed);
            });
    hash = "hash" + template;
    events++;
    fleet.daemonSetChanged(daemonSet, hash);
  }

  private String strategyText() {
    String[] shares = {"1", "2", "'40%'", "'100%'", "3"};
    return switch (strategy % 12) {
      case 0 -> "{'type':'OnDelete'}";
      case 1, 2, 3, 4 -> share(shares[strategy % 12 - 1], "0");
      case 5, 6, 7, 8 -> share("0", shares[strategy % 12 - 5]);
      case 9 -> share("'0%'", "'1%'");
      case 10 -> "{'type':'RollingUpdate','rollingUpdate':{'maxSurge':0}}"; // cannot be read
      default -> share("1", "0");
    };
  }

  private static String share(String maxUnavailable, String maxSurge) {
    return "{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':%s,'maxSurge':%s}}"
        .formatted(maxUnavailable, maxSurge);
  }

  /** What the template asks of nodes; two of them ask the same. */
  private String asked() {
    return switch (template) {
      case 2 -> "{'tolerations':[{'key':'k','operator':'Exists','effect':'NoSchedule'}]}";
      case 3 -> "{'nodeSelector':{'zone':'a'}}";
      case 4 ->
          """
          {'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':
            {'nodeSelectorTerms':[
              {'matchFields':[{'key':'metadata.name','operator':'In','values':['n1']}]},
              {'matchExpressions':[{'key':'zone','operator':'In','values':['b']}]}]}}}}
          """;
      default -> "{}";
    };
  }

  private void advance(Duration time) {
    now = now.plus(time);
    events++;
    fleet.advance(now);
  }

  private void putNode(String name, int look) {
    Node node =
        switch (look % 7) {
          case 3 -> Fixtures.tainted(name, "NoSchedule");
          case 4 -> Fixtures.tainted(name, "NoExecute");
          case 5 -> Fixtures.node(name, "{'zone':'b'}", "[]");
          default -> Fixtures.node(name, "{'zone':'a'}", "[]");
        };
    nodes.put(name, node);
    table.put(node);
    events++;
    fleet.nodeChanged(node);
    bystander.nodeChanged(node);
  }

  private void dropNode(String name) {
    if (nodes.remove(name) != null) {
      table.remove(name);
      events++;
      fleet.nodeGone(name);
      bystander.nodeGone(name);
    }
  }

  private void tell(DaemonPod pod) {
    pods.put(pod.uid(), pod);
    events++;
    fleet.podChanged(pod);
  }

  private void gone(DaemonPod pod) {
    pods.remove(pod.uid());
    doomed.remove(pod.uid());
    events++;
    fleet.podGone(pod.uid());
  }

  // Pods.

  private DaemonPod newPod(String node, String podHash, boolean bound) {
    made++;
    return new DaemonPod(
        "p" + made,
        "u" + made,
        node,
        bound,
        Phase.PENDING,
        false,
        false,
        DaemonPod.UNTOLD,
        now.getEpochSecond(),
        podHash,
        podHash.equals(hash) ? Long.toString(templateGeneration) : "0");
  }

  private void changePod(DaemonPod pod, int how) {
    switch (how) {
      case 0, 1, 2 -> tell(with(pod, true, Phase.RUNNING, pod.deleting(), true));
      case 3 -> tell(with(pod, true, Phase.RUNNING, pod.deleting(), false));
      case 4 -> tell(with(pod, pod.bound(), Phase.FAILED, pod.deleting(), false));
      case 5 -> tell(with(pod, pod.bound(), Phase.SUCCEEDED, pod.deleting(), false));
      case 6, 7 -> tell(with(pod, pod.bound(), pod.phase(), true, pod.ready()));
      case 8 -> tell(with(pod, pod.bound(), Phase.UNKNOWN, pod.deleting(), pod.ready()));
      default -> {
        if (pod.deleting() || doomed.contains(pod.uid()) || how == 11) {
          gone(pod);
        }
      }
    }
  }

  private DaemonPod with(
      DaemonPod pod, boolean bound, Phase phase, boolean deleting, boolean ready) {
    if (deleting) {
      doomed.remove(pod.uid());
    }
    return new DaemonPod(
        pod.name(),
        pod.uid(),
        pod.node(),
        bound && !pod.node().isEmpty(),
        phase,
        deleting,
        ready,
        ready == pod.ready() ? pod.readySince() : now.getEpochSecond(),
        pod.created(),
        pod.hash(),
        pod.generation());
  }

  private static DaemonPod bound(DaemonPod pod, String node) {
    return new DaemonPod(
        pod.name(),
        pod.uid(),
        node,
        true,
        pod.phase(),
        pod.deleting(),
        pod.ready(),
        pod.readySince(),
        pod.created(),
        pod.hash(),
        pod.generation());
  }

  private DaemonPod relabelled(DaemonPod pod, int which, boolean generationToo) {
    return new DaemonPod(
        pod.name(),
        pod.uid(),
        pod.node(),
        pod.bound(),
        pod.phase(),
        pod.deleting(),
        pod.ready(),
        pod.readySince(),
        pod.created(),
        which == 11 ? "" : "hash" + which % Step.TEMPLATES,
        generationToo ? Long.toString(templateGeneration) : "");
  }

  // Decisions.

  private ReferenceFleet.World world() {
    return new ReferenceFleet.World(daemonSet, hash, nodes, pods, creating, doomed, now);
  }

  /** The numbers of the status are right after every event; so are those of the bystander. */
  void check() {
    assertThat(fleet.status()).isEqualTo(ReferenceFleet.status(world()));
    ReferenceFleet.World others =
        new ReferenceFleet.World(
            bystanders, "other", nodes, Map.of(), Set.of(), Set.of(), Instant.EPOCH);
    assertThat(bystander.desired()).isEqualTo(ReferenceFleet.status(others).desired());
  }

  private void act(boolean limited) {
    int limit = limited ? 1 : BUSY;
    ReferenceFleet.World before = frozen();
    int serving = serving();
    List<Action> actions = fleet.next(limit, limit);
    Set<String> creates = new HashSet<>();
    Set<String> deletes = new HashSet<>();
    for (Action action : actions) {
      switch (action) {
        case Action.CreatePod create -> assertThat(creates.add(create.node())).isTrue();
        case Action.DeletePod delete -> assertThat(deletes.add(delete.pod().uid())).isTrue();
      }
    }
    if (limited) {
      compareSome(creates, deletes, before);
      // The reference knows no limits; it is only told what happened.
      actions.stream()
          .filter(action -> action.why() instanceof Why.PodFailed)
          .forEach(action -> reference.deletedFailed(action.node(), world()));
    } else {
      compare(creates, deletes);
    }
    creating.addAll(creates);
    doomed.addAll(deletes);
    underWay.addAll(actions);
    Invariants invariants = new Invariants(before, world());
    actions.forEach(invariants::check);
    invariants.checkBudget(actions, serving, serving());
    bystander.next(1, 1);
    check();
  }

  private ReferenceFleet.World frozen() {
    return new ReferenceFleet.World(
        daemonSet,
        hash,
        Map.copyOf(nodes),
        Map.copyOf(pods),
        Set.copyOf(creating),
        Set.copyOf(doomed),
        now);
  }

  /** Within limits nothing is done that would not be done without. */
  private void compareSome(Set<String> creates, Set<String> deletes, ReferenceFleet.World before) {
    ReferenceFleet.Orders orders = reference.copy().manage(before);
    Set<String> more = new HashSet<>(creates);
    more.removeAll(orders.creates());
    Set<String> moreDeletes = new HashSet<>(deletes);
    moreDeletes.removeAll(orders.deletes());
    if (!more.isEmpty() || !moreDeletes.isEmpty()) {
      ReferenceFleet.Turn turn = turnAfter(orders);
      assertThat(more).isSubsetOf(union(turn.creates(), turn.createCandidates()));
      assertThat(moreDeletes).isSubsetOf(union(turn.deletes(), turn.deleteCandidates()));
    }
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    return all;
  }

  private ReferenceFleet.Turn turnAfter(ReferenceFleet.Orders orders) {
    return ReferenceFleet.rollingUpdate(
        new ReferenceFleet.World(
            daemonSet,
            hash,
            nodes,
            pods,
            union(creating, orders.creates()),
            union(doomed, orders.deletes()),
            now));
  }

  private void compare(Set<String> creates, Set<String> deletes) {
    ReferenceFleet.Orders orders = reference.manage(world());
    assertThat(creates).as("creates that nodes need").containsAll(orders.creates());
    assertThat(deletes).as("deletions that nodes need").containsAll(orders.deletes());
    ReferenceFleet.Turn turn = turnAfter(orders);
    Set<String> moreCreates = new HashSet<>(creates);
    moreCreates.removeAll(orders.creates());
    Set<String> moreDeletes = new HashSet<>(deletes);
    moreDeletes.removeAll(orders.deletes());
    assertThat(moreCreates).as("creates of the roll-out").containsAll(turn.creates());
    assertThat(moreDeletes).as("deletions of the roll-out").containsAll(turn.deletes());
    moreCreates.removeAll(turn.creates());
    moreDeletes.removeAll(turn.deletes());
    assertThat(turn.createCandidates()).containsAll(moreCreates);
    assertThat(moreCreates).as("creates in turn").hasSize(turn.someCreates());
    assertThat(turn.deleteCandidates()).containsAll(moreDeletes);
    assertThat(moreDeletes).as("deletions in turn").hasSize(turn.someDeletes());
  }

  /** Eligible nodes with an available pod that nobody deletes. */
  private int serving() {
    int serving = 0;
    for (Node node : nodes.values()) {
      serving += Eligibility.of(daemonSet, node).runs() && serves(node.name()) ? 1 : 0;
    }
    return serving;
  }

  private boolean serves(String node) {
    return pods.values().stream()
        .anyMatch(
            pod ->
                pod.node().equals(node)
                    && !pod.deleting()
                    && !doomed.contains(pod.uid())
                    && pod.available(minReady, now));
  }

  private void end(int pick, int outcome) {
    if (underWay.isEmpty()) {
      return;
    }
    Action action = underWay.remove(pick % underWay.size());
    boolean done = outcome % 4 != 0;
    switch (action) {
      case Action.CreatePod create -> endCreate(create, done, outcome % 4 == 1);
      case Action.DeletePod delete -> {
        DaemonPod pod = pods.get(delete.pod().uid());
        if (pod == null) {
          return;
        }
        if (!done) {
          if (doomed.remove(pod.uid())) {
            events++;
            fleet.deleteFailed(pod.uid());
          }
        } else if (outcome % 4 == 1) {
          tell(with(pod, pod.bound(), pod.phase(), true, pod.ready()));
        } else if (outcome % 4 == 2) {
          gone(pod);
        }
        // else: accepted, and not visible yet
      }
    }
  }

  private void endCreate(Action.CreatePod create, boolean done, boolean seenBefore) {
    creating.remove(create.node());
    events++;
    if (!done) {
      fleet.createFailed(create.node());
      return;
    }
    DaemonPod pod = newPod(create.node(), hash, false);
    if (seenBefore) {
      fleet.podChanged(pod); // the observation comes before the answer
    }
    pods.put(pod.uid(), pod);
    fleet.created(create.node(), pod);
  }

  /** A new controller sees what is there; what the old one began either happened or not. */
  private void crash(int outcomes) {
    for (int i = 0; !underWay.isEmpty(); i++) {
      boolean happened = (outcomes >> (i % 16) & 1) == 1;
      switch (underWay.removeLast()) {
        case Action.CreatePod create -> {
          if (happened) {
            DaemonPod pod = newPod(create.node(), hash, false);
            pods.put(pod.uid(), pod);
          }
        }
        case Action.DeletePod delete -> {
          DaemonPod pod = pods.get(delete.pod().uid());
          if (pod != null && happened) {
            pods.remove(pod.uid());
          }
        }
      }
    }
    creating.clear();
    // Accepted deletions are on record in the pods themselves.
    for (String uid : Set.copyOf(doomed)) {
      @Nullable DaemonPod pod = pods.get(uid);
      if (pod != null) {
        pods.put(uid, with(pod, pod.bound(), pod.phase(), true, pod.ready()));
      }
    }
    doomed.clear();
    if (outcomes % 3 > 0) {
      table = new NodeTable(); // a new process, not only a new watch of the DaemonSet
      bystander = new Fleet(table, Fleet.BackOffLimits.UPSTREAM);
      bystander.daemonSetChanged(bystanders, "other");
    } else {
      fleet.close();
    }
    fleet = new Fleet(table, Fleet.BackOffLimits.UPSTREAM);
    reference = new ReferenceFleet();
    fleet.advance(now);
    pods.values().stream().limit(2).forEach(fleet::podChanged);
    if (outcomes % 3 > 0) {
      for (Node node : nodes.values()) {
        table.put(node);
        bystander.nodeChanged(node);
        fleet.nodeChanged(node);
      }
    }
    fleet.daemonSetChanged(daemonSet, hash);
    pods.values().forEach(fleet::podChanged);
    events += pods.size() + nodes.size();
  }

  /** From any state, quiet events lead to the wanted state in a bounded number of passes. */
  void settle() {
    if (strategy % 12 == 0 || strategy % 12 == 10) {
      strategy = 1;
    }
    if (template == 4) {
      template = 0;
      templateGeneration++;
    }
    minReady = 0;
    tellDaemonSet();
    for (int i = 0; i < Step.NODES; i++) {
      putNode("n" + i, 0);
    }
    // Nobody here takes away what is for no node; pod GC does.
    for (DaemonPod pod : List.copyOf(pods.values())) {
      if (!nodes.containsKey(pod.node())) {
        gone(pod);
      }
    }
    int passes = 0;
    while (!settled()) {
      assertThat(passes++)
          .as("passes until all is as wanted")
          .isLessThanOrEqualTo(3 * Step.NODES + most(perNode()));
      act(false);
      while (!underWay.isEmpty()) {
        end(0, 2);
      }
      for (DaemonPod pod : List.copyOf(pods.values())) {
        if (pod.deleting() || doomed.contains(pod.uid())) {
          gone(pod);
        } else if (!pod.terminal()) {
          tell(with(pod, true, Phase.RUNNING, false, true));
        }
      }
      advance(Duration.ofMinutes(16));
      check();
    }
    assertThat(perNode().values()).allMatch(count -> count == 1);
  }

  private Map<String, Integer> perNode() {
    Map<String, Integer> perNode = new HashMap<>();
    pods.values().forEach(pod -> perNode.merge(pod.node(), 1, Integer::sum));
    return perNode;
  }

  /** Failed pods of one node go one by one, with a wait after each. */
  private static int most(Map<String, Integer> perNode) {
    return perNode.values().stream().mapToInt(count -> count).max().orElse(0);
  }

  private boolean settled() {
    int all = Step.NODES;
    return fleet.status().equals(new FleetStatus(all, all, 0, all, all, all)) && pods.size() == all;
  }
}
