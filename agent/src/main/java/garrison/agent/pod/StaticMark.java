package garrison.agent.pod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the next agent that a pod that runs here came from a file, and what grace it has. So it can
 * end the pod by itself when the file was edited meanwhile, although no server has told yet which
 * pods there are.
 */
final class StaticMark {
  private static final Logger log = LoggerFactory.getLogger(StaticMark.class);
  private static final long DEFAULT_GRACE = 30;

  private StaticMark() {}

  private static Path file(NodeServices services, String uid) {
    return PodRemains.directory(services, uid).resolve("static");
  }

  /** The grace of a static pod of an earlier agent; null for any other pod. */
  static @Nullable Duration grace(NodeServices services, String uid) {
    try {
      return Duration.ofSeconds(Long.parseLong(Files.readString(file(services, uid)).strip()));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException | NumberFormatException e) {
      log.warn("the mark of static pod {} cannot be read: {}", uid, e.toString());
      return Duration.ofSeconds(DEFAULT_GRACE);
    }
  }

  /** Marks one before it starts. */
  static void set(NodeServices services, PodContext pod) {
    Path file = file(services, pod.uid());
    long grace = pod.spec().path("terminationGracePeriodSeconds").asLong(DEFAULT_GRACE);
    try {
      Files.createDirectories(PodRemains.directory(services, pod.uid()));
      Files.writeString(file, grace + "\n");
    } catch (IOException e) {
      // The pod runs all the same; only an edit during an agent's absence would start it early.
      log.warn("static pod {} cannot be marked: {}", pod.name(), e.toString());
    }
  }
}
