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
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what runs here for pods that the server does not have any more: they were deleted while no
 * agent was there to see it (spec: node-agent 3.8). Only after the server has told all of the
 * node's pods.
 */
final class OrphanPods implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OrphanPods.class);
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final NodeServices services;
  private final List<Thread> threads = new ArrayList<>();

  OrphanPods(NodeServices services) {
    this.services = services;
  }

  /** Ends all but these. */
  void end(Set<String> known) {
    Set<String> kept = new HashSet<>(known);
    for (Runtime runtime : services.runtimes().all()) {
      for (Sandbox sandbox : runtime.sandboxes()) {
        if (kept.add(sandbox.uid())) {
          log.info("pod {}/{} is gone; ending it", sandbox.namespace(), sandbox.name());
          threads.add(
              Thread.ofVirtual()
                  .name("orphan " + sandbox.name())
                  .start(() -> endPod(runtime, sandbox)));
        }
      }
    }
    removeDirectories(kept);
  }

  private void endPod(Runtime runtime, Sandbox pod) {
    PodRemains remains = new PodRemains(services, runtime, pod.namespace(), pod.name(), pod.uid());
    BackOff backOff =
        new BackOff(Duration.ofMillis(200), Duration.ofSeconds(10), ThreadLocalRandom.current());
    try {
      stop(runtime, pod.uid());
      while (!remains.remove()) {
        Thread.sleep(backOff.next());
      }
    } catch (InterruptedException e) {
      log.debug("{} is left to the next agent", pod.name());
    }
  }

  private static void stop(Runtime runtime, String uid) throws InterruptedException {
    List<Thread> stops = new ArrayList<>();
    for (Sandbox sandbox : runtime.sandboxes(uid)) {
      for (Container container : runtime.containers(sandbox.id())) {
        stops.add(Thread.ofVirtual().start(() -> stopContainer(runtime, container)));
      }
    }
    for (Thread stop : stops) {
      stop.join();
    }
  }

  private static void stopContainer(Runtime runtime, Container container) {
    try {
      runtime.stopContainer(container.id(), GRACE);
    } catch (InterruptedException e) {
      log.debug("container {} was told to stop", container.id());
    }
  }

  private void removeDirectories(Set<String> kept) {
    Path pods = services.root().resolve("pods");
    if (!Files.isDirectory(pods)) {
      return;
    }
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(pods)) {
      for (Path directory : directories) {
        if (!kept.contains(String.valueOf(directory.getFileName()))) {
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
