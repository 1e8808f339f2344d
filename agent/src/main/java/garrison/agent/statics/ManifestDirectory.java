package garrison.agent.statics;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The pods that the files of a directory define now (spec: node-agent 3.1). Names with a dot in
 * front are skipped, every other regular file counts whatever it is called; there is no recursion;
 * a directory that is not there holds no pods. Used by one thread.
 */
final class ManifestDirectory {
  private static final int LARGEST = 10 << 20;

  private final Path directory;
  private final String node;
  private final InstantSource clock;
  private Map<Path, Known> known = new HashMap<>();

  /** What a file said when it was last read. */
  private record Known(byte[] text, @Nullable ObjectNode pod, String problem) {}

  /**
   * One look at the directory.
   *
   * @param pods in the order of their files' names; shared, not to be changed
   * @param problems file to what is wrong with it
   * @param duplicates pods that are left out because a file before theirs has one of that name
   */
  record Found(List<ObjectNode> pods, Map<Path, String> problems, List<ObjectNode> duplicates) {}

  ManifestDirectory(Path directory, String node, InstantSource clock) {
    this.directory = directory.toAbsolutePath().normalize();
    this.node = node;
    this.clock = clock;
  }

  /**
   * Looks.
   *
   * @param patient whether a file that makes no sense now keeps the pod it defined before: it may
   *     just be being written
   * @throws IOException where the directory is there but cannot be read; then nothing is known
   */
  Found scan(boolean patient) throws IOException {
    Map<Path, Known> now = new TreeMap<>();
    Map<Path, String> problems = new TreeMap<>();
    for (Path file : files()) {
      Known before = known.get(file);
      Known read = read(file, before);
      if (read == null) {
        continue;
      }
      if (read.pod() == null) {
        problems.put(file, read.problem());
        if (patient && before != null && before.pod() != null) {
          now.put(file, before);
          continue;
        }
      }
      now.put(file, read);
    }
    known = new HashMap<>(now);
    List<ObjectNode> duplicates = new ArrayList<>();
    Map<String, ObjectNode> pods = new LinkedHashMap<>();
    for (Known one : now.values()) {
      ObjectNode pod = one.pod();
      if (pod != null && pods.putIfAbsent(fullName(pod), pod) != null) {
        duplicates.add(pod);
      }
    }
    return new Found(List.copyOf(pods.values()), problems, duplicates);
  }

  private static String fullName(ObjectNode pod) {
    return pod.path("metadata").path("namespace").asString("")
        + "/"
        + pod.path("metadata").path("name").asString("");
  }

  private List<Path> files() throws IOException {
    if (Files.isRegularFile(directory)) {
      return List.of(directory); // a single file may be configured, too
    }
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path file : stream) {
        if (!String.valueOf(file.getFileName()).startsWith(".") && Files.isRegularFile(file)) {
          files.add(file);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    return files;
  }

  /** Null for a file that has gone meanwhile. */
  private @Nullable Known read(Path file, @Nullable Known before) {
    byte[] text = {};
    try (InputStream in = Files.newInputStream(file)) {
      text = in.readNBytes(LARGEST + 1);
      if (before != null && Arrays.equals(before.text(), text)) {
        return before; // with the time at which it was first seen
      }
      if (text.length > LARGEST) {
        return new Known(text, null, "over 10 MiB");
      }
      return new Known(text, Manifest.pod(text, file, node, clock.instant()), "");
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      return new Known(text, null, "cannot be read: " + e);
    } catch (ManifestException e) {
      return new Known(text, null, e.why());
    }
  }
}
