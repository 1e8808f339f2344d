package garrison.agent.volume;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/**
 * A path of the node as a volume (spec: node-agent 3.11): guarded, made where its type says so, and
 * checked to be what its type says. What is answered has no link in it any more; whoever mounts it
 * follows none, so that nobody can put another place under the path in between.
 *
 * @param path as the pod has it
 * @param type of the API, empty for none
 * @param writable whether any container wants to write it
 */
public record HostPathVolume(String path, String type, boolean writable) {
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

  /** The real path to mount. */
  public Path prepare(HostPathGuard guard) throws VolumeException {
    if (!path.startsWith("/")) {
      throw new VolumeException("invalid HostPath `" + path + "`: must be an absolute path");
    }
    if (List.of(path.split("/")).contains("..")) {
      throw new VolumeException("invalid HostPath `" + path + "`: must not contain '..'");
    }
    try {
      Path real = HostPathGuard.realPath(path);
      String refusal = guard.refusal(path, real, writable);
      if (refusal != null) {
        throw new VolumeException(refusal);
      }
      check(make(real), real);
      if (!HostPathGuard.realPath(path).equals(real)) {
        throw new VolumeException("hostPath " + path + " was changed while it was looked at");
      }
      return real;
    } catch (IOException e) {
      throw new VolumeException(e);
    }
  }

  /** Makes what is missing where the type, or its absence, says so; the type that must be there. */
  private String make(Path real) throws IOException, VolumeException {
    switch (type) {
      case "" -> {
        if (!Files.exists(real)) {
          directories(real); // as container runtimes do for a path that nobody vouches for
        }
        return "";
      }
      case "DirectoryOrCreate" -> {
        if (!Files.exists(real)) {
          directories(real);
        }
        return "Directory";
      }
      case "FileOrCreate" -> {
        try {
          Files.createFile(
              real,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        } catch (FileAlreadyExistsException e) {
          return "File"; // checked next: it may be anything
        } catch (IOException e) {
          throw new VolumeException("open " + VolumeException.text(e));
        }
        return "File";
      }
      default -> {
        return type;
      }
    }
  }

  private static void directories(Path real) throws IOException {
    Files.createDirectories(
        real, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
  }

  private void check(String wanted, Path real) throws IOException, VolumeException {
    String name = ASKED.get(wanted);
    if (name == null) {
      return;
    }
    if (!RealPath.taken(real)) {
      throw new VolumeException(
          "hostPath type check failed, "
              + path
              + " is not a "
              + name
              + ", unable to determine its type: path \""
              + path
              + "\" does not exist");
    }
    int mode = (int) Files.getAttribute(real, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    String found = FOUND.getOrDefault(mode & FORMAT, "Unknown");
    if (!found.equals(wanted)) {
      throw new VolumeException(
          "hostPath type check failed: " + path + " is not a " + name + ", it's a " + found);
    }
  }
}
