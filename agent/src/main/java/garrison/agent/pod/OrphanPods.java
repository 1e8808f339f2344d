package garrison.agent.pod;

import garrison.agent.runtime.Container;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.Sandbox;
import garrison.client.BackOff;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what runs here for pods that are not there any more: they were deleted while no agent was
 * there to see it (spec: node-agent 3.8). All of them only after every source has told its pods;
 * one by itself when its successor waits for its end.
 */
final class OrphanPods implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OrphanPods.class);
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final NodeServices services;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private volatile boolean ended;

  OrphanPods(NodeServices services) {
    this.services = services;
  }

  /** Whether {@link #end(Predicate)} was called. */
  boolean ended() {
    return ended;
  }

  /**
   * Ends all but the pods whose uids are known; once.
   *
   * @throws garrison.agent.runtime.RuntimeFailure where a runtime does not say what runs
   */
  void end(Predicate<String> known) {
    Map<Sandbox, Runtime> orphans = new LinkedHashMap<>();
    Set<String> ending = new HashSet<>();
    for (Runtime runtime : services.runtimes().all()) {
      for (Sandbox sandbox : runtime.sandboxes()) {
        if (!known.test(sandbox.uid()) && ending.add(sandbox.uid())) {
          orphans.put(sandbox, runtime);
        }
      }
    }
    ended = true;
    orphans.forEach((sandbox, runtime) -> end(runtime, sandbox, GRACE, uid -> {}));
    removeDirectories(uid -> known.test(uid) || ending.contains(uid));
  }

  /** Ends one, and tells its uid when nothing of it is left. */
  void end(Runtime runtime, Sandbox orphan, Duration grace, Consumer<String> after) {
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
      stop(runtime, pod.uid(), grace);
      while (!remains.remove()) {
        Thread.sleep(backOff.next());
      }
      after.accept(pod.uid());
    } catch (InterruptedException e) {
      log.debug("{} is left to the next agent", pod.name());
    }
  }

  private static void stop(Runtime runtime, String uid, Duration grace)
      throws InterruptedException {
    List<Thread> stops = new ArrayList<>();
    for (Sandbox sandbox : runtime.sandboxes(uid)) {
      for (Container container : runtime.containers(sandbox.id())) {
        stops.add(Thread.ofVirtual().start(() -> stopContainer(runtime, container, grace)));
      }
    }
    for (Thread stop : stops) {
      stop.join();
    }
  }

  private static void stopContainer(Runtime runtime, Container container, Duration grace) {
    try {
      runtime.stopContainer(container.id(), grace);
    } catch (InterruptedException e) {
      log.debug("container {} was told to stop", container.id());
    }
  }

  private void removeDirectories(Predicate<String> kept) {
    Path pods = services.root().resolve("pods");
    if (!Files.isDirectory(pods)) {
      return;
    }
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(pods)) {
      for (Path directory : directories) {
        if (!kept.test(String.valueOf(directory.getFileName()))) {
          Trees.remove(directory);
        }
      }
    } catch (IOException e) {
      log.warn("directories of pods that are gone stay: {}", e.toString());
    }
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
