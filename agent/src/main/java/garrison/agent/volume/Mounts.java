package garrison.agent.volume;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * File systems that the agent mounts for volumes, and takes away again. It uses mount(8) and
 * umount(8): a JVM has no way of its own, and both are on every node. Thread-safe.
 */
public final class Mounts {
  private static final Path TABLE = Path.of("/proc/self/mountinfo");
  private static final int MOUNT_POINT = 4;

  /** The first kernel (6.4) whose tmpfs can be kept out of swap. */
  private static final int NO_SWAP_MAJOR = 6;

  private static final int NO_SWAP_MINOR = 4;

  private Mounts() {}

  /**
   * Mounts memory at an empty directory; does nothing where something is mounted already.
   *
   * @param bytes most it may hold; 0 or less for no limit of its own
   */
  public static void memory(Path directory, long bytes) throws IOException {
    List<String> options = new ArrayList<>();
    if (bytes > 0) {
      options.add("size=" + bytes);
    }
    if (canKeepOutOfSwap()) {
      options.add("noswap");
    }
    mount("tmpfs", options, directory);
  }

  /** Mounts huge pages of a size such as {@code 2M}, see {@link #memory}. */
  public static void hugePages(Path directory, String size) throws IOException {
    mount("hugetlbfs", List.of("pagesize=" + size), directory);
  }

  /**
   * Has mounts below a directory pass on to containers and back, which they do not where the file
   * system it is on was mounted for itself alone (spec: node-agent 3.4). Does nothing where they
   * do.
   */
  public static void share(Path directory) throws IOException {
    if (shared(Files.readAllLines(TABLE), directory.toRealPath())) {
      return;
    }
    run(List.of("mount", "--bind", directory.toString(), directory.toString()));
    run(List.of("mount", "--make-rshared", directory.toString()));
  }

  /** Whether the mount that a directory is on is a shared one, by the lines of a table. Pure. */
  static boolean shared(List<String> table, Path directory) {
    int longest = -1;
    boolean shared = false;
    for (String line : table) {
      String[] fields = line.split(" ");
      if (fields.length <= MOUNT_POINT) {
        continue;
      }
      Path point = Path.of(unescape(fields[MOUNT_POINT]));
      if (directory.startsWith(point) && point.getNameCount() >= longest) {
        longest = point.getNameCount(); // of two at one place the later covers the earlier
        shared = line.substring(0, Math.max(0, line.indexOf(" - "))).contains(" shared:");
      }
    }
    return shared;
  }

  private static void mount(String type, List<String> options, Path directory) throws IOException {
    if (isMountPoint(directory)) {
      return;
    }
    List<String> command = new ArrayList<>(List.of("mount", "-t", type));
    if (!options.isEmpty()) {
      command.add("-o");
      command.add(String.join(",", options));
    }
    command.add(type);
    command.add(directory.toString());
    run(command);
  }

  private static boolean canKeepOutOfSwap() throws IOException {
    String release = Files.readString(Path.of("/proc/sys/kernel/osrelease"));
    String[] parts = release.split("[^0-9]+");
    int major = parts.length > 0 ? number(parts[0]) : 0;
    int minor = parts.length > 1 ? number(parts[1]) : 0;
    return major > NO_SWAP_MAJOR || (major == NO_SWAP_MAJOR && minor >= NO_SWAP_MINOR);
  }

  private static int number(String digits) {
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  /** Whether something is mounted exactly there. */
  public static boolean isMountPoint(Path directory) throws IOException {
    return points(Files.readAllLines(TABLE)).contains(directory.toRealPath());
  }

  /** What is mounted below a directory, not at it, in the order in which it was mounted. */
  public static List<Path> below(Path directory) throws IOException {
    Path real = directory.toRealPath();
    return points(Files.readAllLines(TABLE)).stream()
        .filter(point -> point.startsWith(real) && !point.equals(real))
        .toList();
  }

  /**
   * Takes away all that is mounted at or below a directory, the last mounted first. After it the
   * directory holds nothing that belongs to somebody else.
   */
  public static void removeBelow(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Path real = directory.toRealPath();
    List<Path> points = points(Files.readAllLines(TABLE));
    for (Path point : points.reversed()) {
      if (point.startsWith(real)) {
        run(List.of("umount", point.toString()));
      }
    }
  }

  /** The mount points of a table, in its order. Pure. */
  static List<Path> points(List<String> table) {
    List<Path> points = new ArrayList<>();
    for (String line : table) {
      String[] fields = line.split(" ");
      if (fields.length > MOUNT_POINT) {
        points.add(Path.of(unescape(fields[MOUNT_POINT])));
      }
    }
    return points;
  }

  /** Blanks and the like are written as {@code \040}. */
  private static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] plain = new byte[bytes.length];
    int length = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\\' && i + 3 < bytes.length) {
        plain[length++] = (byte) Integer.parseInt(text(bytes, i + 1), 8);
        i += 3;
      } else {
        plain[length++] = bytes[i];
      }
    }
    return new String(plain, 0, length, StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes, int from) {
    return new String(bytes, from, 3, StandardCharsets.UTF_8);
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said;
    try (var out = process.getInputStream()) {
      said = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
    try {
      if (process.waitFor() != 0) {
        throw new IOException(said.isEmpty() ? String.join(" ", command) + " failed" : said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
