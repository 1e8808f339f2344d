package garrison.agent.volume;

import garrison.agent.file.Trees;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The files of a configMap, secret, downwardAPI or projected volume. They are swapped as a whole,
 * so that no reader sees half of a change: {@code ..data} is a link to the directory of the present
 * version, and each file is a link through it (spec: node-agent 3.11). Used by one thread.
 */
public final class Payload {
  private static final DateTimeFormatter VERSION =
      DateTimeFormatter.ofPattern("'..'uuuu_MM_dd_HH_mm_ss.nnnnnnnnn", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** What a group gets of files that nobody writes but the agent. */
  private static final int GROUP_FILE = 0440;

  private static final int GROUP_DIRECTORY = 02550;

  private final @Nullable Long group;
  private final Map<String, File> files = new TreeMap<>();

  /** One file. */
  private record File(byte[] content, int mode, @Nullable Long owner) {
    @Override
    public boolean equals(Object other) {
      return other instanceof File that
          && mode == that.mode
          && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(content) * 31 + mode;
    }
  }

  /** Nothing yet; {@code group}: to whom all of it is to belong (fsGroup), null for nobody. */
  public Payload(@Nullable Long group) {
    this.group = group;
  }

  /** Adds a file at a relative path. */
  public void add(String path, byte[] content, int mode) throws VolumeException {
    add(path, content, mode, null);
  }

  /** The same, of another owner than the agent. */
  public void add(String path, byte[] content, int mode, @Nullable Long owner)
      throws VolumeException {
    if (path.isEmpty()
        || path.startsWith("/")
        || path.startsWith("..")
        || Arrays.asList(path.split("/")).contains("..")) {
      throw new VolumeException("invalid path \"" + path + "\" in the volume");
    }
    files.put(path, new File(content, group == null ? mode : mode | GROUP_FILE, owner));
  }

  /** Whether a directory was ever written. */
  public static boolean written(Path directory) {
    return Files.isSymbolicLink(directory.resolve("..data"));
  }

  /**
   * Makes a directory hold exactly these files; does nothing where it does already.
   *
   * @param now names the version
   */
  public void write(Path directory, Instant now) throws IOException {
    Path data = directory.resolve("..data");
    if (written(directory) && Files.exists(data) && files.equals(read(data.toRealPath()))) {
      return;
    }
    Path version = fresh(directory, now);
    for (Map.Entry<String, File> entry : files.entrySet()) {
      File file = entry.getValue();
      Path path = version.resolve(entry.getKey());
      Files.createDirectories(parent(path));
      Files.write(path, file.content());
      Files.setPosixFilePermissions(path, permissions(file.mode()));
      if (file.owner() != null) {
        Files.setAttribute(path, "unix:uid", file.owner().intValue());
      }
    }
    if (group != null) {
      Trees.giveToGroup(version, group, GROUP_DIRECTORY, 0); // files have theirs
      Files.setAttribute(directory, "unix:gid", group.intValue());
    }
    Path old = Files.exists(data) ? data.toRealPath() : version;
    Path link = directory.resolve("..data_tmp");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, version.getFileName());
    Files.move(link, data, StandardCopyOption.ATOMIC_MOVE);
    link(directory);
    if (!old.equals(version)) {
      Trees.remove(old);
    }
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }

  private static Path fresh(Path directory, Instant now) throws IOException {
    for (Instant at = now; ; at = at.plusNanos(1)) {
      Path version = directory.resolve(VERSION.format(at));
      try {
        Files.createDirectory(version);
        Files.setPosixFilePermissions(version, permissions(0755));
        return version.toRealPath();
      } catch (FileAlreadyExistsException e) {
        continue; // two changes within one tick of the clock
      }
    }
  }

  /** The links that containers see: one for each name at the top. */
  private void link(Path directory) throws IOException {
    Set<String> tops = new TreeSet<>();
    files.keySet().forEach(path -> tops.add(path.split("/", 2)[0]));
    for (String top : tops) {
      Path link = directory.resolve(top);
      if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
        Files.createSymbolicLink(link, Path.of("..data", top));
      }
    }
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path entry : stream) {
        String name = String.valueOf(entry.getFileName());
        if (!name.startsWith("..") && !tops.contains(name)) {
          Files.delete(entry);
        }
      }
    }
  }

  private static Map<String, File> read(Path version) throws IOException {
    Map<String, File> found = new TreeMap<>();
    try (java.util.stream.Stream<Path> walk = Files.walk(version)) {
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        int mode = (int) Files.getAttribute(path, "unix:mode") & 0777;
        found.put(
            version.relativize(path).toString(), new File(Files.readAllBytes(path), mode, null));
      }
    }
    return found;
  }

  /** The permissions of a mode such as 0644. */
  public static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values(); // owner r, w, x, group r, …
    for (int bit = 0; bit < all.length; bit++) {
      if ((mode >> (all.length - 1 - bit) & 1) != 0) {
        set.add(all[bit]);
      }
    }
    return set;
  }
}
