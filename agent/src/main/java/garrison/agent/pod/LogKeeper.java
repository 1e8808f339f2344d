package garrison.agent.pod;

import garrison.agent.logs.LogRotation;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.RuntimeFailure;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the logs that runtimes write: every ten seconds, one after another, those of running
 * containers are rotated that have grown too large (spec: node-agent 3.9). The process runtime's
 * launchers do that by themselves.
 */
final class LogKeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LogKeeper.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);

  private final NodeServices services;
  private final Supplier<Collection<PodWorker>> workers;
  private final LogRotation rotation;
  private final Thread thread;

  LogKeeper(NodeServices services, Supplier<Collection<PodWorker>> workers, LogRotation rotation) {
    this.services = services;
    this.workers = workers;
    this.rotation = rotation;
    this.thread = Thread.ofVirtual().name("log rotation").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        workers.get().forEach(this::look);
      }
    } catch (InterruptedException e) {
      log.debug("logs are not rotated any more");
    }
  }

  private void look(PodWorker worker) {
    if (worker.runtime().hostProcesses() || !worker.runtime().answers()) {
      return;
    }
    PodContext pod = worker.context();
    Path logs = ContainerPlan.logDirectory(services, pod.namespace(), pod.name(), pod.uid());
    try {
      if (anyDue(logs)) { // only then is the runtime asked
        for (Container container : worker.containers().running()) {
          rotate(worker, container);
        }
      }
    } catch (NoSuchFileException e) {
      log.debug("{} has no logs yet", pod.full());
    } catch (IOException | RuntimeFailure e) {
      log.warn("logs of {} are not rotated yet: {}", pod.full(), e.toString());
    }
  }

  /** Whether a file of any container is too large, or a container has lost its file. */
  private boolean anyDue(Path logs) throws IOException {
    try (DirectoryStream<Path> containers = Files.newDirectoryStream(logs)) {
      for (Path container : containers) {
        boolean any = false;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(container, "*.log")) {
          for (Path file : files) {
            any = true;
            if (rotation.due(file)) {
              return true;
            }
          }
        }
        if (!any) {
          return true;
        }
      }
    }
    return false;
  }

  private void rotate(PodWorker worker, Container container) {
    Path file = Path.of(container.logPath());
    try {
      if (!Files.exists(file)) {
        worker.runtime().reopenLog(container.id());
      } else if (rotation.due(file)) {
        rotation.rotate(file, () -> worker.runtime().reopenLog(container.id()));
      }
    } catch (IOException | RuntimeFailure e) {
      log.warn("the log {} cannot be rotated yet: {}", file, e.toString());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
