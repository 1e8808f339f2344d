package garrison.agent.pod;

import garrison.agent.runtime.Container;
import garrison.agent.runtime.ExecResult;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Stops the containers of one pod, all at once (spec: node-agent 3.8): told to end, given their
 * grace, then forced. preStop hooks count against the grace; sidecars wait for the main containers.
 * A shorter grace cuts what is under way. Closing it leaves the stops as the launchers know them.
 */
final class PodStop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PodStop.class);

  /** The runtime never gives less. */
  private static final Duration LEAST = Duration.ofSeconds(2);

  private final Runtime runtime;
  private final Told told;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, Stop> stops = new HashMap<>();
  private volatile long deadline;

  /** One container on its way out. */
  private final class Stop {
    private final ContainerView view;
    private final Container container;
    private final CountDownLatch main;
    private volatile boolean asked;

    Stop(ContainerView view, Container container, CountDownLatch main) {
      this.view = view;
      this.container = container;
      this.main = main;
    }

    void run() {
      try {
        told.normal(view, "Killing", "Stopping container " + view.name());
        preStop();
        if (view.sidecar()) {
          main.await(left().toMillis(), TimeUnit.MILLISECONDS);
        }
        asked = true;
        runtime.stopContainer(container.id(), left());
      } catch (InterruptedException e) {
        return; // the agent ends; the launcher knows what it was told
      } catch (RuntimeFailure e) {
        told.warning("FailedKillPod", "error killing pod: " + e.message());
      } finally {
        if (!view.sidecar()) {
          main.countDown();
        }
      }
    }

    private void preStop() throws InterruptedException {
      JsonNode hook = view.spec().path("lifecycle").path("preStop");
      if (hook.isEmpty()) {
        return;
      }
      if (hook.has("sleep")) {
        long asked = hook.path("sleep").path("seconds").asLong(0);
        Thread.sleep(Duration.ofMillis(Math.min(asked * 1000, left().toMillis())));
        return;
      }
      List<String> command = new ArrayList<>();
      hook.path("exec").path("command").forEach(word -> command.add(word.asString("")));
      try {
        if (command.isEmpty()) {
          throw new RuntimeFailure("FailedPreStopHook", "only exec and sleep hooks are run");
        }
        ExecResult result = runtime.exec(container.id(), command, left());
        if (result.timedOut() || result.exitCode() != 0) {
          throw new RuntimeFailure("FailedPreStopHook", "exit code " + result.exitCode());
        }
      } catch (RuntimeFailure e) {
        log.info("preStop of container {}: {}", container.id(), e.message());
        told.warning(view, "FailedPreStopHook", "PreStopHook failed");
      }
    }
  }

  PodStop(Runtime runtime, Told told, Duration grace) {
    this.runtime = runtime;
    this.told = told;
    this.deadline = System.nanoTime() + grace.toNanos();
  }

  private Duration left() {
    Duration left = Duration.ofNanos(deadline - System.nanoTime());
    return left.compareTo(LEAST) < 0 ? LEAST : left;
  }

  /** Begins. */
  void start(List<ContainerView> views) {
    int mains = 0;
    for (ContainerView view : views) {
      mains += view.running() && !view.sidecar() ? 1 : 0;
    }
    CountDownLatch main = new CountDownLatch(mains);
    for (ContainerView view : views) {
      Container container = view.current();
      if (container != null && container.running()) {
        Stop stop = new Stop(view, container, main);
        stops.put(container.id(), stop);
        threads.add(Thread.ofVirtual().name("stop " + view.name()).start(stop::run));
      }
    }
  }

  /** They get only so long from now; a longer grace than what is left changes nothing. */
  void hurry(Duration grace) {
    long sooner = System.nanoTime() + grace.toNanos();
    if (sooner - deadline >= 0) {
      return;
    }
    deadline = sooner;
    for (Stop stop : stops.values()) {
      if (stop.asked) {
        threads.add(Thread.ofVirtual().start(() -> again(stop)));
      }
    }
  }

  private void again(Stop stop) {
    try {
      runtime.stopContainer(stop.container.id(), left());
    } catch (InterruptedException e) {
      return; // the agent ends; the launcher knows what it was told
    } catch (RuntimeFailure e) {
      log.debug("container {}: {}", stop.container.id(), e.message());
    }
  }

  /** Whether all of it is over. */
  boolean done() {
    return threads.stream().noneMatch(Thread::isAlive);
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
