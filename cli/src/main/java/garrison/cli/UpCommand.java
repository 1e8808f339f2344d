package garrison.cli;

import garrison.agent.hollow.HollowFleet;
import garrison.apiserver.auth.User;
import garrison.cli.apply.Apply;
import garrison.cli.apply.NoSuchKindException;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code garrison up}: everything in one process. */
@Command(
    name = "up",
    description = "Starts server, controllers and a local agent in one process.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class UpCommand implements Callable<Integer> {
  @Option(
      names = "-f",
      paramLabel = "FILE",
      description =
          "Apply these manifests once ready, and show node by node how their DaemonSets come up.")
  private List<Path> files = List.of();

  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "1",
      description = "N local agents, named node-1 and so on when there are several.")
  private int nodes = 1;

  @Option(
      names = "--hollow",
      paramLabel = "N",
      defaultValue = "0",
      description = "N simulated nodes, named hollow-0000 and so on.")
  private int hollow;

  @Option(names = "--no-agent", description = "No local agent.")
  private boolean noAgent;

  @Mixin private NodeOptions node = new NodeOptions();

  @Override
  public Integer call() throws InterruptedException {
    if (nodes < 1 || hollow < 0) {
      throw new CommandFailure("--nodes must be at least 1, --hollow at least 0");
    }
    List<ObjectNode> manifests = Manifests.read(files);
    Deque<AutoCloseable> running = new ConcurrentLinkedDeque<>();
    CountDownLatch stopped = ShutDown.onSignal(running);
    StandaloneServer standalone = server.start();
    running.push(standalone);
    if (!noAgent) {
      running.push(LocalAgents::sayThatDaemonsGoOn);
      LocalAgents.start(standalone, server.data(), nodes, node).forEach(running::push);
    }
    if (hollow > 0) {
      running.push(
          HollowFleet.start(
              node -> standalone.api().cluster(User.node(node)),
              "hollow",
              hollow,
              Clock.systemUTC()));
    }
    server.announce(standalone);
    if (!manifests.isEmpty()) {
      List<ObjectNode> daemonSets = apply(standalone, manifests);
      if (!daemonSets.isEmpty()) {
        running.push(RolloutView.start(standalone.admin(), daemonSets));
      }
    }
    stopped.await();
    return 0;
  }

  /** Applies in the order of the files; what one object is refused for does not stop the others. */
  private static List<ObjectNode> apply(StandaloneServer standalone, List<ObjectNode> manifests) {
    Apply apply = new Apply(standalone.admin());
    List<ObjectNode> daemonSets = new ArrayList<>();
    for (ObjectNode manifest : manifests) {
      String name = manifest.path("metadata").path("name").asString("");
      try {
        Kind kind = Apply.kindOf(manifest);
        Apply.Outcome outcome = apply.apply(manifest);
        System.out.println(kind.singular() + group(kind) + "/" + name + " " + outcome.word());
        if (kind.equals(Kinds.DAEMON_SET)) {
          daemonSets.add(manifest);
        }
      } catch (StatusException e) {
        System.err.println("garrison: " + e.message());
      } catch (NoSuchKindException e) {
        System.err.println("garrison: \"" + name + "\": " + e.getMessage());
      }
    }
    return daemonSets;
  }

  private static String group(Kind kind) {
    return kind.group().isEmpty() ? "" : "." + kind.group();
  }
}
