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
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The incremental fleet against the {@link ReferenceFleet}, and what must hold at every step. */
class FleetProperties {
  private static final int NODES = 6;

  /** What can happen to a fleet. */
  sealed interface Step {
    /** A node comes or changes: no taint, NoSchedule, NoExecute, or not-ready. */
    record PutNode(int node, int look) implements Step {}

    record DropNode(int node) implements Step {}

    /** Some pod changes: binding, phase, readiness, deletion, removal, hash. */
    record ChangePod(int pick, int how) implements Step {}

    /** A pod appears that nobody here created. */
    record ForeignPod(int node, int how) implements Step {}

    /** The template changes to one of three. */
    record Template(int which) implements Step {}

    record Strategy(int which) implements Step {}

    record MinReady(int seconds) implements Step {}

    record Observed() implements Step {}

    record Pass(int seconds) implements Step {}

    /** Take actions, within limits or without, and carry some out. */
    record Act(boolean limited, int outcomes) implements Step {}

    /** An action under way ends. */
    record End(int pick, int outcome) implements Step {}

    /** The controller crashes: what was under way either happened or not. */
    record Crash(int outcomes) implements Step {}
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> node = Arbitraries.integers().between(0, NODES - 1);
    Arbitrary<Integer> small = Arbitraries.integers().between(0, 11);
    Arbitrary<Integer> any = Arbitraries.integers().between(0, 1 << 16);
    Arbitrary<Step> step =
        Arbitraries.frequencyOf(
            Tuple.of(6, Combinators.combine(node, small).as(Step.PutNode::new)),
            Tuple.of(1, node.map(Step.DropNode::new)),
            Tuple.of(12, Combinators.combine(any, small).as(Step.ChangePod::new)),
            Tuple.of(1, Combinators.combine(node, small).as(Step.ForeignPod::new)),
            Tuple.of(1, small.map(which -> new Step.Template(which % 3))),
            Tuple.of(2, small.map(Step.Strategy::new)),
            Tuple.of(1, small.map(seconds -> new Step.MinReady(seconds % 3 * 5))),
            Tuple.of(1, Arbitraries.just(new Step.Observed())),
            Tuple.of(3, small.map(Step.Pass::new)),
            Tuple.of(
                12, Combinators.combine(Arbitraries.of(true, false, false), any).as(Step.Act::new)),
            Tuple.of(12, Combinators.combine(any, small).as(Step.End::new)),
            Tuple.of(1, any.map(Step.Crash::new)));
    return step.list().ofMinSize(1).ofMaxSize(120);
  }

  @Property(tries = 3000)
  void decidesAsTheReferenceDoesAfterEveryEvent(@ForAll("steps") List<Step> steps) {
    Simulation simulation = new Simulation();
    for (Step step : steps) {
      simulation.apply(step);
      simulation.check();
    }
    simulation.settle();
  }

  /** The cluster as it is, a fleet that is told of it, and the reference. */
  private static final class Simulation {
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Map<String, DaemonPod> pods = new TreeMap<>();
    private final List<Action> underWay = new ArrayList<>();
    private final Set<String> creating = new HashSet<>();
    private final Set<String> doomed = new HashSet<>();
    private NodeTable table = new NodeTable();
    private Fleet fleet;
    private ReferenceFleet reference = new ReferenceFleet();
    private Instant now = Instant.ofEpochSecond(10_000);
    private int made;
    private int template;
    private int strategy = 1;
    private int minReady;
    private long generation = 1;
    private long templateGeneration = 1;
    private long observed;
    private DaemonSet daemonSet;
    private String hash;

    Simulation() {
      fleet = new Fleet(table, Fleet.BackOffLimits.UPSTREAM);
      fleet.advance(now);
      tellDaemonSet();
    }

