package garrison.agent.probe;

import garrison.agent.probe.Check.Exec;
import garrison.agent.probe.Check.Grpc;
import garrison.agent.probe.Check.HttpGet;
import garrison.agent.probe.Check.Impossible;
import garrison.agent.probe.Check.Tcp;
import garrison.agent.runtime.ExecResult;
import garrison.agent.runtime.RuntimeFailure;
import garrison.client.queue.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks containers. Never blocks its caller, and always answers, whatever the container does: a
 * little after the timeout at the latest, with no more kept of an answer than 10 KiB. Thread-safe.
 *
 * <p>Everything on the network shares one event loop, which is made with the first such check; a
 * command has a virtual thread while it runs.
 */
public final class Checks implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Checks.class);

  /** For a runtime that does not keep the time of a command itself. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Timer timer;
  private @Nullable Network network; // guarded by this
  private boolean closed; // guarded by this

  /** With the time by which commands are given up. */
  public Checks(Timer timer) {
    this.timer = timer;
  }

  /** Asks; the future never fails. */
  public CompletableFuture<Answer> ask(Check check, Target target, Duration timeout) {
    try {
      return switch (check) {
        case Exec exec -> exec(exec, target, timeout);
        case HttpGet get ->
            HttpCall.start(network(), get, target.address(), HttpCall.PROBE, timeout)
                .handle((reply, failed) -> HttpCall.answer(reply, failed));
        case Tcp tcp -> TcpCheck.ask(network(), tcp, target.address(), timeout);
        case Grpc grpc -> GrpcCheck.ask(network(), grpc, target.address(), timeout);
        case Impossible(String why) -> CompletableFuture.completedFuture(Answer.error(why));
      };
    } catch (RuntimeException e) { // such as a header that cannot be sent
      log.debug("check {} cannot be made", check, e);
      return CompletableFuture.completedFuture(Answer.error(String.valueOf(e.getMessage())));
    }
  }

  /** What hooks call with, too. */
  public synchronized Network network() {
    if (closed) {
      throw new IllegalStateException("the agent ends");
    }
    if (network == null) {
      network = new Network();
    }
    return network;
  }

  private CompletableFuture<Answer> exec(Exec exec, Target target, Duration timeout) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    String late =
        "command timed out: \""
            + String.join(" ", exec.command())
            + "\" timed out after "
            + GoTime.text(timeout);
    Thread thread =
        Thread.ofVirtual()
            .name("probe " + target.container())
            .start(
                () -> {
                  try {
                    ExecResult result =
                        target.runtime().exec(target.container(), exec.command(), timeout);
                    answer.complete(
                        result.timedOut()
                            ? Answer.failure(late)
                            : result.exitCode() == 0
                                ? Answer.success(result.output())
                                : Answer.failure(result.output()));
                  } catch (RuntimeFailure e) {
                    answer.complete(Answer.error(e.message()));
                  } catch (InterruptedException e) {
                    answer.complete(Answer.failure(late));
                  } catch (RuntimeException | Error e) {
                    answer.complete(Answer.error(e.toString()));
                    throw e;
                  }
                });
    timer.after(
        timeout.plus(PATIENCE),
        () -> {
          if (answer.complete(Answer.failure(late))) {
            thread.interrupt();
          }
        });
    return answer;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (network != null) {
      network.close();
    }
  }
}
