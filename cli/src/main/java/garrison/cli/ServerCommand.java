package garrison.cli;

import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code garrison server}: API server and controllers, no agent. */
@Command(
    name = "server",
    description = "Starts API server and controllers; agents join with a token.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ServerCommand implements Callable<Integer> {
  @Mixin private ServerOptions server = new ServerOptions();

  @Override
  public Integer call() throws InterruptedException {
    Deque<AutoCloseable> running = new ConcurrentLinkedDeque<>();
    CountDownLatch stopped = ShutDown.onSignal(running);
    StandaloneServer standalone = server.start();
    running.push(standalone);
    server.announce(standalone);
    stopped.await();
    return 0;
  }
}
