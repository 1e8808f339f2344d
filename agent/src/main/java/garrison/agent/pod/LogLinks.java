package garrison.agent.pod;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Links by which log collectors find containers' logs: {@code
 * /var/log/containers/POD_NAMESPACE_CONTAINER-ID.log} (spec: node-agent 3.4). Only where logs are
 * in a folder {@code pods}, as there.
 */
final class LogLinks {
  private static final Logger log = LoggerFactory.getLogger(LogLinks.class);
  private static final int LONGEST = 251;

  private LogLinks() {}

  /** Links the log of a container that was just started, where it writes one. */
  static void add(Path logs, PodContext pod, String container, String id, Path file) {
    Path folder = folder(logs);
    if (folder == null || !Files.exists(file)) {
      return;
    }
    String name = pod.name() + "_" + pod.namespace() + "_" + container + "-" + id;
    String cut = name.length() > LONGEST ? name.substring(0, LONGEST) : name;
    try {
      Files.createDirectories(folder);
      Files.createSymbolicLink(folder.resolve(cut + ".log"), file);
    } catch (FileAlreadyExistsException e) {
      log.debug("{} is linked already", file);
    } catch (IOException e) {
      log.warn("the log {} cannot be linked: {}", file, e.toString());
    }
  }

  /** Removes those of a pod, by the directory of its logs: another of its name keeps its own. */
  static void remove(Path logs, Path directory) throws IOException {
    Path folder = folder(logs);
    if (folder == null) {
      return;
    }
    try (DirectoryStream<Path> links = Files.newDirectoryStream(folder, Files::isSymbolicLink)) {
      for (Path link : links) {
        if (leadsBelow(directory, link)) {
          Files.deleteIfExists(link);
        }
      }
    } catch (NoSuchFileException e) {
      log.debug("nothing was ever linked in {}", folder);
    }
  }

  private static boolean leadsBelow(Path directory, Path link) throws IOException {
    try {
      return Files.readSymbolicLink(link).startsWith(directory);
    } catch (NoSuchFileException e) {
      return false; // another agent's, that it removed meanwhile
    }
  }

  private static @Nullable Path folder(Path logs) {
    return logs.endsWith("pods") ? logs.resolveSibling("containers") : null;
  }
}
