package garrison.agent.pod;

import garrison.agent.hook.HookFailure;
import garrison.agent.hook.Hooks;
import garrison.agent.probe.Target;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.RuntimeFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * One container on its way out (spec: node-agent 3.8): its preStop hook, then those that have to go
 * before it, then its own end, all within one grace. A hook that hangs is dropped when the grace is
 * over. Closing it lets go; what the runtime was told goes on. Thread-safe.
 */
final class ContainerStop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ContainerStop.class);

  /** The runtime never gives less. */
  private static final Duration LEAST = Duration.ofSeconds(2);

  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Hooks hooks;
  private final Told told;
  private final ContainerView view;
  private final Container container;
  private final Target target;
  private final Deadline deadline;
  private final CompletableFuture<Boolean> over = new CompletableFuture<>();
  private final Thread thread;
  private volatile boolean asked;

  /**
   * Begins.
   *
   * @param message of the event
   * @param first have to be over before it is told to end, as far as the grace goes
   */
  ContainerStop(
      Hooks hooks,
      Told told,
      ContainerView view,
      Container container,
      Target target,
      String message,
      Deadline deadline,
      List<ContainerStop> first) {
    this.hooks = hooks;
    this.told = told;
    this.view = view;
    this.container = container;
    this.target = target;
    this.deadline = deadline;
    this.thread =
        Thread.ofVirtual()
            .name("stop " + container.name())
            .start(
                () -> {
                  try {
                    run(message, first);
                  } finally {
                    over.complete(true);
                  }
                });
  }

  private void run(String message, List<ContainerStop> first) {
    try {
      told.normal(view, "Killing", message);
      preStop();
      for (ContainerStop other : first) {
        deadline.await(other.over);
      }
      asked = true;
      stop();
    } catch (InterruptedException e) {
      log.debug("container {} is left to what it was told", container.id());
    }
  }

  /** A runtime that is away for a moment costs the container nothing of its grace. */
  private void stop() throws InterruptedException {
    while (true) {
      try {
        target.runtime().stopContainer(container.id(), deadline.left(LEAST));
        return;
      } catch (RuntimeFailure e) {
        told.warningOnce("FailedKillPod", "error killing pod: " + e.message());
      }
      Duration left = deadline.left(Duration.ZERO);
      if (left.isZero()) {
        return; // who asked for it will see that it runs
      }
      Thread.sleep(left.compareTo(RETRY) < 0 ? left : RETRY);
    }
  }

  private void preStop() throws InterruptedException {
    JsonNode hook = view.spec().path("lifecycle").path("preStop");
    if (hook.isEmpty()) {
      return;
    }
    CompletableFuture<Boolean> succeeded = new CompletableFuture<>();
    Thread running =
        Thread.ofVirtual()
            .name("preStop " + container.name())
            .start(() -> succeeded.complete(hook(hook)));
    try {
      if (!deadline.await(succeeded)) {
        log.info("preStop of container {} does not end within its grace", container.id());
      }
    } finally {
      running.interrupt();
    }
    if (!succeeded.getNow(false)) {
      told.warning(view, "FailedPreStopHook", "PreStopHook failed");
    }
  }

  private boolean hook(JsonNode hook) {
    try {
      hooks.run(
          hook,
          view.spec(),
          target,
          message -> told.warning(view, "LifecycleHTTPFallback", message));
      return true;
    } catch (HookFailure e) {
      log.info("preStop of container {}: {}", container.id(), e.getMessage());
    } catch (InterruptedException e) {
      log.debug("preStop of container {} is given up", container.id());
    } catch (RuntimeException e) {
      log.warn("preStop of container {}", container.id(), e);
    }
    return false;
  }

  /** Its id. */
  String id() {
    return container.id();
  }

  /** They get only so long from now; a longer grace than what is left changes nothing. */
  void hurry(Duration grace) {
    boolean sooner = deadline.shorten(grace);
    if (sooner && asked && !done()) {
      Thread.ofVirtual().start(this::again);
    }
  }

  private void again() {
    try {
      stop();
    } catch (InterruptedException e) {
      log.debug("container {} is left to what it was told", container.id());
    }
  }

  /** Waits until all of it is over. */
  void join() throws InterruptedException {
    thread.join();
  }

  /** Whether all of it is over. */
  boolean done() {
    return over.isDone();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
