package garrison.agent.hook;

import garrison.agent.probe.Check;
import garrison.agent.probe.Check.Exec;
import garrison.agent.probe.Check.HttpGet;
import garrison.agent.probe.Check.Impossible;
import garrison.agent.probe.Checks;
import garrison.agent.probe.HttpCall;
import garrison.agent.probe.HttpCall.Reply;
import garrison.agent.probe.Network;
import garrison.agent.probe.Target;
import garrison.agent.runtime.ExecResult;
import garrison.agent.runtime.RuntimeFailure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * Runs lifecycle hooks: commands, GETs and sleeps (spec: node-agent 3.4). Each takes as long as it
 * takes; who has less time interrupts its thread, and what was begun is dropped. Thread-safe.
 */
public final class Hooks {
  private final Checks checks;

  /** With the network of the checks. */
  public Hooks(Checks checks) {
    this.checks = checks;
  }

  /**
   * Runs one and waits for it.
   *
   * @param hook {@code postStart} or {@code preStop} of a container
   * @param container its part of the pod's spec
   * @param fallback told where a TLS hook was answered in plain HTTP, and asked again so
   */
  public void run(JsonNode hook, JsonNode container, Target target, Consumer<String> fallback)
      throws HookFailure, InterruptedException {
    if (hook.has("sleep")) {
      Thread.sleep(Duration.ofSeconds(Math.max(0, hook.path("sleep").path("seconds").asLong(0))));
      return;
    }
    switch (Check.of(hook, container, UnaryOperator.identity())) {
      case Exec exec -> exec(exec, target);
      case HttpGet get -> http(get, target, fallback);
      case Impossible(String why) -> throw new HookFailure(why);
      case Check.Tcp tcp ->
          throw new HookFailure("tcpSocket hooks do nothing; use exec, httpGet or sleep");
      case Check.Grpc grpc -> throw new HookFailure("there are no grpc hooks");
    }
  }

  private static void exec(Exec exec, Target target) throws HookFailure, InterruptedException {
    try {
      ExecResult result = target.runtime().exec(target.container(), exec.command(), Duration.ZERO);
      if (result.exitCode() != 0) {
        throw new HookFailure("exit code " + result.exitCode() + ": " + result.output().strip());
      }
    } catch (RuntimeFailure e) {
      throw new HookFailure(e.message());
    }
  }

  /** Any answer is a success, whatever its status. */
  private void http(HttpGet get, Target target, Consumer<String> fallback)
      throws HookFailure, InterruptedException {
    try {
      call(get, target);
    } catch (HttpCall.Failed e) {
      if (!e.plain()) {
        throw new HookFailure(String.valueOf(e.getMessage()));
      }
      HttpGet plain =
          new HttpGet(
              false,
              get.host(),
              get.port(),
              get.path(),
              get.headers().stream()
                  .filter(header -> !header.name().equalsIgnoreCase("authorization"))
                  .toList());
      try {
        call(plain, target);
      } catch (HttpCall.Failed again) {
        throw new HookFailure(String.valueOf(again.getMessage()));
      }
      String host = get.host().isEmpty() ? target.address() : get.host();
      fallback.accept(
          "request to HTTPS lifecycle hook "
              + Network.join(host, get.port())
              + " got HTTP response, retry with HTTP succeeded");
    }
  }

  private void call(HttpGet get, Target target) throws HttpCall.Failed, InterruptedException {
    CompletableFuture<Reply> reply =
        HttpCall.start(checks.network(), get, target.address(), HttpCall.HOOK, Duration.ZERO);
    try {
      reply.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HttpCall.Failed failed) {
        throw failed;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      reply.cancel(false);
    }
  }
}
