package garrison.control;

import garrison.client.UnreachableException;
import garrison.client.cache.Cache;
import garrison.model.StatusException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A virtual thread of a loop, with a name, that ends when closed. */
public final class Background implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Background.class);
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Thread thread;

  /** Work that may be interrupted. */
  @FunctionalInterface
  public interface Task {
    /** Does it. */
    void run() throws InterruptedException;
  }

  private Background(String name, Task task) {
    this.thread =
        Thread.ofVirtual()
            .name(name)
            .start(
                () -> {
                  try {
                    task.run();
                  } catch (InterruptedException e) {
                    log.debug("{} was ended", name);
                  }
                });
  }

  /** Runs a task once all caches hold what there is. */
  public static Background whenSynced(String name, List<? extends Cache<?>> caches, Task task) {
    return new Background(
        name,
        () -> {
          awaitSync(caches);
          task.run();
        });
  }

  /**
   * Once all caches hold what there is, runs a pass, and again this long after each one's end. A
   * pass that fails is logged; the next one comes all the same.
   */
  public static Background every(
      String name, Duration pause, List<? extends Cache<?>> caches, Task pass) {
    return new Background(
        name,
        () -> {
          awaitSync(caches);
          while (true) {
            attempt(name, pass);
            Thread.sleep(pause);
          }
        });
  }

  private static void attempt(String name, Task pass) throws InterruptedException {
    try {
      pass.run();
    } catch (UnreachableException e) {
      log.info("{}: {}; again in the next pass", name, e.getMessage());
    } catch (StatusException e) {
      log.warn("{}: {}; again in the next pass", name, e.getMessage());
    } catch (RuntimeException e) {
      log.error("{} failed; again in the next pass", name, e);
    }
  }

  private static void awaitSync(List<? extends Cache<?>> caches) throws InterruptedException {
    for (Cache<?> cache : caches) {
      while (!cache.awaitSync(Duration.ofMinutes(1))) {
        log.info("still waiting for the first answer of the API server");
      }
    }
  }

  /** Interrupts it and waits for its end. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      if (!thread.join(PATIENCE)) {
        log.warn("{} does not end", thread.getName());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
