package garrison.agent.pod;

import garrison.agent.probe.Target;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.Sandbox;
import garrison.client.BackOff;
import garrison.model.json.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Ends what runs here for pods that nobody knows: they were deleted while no agent was there to see
 * it, or a runtime finished late what it had been asked for (spec: node-agent 3.8). Only after
 * every source has told its pods; one by itself when its successor waits for its end.
 */
final class OrphanPods implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OrphanPods.class);
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final NodeServices services;
  private final Predicate<String> known;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final Set<String> ending = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private boolean started; // guarded by this
  private boolean look = true; // guarded by this
  private boolean swept; // its thread's

  /** {@code known} says of a pod's uid whether it has a worker. */
  OrphanPods(NodeServices services, Predicate<String> known) {
    this.services = services;
    this.known = known;
    this.thread = Thread.ofVirtual().name("orphans of " + services.node()).unstarted(this::run);
  }

  /** Begins to look, once there is a worker for every pod of the node; later calls do nothing. */
  synchronized void start() {
    if (!started) {
      started = true;
      thread.start();
    }
  }

  /** There may be one. */
  synchronized void look() {
    look = true;
    notifyAll();
  }

  private void run() {
    try {
      while (true) {
        synchronized (this) {
          while (!look) {
            wait();
          }
          look = false;
        }
        boolean done = endAll();
        if (done && !swept) {
          swept = removeRemains();
        }
        if (!done || !swept) {
          Thread.sleep(RETRY);
          look();
        }
      }
    } catch (InterruptedException e) {
      log.debug("orphans of {} are left to the next agent", services.node());
    }
  }

  /** False where a runtime could not be asked. */
  private boolean endAll() {
    boolean all = true;
    for (Runtime runtime : services.runtimes().all()) {
      if (!runtime.answers()) {
        all = false;
        continue;
      }
      try {
        for (Sandbox sandbox : runtime.sandboxes()) {
          if (sandbox.own() && !known.test(sandbox.uid())) {
            end(runtime, sandbox, GRACE, uid -> {});
          }
        }
      } catch (RuntimeFailure e) {
        log.debug("{} does not say what runs: {}", runtime.name(), e.message());
        all = false;
      }
    }
    return all;
  }

  /** Ends one, unless that is under way, and tells its uid when nothing of it is left. */
  void end(Runtime runtime, Sandbox orphan, Duration grace, Consumer<String> after) {
    if (!ending.add(orphan.uid())) {
      return;
    }
    log.info("pod {}/{} is gone; ending it", orphan.namespace(), orphan.name());
    threads.add(
        Thread.ofVirtual()
            .name("orphan " + orphan.name())
            .start(() -> endPod(runtime, orphan, grace, after)));
  }

  private void endPod(Runtime runtime, Sandbox pod, Duration grace, Consumer<String> after) {
    PodRemains remains = new PodRemains(services, runtime, pod.namespace(), pod.name(), pod.uid());
    BackOff backOff =
        new BackOff(Duration.ofMillis(200), Duration.ofSeconds(10), ThreadLocalRandom.current());
    try {
      mark(pod);
      while (!stopped(runtime, pod, grace) || !remains.remove()) {
        Thread.sleep(backOff.next());
      }
      after.accept(pod.uid());
    } catch (InterruptedException e) {
      log.debug("{} is left to the next agent", pod.name());
    } finally {
      ending.remove(pod.uid());
      threads.remove(Thread.currentThread());
    }
  }

  private void mark(Sandbox pod) {
    try {
      PodRemains.mark(services, pod.uid());
    } catch (IOException e) {
      log.warn("pod {}/{}: {}", pod.namespace(), pod.name(), e.toString()); // ended all the same
    }
  }

  /** Each container by what it carries itself (spec: node-agent 1.4): its hook, its event. */
  private boolean stopped(Runtime runtime, Sandbox pod, Duration grace)
      throws InterruptedException {
    Told told = new Told(services.events(), context(pod));
    String address = pod.ips().isEmpty() ? services.address() : pod.ips().getFirst();
    List<ContainerStop> stops = new ArrayList<>();
    try {
      for (Sandbox sandbox : runtime.sandboxes(pod.uid())) {
        for (Container container : runtime.containers(sandbox.id())) {
          if (container.running()) {
            stops.add(
                new ContainerStop(
                    services.hooks(),
                    told,
                    RuntimeAnnotations.view(container),
                    container,
                    new Target(runtime, container.id(), address),
                    "Stopping container " + container.name(),
                    new Deadline(grace),
                    List.of()));
          }
        }
      }
      for (ContainerStop stop : stops) {
        stop.join();
      }
      return true;
    } catch (RuntimeFailure e) {
      return false;
    } finally {
      stops.forEach(ContainerStop::close);
    }
  }

  private PodContext context(Sandbox pod) {
    ObjectNode stub = Json.object().put("apiVersion", "v1").put("kind", "Pod");
    stub.putObject("metadata")
        .put("namespace", pod.namespace())
        .put("name", pod.name())
        .put("uid", pod.uid());
    return PodWorker.contextOf(services, stub, false);
  }

  /**
   * Of pods that are not there any more and have no sandbox; false where something is in use yet,
   * as a cgroup is until those who were killed in it are reaped.
   */
  private boolean removeRemains() {
    boolean all = true;
    Path pods = services.root().resolve("pods");
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(pods)) {
      for (Path directory : directories) {
        String uid = String.valueOf(directory.getFileName());
        if (!known.test(uid) && !ending.contains(uid)) {
          all &= removed(uid);
        }
      }
    } catch (NoSuchFileException e) {
      log.debug("no pod ever was on {}", services.node());
    } catch (IOException e) {
      log.warn("what is left of pods cannot be listed: {}", e.toString());
      return false;
    }
    return all;
  }

  private boolean removed(String uid) {
    try {
      services.runtimes().all().forEach(runtime -> runtime.removePod(uid));
      PodRemains.removeFiles(services, uid);
      return true;
    } catch (RuntimeFailure e) {
      log.debug("what is left of pod {} cannot be removed yet: {}", uid, e.message());
    } catch (IOException e) {
      log.warn("what is left of pod {} cannot be removed yet: {}", uid, e.toString());
    }
    return false;
  }

  @Override
  public void close() {
    thread.interrupt();
    threads.forEach(Thread::interrupt);
  }
}
