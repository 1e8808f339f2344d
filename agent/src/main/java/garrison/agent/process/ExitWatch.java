package garrison.agent.process;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees exit files appear, through the kernel; and every two seconds asks for a look at everything,
 * for launchers that died without writing one.
 */
final class ExitWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ExitWatch.class);
  private static final long RELIST_SECONDS = 2;

  private final WatchService service;
  private final Consumer<@Nullable String> look;
  private @Nullable Thread thread;

  ExitWatch(Path exits, Consumer<@Nullable String> look) throws IOException {
    this.service = exits.getFileSystem().newWatchService();
    this.look = look;
    exits.register(service, ENTRY_CREATE);
  }

  void start() {
    thread = Thread.ofVirtual().name("exit-watch").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        WatchKey key = service.poll(RELIST_SECONDS, TimeUnit.SECONDS);
        if (key == null) {
          look.accept(null);
          continue;
        }
        for (WatchEvent<?> event : key.pollEvents()) {
          String name = String.valueOf(event.context());
          if (event.kind().equals(OVERFLOW)) {
            look.accept(null);
          } else if (!name.endsWith(".tmp")) {
            look.accept(name);
          }
        }
        key.reset();
      }
    } catch (ClosedWatchServiceException e) {
      log.debug("closed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      log.warn("the watch of exit files does not close: {}", e.toString());
    }
  }
}
