package garrison.daemonset;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** What can happen to a fleet. Numbers are read modulo what there is to choose from. */
sealed interface Step {
  /** Names of nodes that can come. */
  int NODES = 7;

  /** Names that pods can be meant for: some are never a node's. */
  int NAMES = NODES + 3;

  /** How many templates there are. */
  int TEMPLATES = 5;

  /** A node comes or changes its labels or taints. */
  record PutNode(int node, int look) implements Step {}

  record DropNode(int node) implements Step {}

  /** Some pod changes: phase, readiness, deletion, removal. */
  record ChangePod(int pick, int how) implements Step {}

  /** Some pod that is not bound yet is bound, to whatever node. */
  record Bind(int pick, int node) implements Step {}

  /** Some pod gets the labels of another revision, or loses them. */
  record Relabel(int pick, int template, boolean generation) implements Step {}

  /** A pod appears that nobody here created, for a node or for none. */
  record ForeignPod(int node, int how) implements Step {}

  record Template(int which) implements Step {}

  record Strategy(int which) implements Step {}

  record MinReady(int seconds) implements Step {}

  /** The status shows the present generation. */
  record Observed() implements Step {}

  record Pass(int seconds) implements Step {}

  /** Take actions, within limits or without, and carry some out. */
  record Act(boolean limited, int outcomes) implements Step {}

  /** An action under way ends. */
  record End(int pick, int outcome) implements Step {}

  /** The controller crashes: what was under way either happened or not. */
  record Crash(int outcomes) implements Step {}

  /** Histories of a fleet. */
  static Arbitrary<List<Step>> histories() {
    Arbitrary<Integer> node = Arbitraries.integers().between(0, NODES - 1);
    Arbitrary<Integer> name = Arbitraries.integers().between(-1, NAMES - 1);
    Arbitrary<Integer> small = Arbitraries.integers().between(0, 11);
    Arbitrary<Integer> any = Arbitraries.integers().between(0, 1 << 16);
    Arbitrary<Step> step =
        Arbitraries.frequencyOf(
            Tuple.of(6, Combinators.combine(node, small).as(PutNode::new)),
            Tuple.of(2, node.map(DropNode::new)),
            Tuple.of(14, Combinators.combine(any, small).as(ChangePod::new)),
            Tuple.of(1, Combinators.combine(any, name).as(Bind::new)),
            Tuple.of(
                1, Combinators.combine(any, small, Arbitraries.of(true, false)).as(Relabel::new)),
            Tuple.of(2, Combinators.combine(name, small).as(ForeignPod::new)),
            Tuple.of(1, small.map(Template::new)),
            Tuple.of(2, small.map(Strategy::new)),
            Tuple.of(1, small.map(MinReady::new)),
            Tuple.of(1, Arbitraries.just(new Observed())),
            Tuple.of(3, small.map(Pass::new)),
            Tuple.of(13, Combinators.combine(Arbitraries.of(true, false, false), any).as(Act::new)),
            Tuple.of(12, Combinators.combine(any, small).as(End::new)),
            Tuple.of(1, any.map(Crash::new)));
    return step.list()
        .ofMinSize(1)
        .ofMaxSize(120)
        .withSizeDistribution(RandomDistribution.uniform());
  }
}