    private void tellDaemonSet() {
      String[] shares = {"1", "2", "'40%'", "'100%'", "3"};
      String rolling =
          switch (strategy % 12) {
            case 0 -> "{'type':'OnDelete'}";
            case 1, 2, 3, 4 -> share(shares[strategy % 12 - 1], "0");
            case 5, 6, 7, 8 -> share("0", shares[strategy % 12 - 5]);
            case 9 -> share("'0%'", "'1%'");
            default -> share("1", "0");
          };
      daemonSet =
          Fixtures.daemonSet(
              document -> {
                ObjectNode spec = (ObjectNode) document.get("spec");
                spec.set("updateStrategy", Fixtures.json(rolling));
                spec.put("minReadySeconds", minReady);
                if (template == 2) {
                  ((ObjectNode) document.at("/spec/template/spec"))
                      .setAll(
                          Fixtures.json(
                              "{'tolerations':[{'key':'k','operator':'Exists','effect':'NoSchedule'}]}"));
                }
                ((ObjectNode) document.at("/metadata/annotations"))
                    .put(DaemonSet.GENERATION_ANNOTATION, Long.toString(templateGeneration));
                ((ObjectNode) document.get("metadata")).put("generation", generation);
                ((ObjectNode) document.get("status")).put("observedGeneration", observed);
              });
      hash = "hash" + template;
      fleet.daemonSetChanged(daemonSet, hash);
    }

    private static String share(String maxUnavailable, String maxSurge) {
      return "{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':%s,'maxSurge':%s}}"
          .formatted(maxUnavailable, maxSurge);
    }

