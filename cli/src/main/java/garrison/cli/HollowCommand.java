package garrison.cli;

import garrison.agent.hollow.HollowFleet;
import garrison.client.http.HttpCluster;
import garrison.client.http.Join;
import garrison.client.http.JoinToken;
import java.time.Clock;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code garrison hollow}: simulated nodes in a process of their own. */
@Command(
    name = "hollow",
    description = "Joins N simulated nodes, over HTTPS like real agents.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class HollowCommand implements Callable<Integer> {
  @Mixin private JoinOptions join = new JoinOptions();

  @Option(
      names = "--nodes",
      paramLabel = "N",
      required = true,
      description = "How many; named after --prefix and a number.")
  private int nodes;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      defaultValue = "hollow",
      description = "What their names begin with (${DEFAULT-VALUE}).")
  private String prefix = "hollow";

  @Override
  public Integer call() throws InterruptedException {
    if (nodes < 1) {
      throw new CommandFailure("--nodes must be at least 1");
    }
    JoinToken token = join.token();
    Deque<AutoCloseable> running = new ConcurrentLinkedDeque<>();
    CountDownLatch stopped = ShutDown.onSignal(running);
    String ca = Join.trust(join.server(), token);
    HttpCluster cluster = Join.connect(join.server(), ca);
    running.push(cluster);
    running.push(
        HollowFleet.start(
            node -> cluster.withToken(Join.bearer(cluster, token, node)),
            prefix,
            nodes,
            Clock.systemUTC()));
    System.out.println("ready " + nodes + " hollow nodes");
    System.out.flush();
    stopped.await();
    return 0;
  }
}
