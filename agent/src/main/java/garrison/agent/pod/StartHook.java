package garrison.agent.pod;

import garrison.agent.hook.HookFailure;
import garrison.agent.hook.Hooks;
import garrison.agent.probe.Target;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The postStart hook of a container that was just started (spec: node-agent 3.4). It has no time
 * limit of its own; closing it drops it.
 */
final class StartHook implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StartHook.class);

  private final Target target;
  private final Thread thread;
  private volatile boolean done;
  private volatile @Nullable String problem;

  /** Begins; {@code over} is called at its end. */
  StartHook(Hooks hooks, Told told, ContainerView view, Target target, Runnable over) {
    this.target = target;
    JsonNode hook = view.spec().path("lifecycle").path("postStart");
    this.thread =
        Thread.ofVirtual()
            .name("postStart " + view.name())
            .start(
                () -> {
                  try {
                    hooks.run(
                        hook,
                        view.spec(),
                        target,
                        message -> told.warning(view, "LifecycleHTTPFallback", message));
                  } catch (HookFailure | RuntimeException e) {
                    log.info("postStart of container {}: {}", target.container(), e.getMessage());
                    problem = String.valueOf(e.getMessage());
                  } catch (InterruptedException e) {
                    problem = "given up";
                  }
                  done = true;
                  over.run();
                });
  }

  /** Of the container. */
  String id() {
    return target.container();
  }

  /** Whether it has ended. */
  boolean done() {
    return done;
  }

  /** What went wrong; null where nothing did, or while it runs. */
  @Nullable String problem() {
    return problem;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