    void apply(Step step) {
      switch (step) {
        case Step.PutNode(int node, int look) -> putNode("n" + node, look);
        case Step.DropNode(int node) -> {
          if (nodes.remove("n" + node) != null) {
            table.remove("n" + node);
            fleet.nodeGone("n" + node);
          }
        }
        case Step.ChangePod(int pick, int how) -> {
          if (!pods.isEmpty()) {
            changePod(List.copyOf(pods.values()).get(pick % pods.size()), how);
          }
        }
        case Step.ForeignPod(int node, int how) ->
            tell(newPod("n" + node, how % 2 == 0 ? hash : "hash" + how % 3, how % 4 > 0));
        case Step.Template(int which) -> {
          if (which != template) {
            template = which;
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
          minReady = seconds;
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

    private void advance(Duration time) {
      now = now.plus(time);
      fleet.advance(now);
    }

    private void putNode(String name, int look) {
      Node node =
          switch (look % 6) {
            case 3 -> Fixtures.tainted(name, "NoSchedule");
            case 4 -> Fixtures.tainted(name, "NoExecute");
            default -> Fixtures.node(name);
          };
      nodes.put(name, node);
      table.put(node);
      fleet.nodeChanged(node);
    }

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

    private void tell(DaemonPod pod) {
      pods.put(pod.uid(), pod);
      fleet.podChanged(pod);
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

    private void gone(DaemonPod pod) {
      pods.remove(pod.uid());
      doomed.remove(pod.uid());
      fleet.podGone(pod.uid());
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
          bound,
          phase,
          deleting,
          ready,
          ready == pod.ready() ? pod.readySince() : now.getEpochSecond(),
          pod.created(),
          pod.hash(),
          pod.generation());
    }

    private ReferenceFleet.World world() {
      return new ReferenceFleet.World(daemonSet, hash, nodes, pods, creating, doomed, now);
    }

    void check() {
      assertThat(fleet.status()).isEqualTo(ReferenceFleet.status(world()));
    }

    private void act(boolean limited) {
      int limit = limited ? 1 : 1000;
      List<Action> actions = fleet.next(limit, limit);
      int serving = serving();
      Set<String> creates = new HashSet<>();
      Set<String> deletes = new HashSet<>();
      for (Action action : actions) {
        assertThat(action.why().sentence()).isNotBlank();
        switch (action) {
          case Action.CreatePod create -> assertThat(creates.add(create.node())).isTrue();
          case Action.DeletePod delete -> assertThat(deletes.add(delete.pod().uid())).isTrue();
        }
      }
      if (limited) {
        // The reference knows no limits; it is only told what happened.
        actions.stream()
            .filter(action -> action.why() instanceof Why.PodFailed)
            .forEach(action -> referenceAdvance(action.node()));
      } else {
        compare(creates, deletes);
      }
      creating.addAll(creates);
      doomed.addAll(deletes);
      underWay.addAll(actions);
      checkInvariants(actions, serving);
      check();
    }

    private void referenceAdvance(String node) {
      reference.deletedFailed(node, world());
    }

    private void compare(Set<String> creates, Set<String> deletes) {
      ReferenceFleet.World before = world();
      ReferenceFleet.Orders orders = reference.manage(before);
      assertThat(creates).as("creates that nodes need").containsAll(orders.creates());
      assertThat(deletes).as("deletions that nodes need").containsAll(orders.deletes());
      Set<String> creatingThen = new HashSet<>(creating);
      creatingThen.addAll(orders.creates());
      Set<String> doomedThen = new HashSet<>(doomed);
      doomedThen.addAll(orders.deletes());
      ReferenceFleet.Turn turn =
          ReferenceFleet.rollingUpdate(
              new ReferenceFleet.World(
                  daemonSet, hash, nodes, pods, creatingThen, doomedThen, now));
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

    private void checkInvariants(List<Action> actions, int servingBefore) {
      boolean surge =
          !daemonSet.onDelete()
              && daemonSet.maxSurge() != null
              && daemonSet.maxSurge().scaledUp(1) > 0;
      for (Action action : actions) {
        if (action instanceof Action.CreatePod && !surge) {
          assertThat(pods.values())
              .as("no second pod on %s without surge", action.node())
              .noneMatch(
                  pod -> pod.node().equals(action.node()) && !(pod.terminal() && pod.deleting()));
        }
      }
      long turns =
          actions.stream().filter(action -> action.why() instanceof Why.OldRevision).count();
      if (turns > 0) {
        int desired = fleet.desired();
        int allowed =
            Math.max(
                1, java.util.Objects.requireNonNull(daemonSet.maxUnavailable()).scaledUp(desired));
        int unavailable = desired - serving();
        assertThat(unavailable)
            .as("unavailable after our own turn, of %s that served before", servingBefore)
            .isLessThanOrEqualTo(allowed);
      }
    }

    private void end(int pick, int outcome) {
      if (underWay.isEmpty()) {
        return;
      }
      Action action = underWay.remove(pick % underWay.size());
      boolean done = outcome % 4 != 0;
      switch (action) {
        case Action.CreatePod create -> {
          creating.remove(create.node());
          if (!done) {
            fleet.createFailed(create.node());
            return;
          }
          DaemonPod pod = newPod(create.node(), hash, false);
          if (outcome % 4 == 1) {
            fleet.podChanged(pod); // the observation comes before the answer
          }
          pods.put(pod.uid(), pod);
          fleet.created(create.node(), pod);
        }
        case Action.DeletePod delete -> {
          DaemonPod pod = pods.get(delete.pod().uid());
          if (pod == null) {
            return;
          }
          if (!done) {
            if (doomed.remove(pod.uid())) {
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
      table = new NodeTable();
      fleet = new Fleet(table, Fleet.BackOffLimits.UPSTREAM);
      reference = new ReferenceFleet();
      fleet.advance(now);
      pods.values().stream().limit(2).forEach(fleet::podChanged);
      nodes.values().forEach(table::put);
      fleet.daemonSetChanged(daemonSet, hash);
      pods.values().forEach(fleet::podChanged);
    }

    /** From any state, quiet events lead to the wanted state in a bounded number of passes. */
    void settle() {
      if (strategy % 12 == 0) {
        strategy = 1;
      }
      minReady = 0;
      tellDaemonSet();
      for (int i = 0; i < NODES; i++) {
        putNode("n" + i, 0);
      }
      int passes = 0;
      while (!settled()) {
        assertThat(passes++).as("passes until all is as wanted").isLessThan(100);
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
      Map<String, Integer> perNode = new HashMap<>();
      pods.values().forEach(pod -> perNode.merge(pod.node(), 1, Integer::sum));
      assertThat(perNode.values()).allMatch(count -> count == 1);
    }

    private boolean settled() {
      FleetStatus status = fleet.status();
      return status.equals(new FleetStatus(NODES, NODES, 0, NODES, NODES, NODES))
          && pods.size() == NODES;
    }
  }
}
