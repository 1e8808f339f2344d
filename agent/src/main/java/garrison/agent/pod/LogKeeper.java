package garrison.agent.pod;

import garrison.agent.logs.LogRotation;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.RuntimeFailure;
import java.io.IOException;
import java.nio.file.Files;
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

  private final Supplier<Collection<PodWorker>> workers;
  private final LogRotation rotation;
  private final Thread thread;

  LogKeeper(Supplier<Collection<PodWorker>> workers, LogRotation rotation) {
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
    try {
      for (Container container : worker.containers().running()) {
        look(worker, container);
      }
    } catch (RuntimeFailure e) {
      log.debug("{}: {}", worker.context().full(), e.message());
    }
  }

  private void look(PodWorker worker, Container container) {
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
