package garrison.bench.engine;

import garrison.daemonset.Action;
import garrison.daemonset.NodeTable;
import garrison.model.Node;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the decisions cost by the size of the fleet. One event must cost the same in each; a first
 * decision and a roll-out grow with the number of nodes, and no faster.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    // Room for what pods' records take between two collections, so that these are not measured.
    jvmArgsAppend = {"-Xms3g", "-Xmn2g"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineBench {
  private static final long SEED = 42;

  /** Nodes, and the order in which things happen to them: by chance. */
  private abstract static class Nodes {
    List<Node> nodes = List.of();
    NodeTable table = new NodeTable();
    private int[] order = {};
    private int turn;

    void make(int count) {
      nodes = Daemons.nodes(count);
      table = ServedFleet.tableOf(nodes);
      List<Integer> shuffled = new ArrayList<>(IntStream.range(0, count).boxed().toList());
      Collections.shuffle(shuffled, new Random(SEED));
      order = shuffled.stream().mapToInt(i -> i).toArray();
    }

    int next() {
      turn = turn + 1 == order.length ? 0 : turn + 1;
      return order[turn];
    }
  }

  /** One DaemonSet. */
  @State(Scope.Benchmark)
  public static class One extends Nodes {
    /** Size of the fleet. */
    @Param({"1000", "10000", "100000"})
    public int size;

    private ServedFleet fleet = new ServedFleet(new NodeTable());

    /** Makes the nodes, and a fleet of them that is served. */
    @Setup
    public void setUp() {
      make(size);
      fleet = new ServedFleet(table);
    }
  }

  /** Many DaemonSets on the same nodes. */
  @State(Scope.Benchmark)
  public static class Many extends Nodes {
    /** Size of the fleet. */
    @Param({"1000", "10000", "100000"})
    public int size;

    private final List<ServedFleet> fleets = new ArrayList<>();
    private final BitSet tainted = new BitSet();

    /** Makes the nodes, and fleets of them that are served. */
    @Setup
    public void setUp() {
      make(size);
      for (int i = 0; i < Daemons.MANY; i++) {
        fleets.add(new ServedFleet(table));
      }
    }
  }

  /** One DaemonSet, by the reference, where that can be waited for. */
  @State(Scope.Benchmark)
  public static class Reference {
    /** Size of the fleet; its name keeps it apart from the sizes that can be asked for. */
    @Param({"1000", "3000", "10000"})
    public int few;

    private ServedReference fleet = new ServedReference(List.of());

    /** Makes the nodes, and a fleet of them that is served. */
    @Setup
    public void setUp() {
      fleet = new ServedReference(Daemons.nodes(few));
    }
  }

  /** Twenty new DaemonSets: from the nodes to one create for each of them and each node. */
  @Benchmark
  public int firstDecisionOfTwenty(One state) {
    int actions = 0;
    for (int i = 0; i < Daemons.MANY; i++) {
      List<Action> first = ServedFleet.firstDecision(state.table);
      actions += first.size();
    }
    return actions;
  }

  /** One event of a pod, of any node: ready or not any more, and what is to be done about it. */
  @Benchmark
  public int podEvent(One state) {
    return state.fleet.podEvent(state.next());
  }

  /** The same with the reading of the pod, from the tree that the parser made. */
  @Benchmark
  public int podEventWithReading(One state) {
    return state.fleet.podDocument(state.next());
  }

  /** One event of a node: tainted, or not any more; the time is that for each DaemonSet. */
  @Benchmark
  @OperationsPerInvocation(Daemons.MANY)
  public int nodeEvent(Many state) {
    int i = state.next();
    state.tainted.flip(i);
    // One of three sets of labels, as most of a node's labels are said of many.
    Node now = Daemons.node(i, state.nodes.get(i % 3).labels(), state.tainted.get(i));
    int actions = state.table.put(now) ? 0 : 1;
    for (ServedFleet fleet : state.fleets) {
      actions += fleet.nodeEvent(now);
    }
    return actions;
  }

  /** A whole roll-out at 10 %, every call answered at once. */
  @Benchmark
  public int rollOut(One state) {
    return state.fleet.rollOut();
  }

  /** The same by the reference. */
  @Benchmark
  public int rollOutByReference(Reference state) {
    return state.fleet.rollOut();
  }
}
