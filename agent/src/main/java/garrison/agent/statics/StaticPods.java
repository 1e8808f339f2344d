package garrison.agent.statics;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Follows a directory of manifests (spec: node-agent 3.1): looks when the kernel tells of a change,
 * and every 20 seconds anyway. A file that makes no sense is told once for each of its states; its
 * pod stays until the next full look, in case the file is just being written. One thread.
 */
public final class StaticPods implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StaticPods.class);
  private static final Duration RESCAN = Duration.ofSeconds(20);

  /** Writers need several steps for one change. */
  private static final Duration SETTLE = Duration.ofMillis(50);

  private final Path directory;
  private final ManifestDirectory manifests;
  private final Listener listener;
  private final Duration rescan;
  private final Thread thread;
  private final Map<Path, String> toldProblems = new HashMap<>();
  private final Set<String> toldDuplicates = new HashSet<>();
  private volatile boolean closed;

  /** Takes what is found; called by one thread at a time, and must be quick. */
  public interface Listener {
    /** All pods that there are now; also when nothing changed. Shared, not to be changed. */
    void pods(List<ObjectNode> all);

    /** A file that defines no pod; a sentence says why. */
    void problem(Path file, String why);

    /** A pod that is ignored because another file defines one of its name. */
    void duplicate(ObjectNode pod);
  }

  private StaticPods(
      Path directory, String node, InstantSource clock, Duration rescan, Listener listener) {
    this.directory = directory.toAbsolutePath().normalize();
    this.manifests = new ManifestDirectory(directory, node, clock);
    this.listener = listener;
    this.rescan = rescan;
    this.thread = Thread.ofVirtual().name("static pods of " + node).start(this::run);
  }

  /** Starts; the directory need not be there yet. */
  public static StaticPods start(
      Path directory, String node, InstantSource clock, Listener listener) {
    return start(directory, node, clock, RESCAN, listener);
  }

  /** With another time between full looks. */
  static StaticPods start(
      Path directory, String node, InstantSource clock, Duration rescan, Listener listener) {
    return new StaticPods(directory, node, clock, rescan, listener);
  }

  private void run() {
    try {
      while (!closed) {
        try (WatchService watch = watch()) {
          follow(watch);
        } catch (IOException e) {
          log.warn("static pods in {}: {}; looking again", directory, e.toString());
          Thread.sleep(rescan);
        }
      }
    } catch (InterruptedException e) {
      log.debug("static pods in {} are followed no longer", directory);
    }
  }

  /** Null where the kernel cannot tell: no directory yet, or no watch left. */
  private @Nullable WatchService watch() throws IOException {
    if (!Files.isDirectory(directory)) {
      return null;
    }
    WatchService watch = FileSystems.getDefault().newWatchService();
    try {
      directory.register(
          watch,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
      return watch;
    } catch (IOException e) {
      log.info("changes in {} are seen every {} s only: {}", directory, rescan.toSeconds(), e);
      watch.close();
      return null;
    }
  }

  /** Returns when the watch has to be made anew. */
  private void follow(@Nullable WatchService watch) throws IOException, InterruptedException {
    look(false);
    long next = System.nanoTime() + rescan.toNanos();
    while (!closed) {
      Duration left = Duration.ofNanos(Math.max(0, next - System.nanoTime()));
      if (watch == null) {
        Thread.sleep(left.compareTo(Duration.ofSeconds(1)) < 0 ? left : Duration.ofSeconds(1));
        if (left.isZero() || Files.isDirectory(directory)) {
          return;
        }
        continue;
      }
      WatchKey key = watch.poll(left.toMillis(), TimeUnit.MILLISECONDS);
      if (key == null) {
        look(false);
        next = System.nanoTime() + rescan.toNanos();
        continue;
      }
      Thread.sleep(SETTLE);
      key.pollEvents();
      boolean there = key.reset();
      look(there);
      if (!there) {
        return; // the directory itself was taken away
      }
    }
  }

  private void look(boolean patient) {
    ManifestDirectory.Found found;
    try {
      found = manifests.scan(patient);
    } catch (IOException e) {
      log.warn("{} cannot be read: {}; its pods stay as they are", directory, e.toString());
      return;
    }
    try {
      tell(found);
      listener.pods(found.pods());
    } catch (RuntimeException e) {
      log.error("static pods in {} cannot be taken; trying again", directory, e);
    }
  }

  private void tell(ManifestDirectory.Found found) {
    found
        .problems()
        .forEach(
            (file, why) -> {
              if (!why.equals(toldProblems.put(file, why))) {
                log.warn("{}: {}", file, why);
                listener.problem(file, why);
              }
            });
    toldProblems.keySet().retainAll(found.problems().keySet());
    Set<String> duplicates = new HashSet<>();
    for (ObjectNode pod : found.duplicates()) {
      String uid = pod.path("metadata").path("uid").asString("");
      duplicates.add(uid);
      if (toldDuplicates.add(uid)) {
        listener.duplicate(pod);
      }
    }
    toldDuplicates.retainAll(duplicates);
  }

  /** Follows no longer; pods go on running. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
