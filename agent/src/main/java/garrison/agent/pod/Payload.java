package garrison.agent.pod;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The files of a configMap, secret or downwardAPI volume. They are swapped as a whole, so that no
 * reader sees half of a change: {@code ..data} is a link to the directory of the present version,
 * and each file is a link through it (spec: node-agent 3.11).
 */
final class Payload {
  /** One file. */
  record File(byte[] content, int mode) {
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

  private final Map<String, File> files = new TreeMap<>();

  /** Adds a file at a relative path. */
  void add(String path, byte[] content, int mode) throws IOException {
    if (path.isEmpty()
        || path.startsWith("/")
        || path.startsWith("..")
        || Arrays.asList(path.split("/")).contains("..")) {
      throw new IOException("invalid path \"" + path + "\" in the volume");
    }
    files.put(path, new File(content, mode));
  }

  /** Makes a directory hold exactly these files; does nothing where it does already. */
  void write(Path directory) throws IOException {
    Path data = directory.resolve("..data");
    if (Files.isSymbolicLink(data) && files.equals(read(data.toRealPath()))) {
      return;
    }
    Path version = Files.createTempDirectory(directory, "..");
    Files.setPosixFilePermissions(version, permissions(0755));
    for (Map.Entry<String, File> file : files.entrySet()) {
      Path path = version.resolve(file.getKey());
      for (Path up = path.getParent(); up != null && !Files.exists(up); up = up.getParent()) {
        Files.createDirectories(up);
      }
      Files.write(path, file.getValue().content());
      Files.setPosixFilePermissions(path, permissions(file.getValue().mode()));
    }
    Path old = Files.isSymbolicLink(data) ? data.toRealPath() : version;
    Path fresh = directory.resolve("..data_tmp");
    Files.deleteIfExists(fresh);
    Files.createSymbolicLink(fresh, version.getFileName());
    Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    link(directory);
    if (!old.equals(version)) {
      Trees.remove(old);
    }
  }

  private void link(Path directory) throws IOException {
    Set<String> tops = new java.util.TreeSet<>();
    files.keySet().forEach(path -> tops.add(path.split("/", 2)[0]));
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path entry : stream) {
        String name = String.valueOf(entry.getFileName());
        if (!name.startsWith("..") && !tops.contains(name)) {
          Files.delete(entry);
        }
      }
    }
    for (String top : tops) {
      Path link = directory.resolve(top);
      if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
        Files.createSymbolicLink(link, Path.of("..data", top));
      }
    }
  }

  private static Map<String, File> read(Path version) throws IOException {
    Map<String, File> found = new TreeMap<>();
    try (java.util.stream.Stream<Path> walk = Files.walk(version)) {
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        int mode = (int) Files.getAttribute(path, "unix:mode") & 0777;
        found.put(version.relativize(path).toString(), new File(Files.readAllBytes(path), mode));
      }
    }
    return found;
  }

  /** The permissions of a mode such as 0644. */
  static Set<PosixFilePermission> permissions(int mode) {
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
