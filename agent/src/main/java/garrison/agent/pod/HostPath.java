package garrison.agent.pod;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** hostPath volumes and their types (spec: node-agent 3.11). */
final class HostPath {
  private static final int FORMAT = 0170000;

  /** What {@code st_mode} says, by the names that upstream uses. */
  private static final Map<Integer, String> FOUND =
      Map.of(
          0040000, "Directory",
          0100000, "File",
          0140000, "Socket",
          0020000, "CharDevice",
          0060000, "BlockDevice");

  private static final Map<String, String> ASKED =
      Map.of(
          "Directory", "directory",
          "File", "file",
          "Socket", "socket file",
          "CharDevice", "character device",
          "BlockDevice", "block device");

  private HostPath() {}

  /** The path, checked, and made where the type says so. */
  static Path prepare(String volume, String text, String type) throws MountFailure {
    if (Path.of(text).isAbsolute() && !java.util.List.of(text.split("/")).contains("..")) {
      Path path = Path.of(text).normalize();
      try {
        return prepare(volume, path, type);
      } catch (IOException e) {
        throw new MountFailure(volume, e.toString());
      }
    }
    throw new MountFailure(
        volume, "invalid path \"" + text + "\": must be absolute, without \"..\"");
  }

  private static Path prepare(String volume, Path path, String type)
      throws IOException, MountFailure {
    String wanted = type;
    if (type.equals("DirectoryOrCreate")) {
      if (!Files.exists(path)) {
        Files.createDirectories(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      }
      wanted = "Directory";
    } else if (type.equals("FileOrCreate")) {
      try {
        Files.createFile(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
      } catch (FileAlreadyExistsException e) {
        wanted = "File"; // checked below: it may be anything
      }
      wanted = "File";
    }
    String name = ASKED.get(wanted);
    if (!Files.exists(path)) {
      throw new MountFailure(
          volume,
          name == null
              ? "the node has no path " + path
              : "hostPath type check failed, "
                  + path
                  + " is not a "
                  + name
                  + ", unable to determine its type: path \""
                  + path
                  + "\" does not exist");
    }
    String found = kind(path);
    if (name != null && !found.equals(wanted)) {
      throw new MountFailure(
          volume,
          "hostPath type check failed: " + path + " is not a " + name + ", it's a " + found);
    }
    return path;
  }

  private static String kind(Path path) throws IOException {
    int mode = (int) Files.getAttribute(path.toRealPath(), "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return FOUND.getOrDefault(mode & FORMAT, "Unknown");
  }
}
