package garrison.bench.engine;

import garrison.daemonset.Action;
import garrison.daemonset.NodeTable;
import garrison.model.Node;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
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
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineBench {
  /** Size of the fleet. */
  @Param({"1000", "10000", "100000"})
  public int nodes;

  private NodeTable table = new NodeTable();
  private ServedFleet fleet = new ServedFleet(List.of());
  private int turn;

  /** Makes the nodes, and a fleet of them that is served. */
  @Setup
  public void setUp() {
    List<Node> all = ServedFleet.nodes(nodes);
    table = ServedFleet.tableOf(all);
    fleet = new ServedFleet(all);
  }

  /** A new DaemonSet: from the nodes to one create for each. */
  @Benchmark
  public List<Action> firstDecision() {
    return ServedFleet.firstDecision(table);
  }

  /** Two events of one pod (not ready, ready), and what is to be done about each. */
  @Benchmark
  public int podFlickers() {
    return fleet.flicker(next());
  }

  /** One event of one node, judged anew. */
  @Benchmark
  public int nodeEvent() {
    return fleet.nodeEvent(next());
  }

  /** A whole roll-out at 10 %, every call answered at once. */
  @Benchmark
  public int rollOut() {
    return fleet.rollOut();
  }

  private int next() {
    turn = turn + 1 == nodes ? 0 : turn + 1;
    return turn;
  }
}
