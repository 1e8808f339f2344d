package garrison.agent.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a volume (spec: node-agent 3.11). It never leads out of the volume, whatever links a
 * container that can write the volume puts there.
 *
 * @param volume the name of the mount, for messages
 * @param container for messages
 * @param path below the volume, not empty
 */
public record SubPath(String volume, String container, String path) {
  private static final int PERMISSIONS = 07777;

  /**
   * Where it is, without links; a missing one is made, as a directory with the volume's own mode.
   * The messages tell nothing of what is on the node outside of the volume.
   */
  public Path in(Path root) throws VolumeException {
    if (path.startsWith("/")) {
      throw new VolumeException("error SubPath `" + path + "` must not be an absolute path");
    }
    if (List.of(path.split("/")).contains("..")) {
      throw new VolumeException(
          "unable to provision SubPath `" + path + "`: must not contain '..'");
    }
    try {
      Path home = RealPath.of(root);
      Path real = RealPath.of(home.resolve(path));
      if (!real.startsWith(home)) {
        throw failed("prepare subPath");
      }
      if (!Files.exists(real)) {
        make(home, real);
      }
      if (!RealPath.of(home.resolve(path)).equals(real)) {
        throw failed("prepare subPath");
      }
      return real;
    } catch (IOException e) {
      throw failed("prepare subPath");
    }
  }

  /**
   * A path below a volume that is there already, without links; null where it is not.
   *
   * @throws VolumeException where it would leave the volume
   */
  public static @Nullable Path existing(Path root, String path) throws VolumeException {
    try {
      Path home = RealPath.of(root);
      Path real = RealPath.of(home.resolve(path));
      if (path.startsWith("/") || !real.startsWith(home)) {
        throw new VolumeException("path \"" + path + "\" leaves its volume");
      }
      return RealPath.taken(real) ? real : null;
    } catch (IOException e) {
      throw new VolumeException(e);
    }
  }

  private void make(Path home, Path real) throws IOException, VolumeException {
    if (Files.isRegularFile(home)) {
      throw failed("create subPath directory");
    }
    Object mode = (int) Files.getAttribute(home, "unix:mode") & PERMISSIONS;
    Path at = home;
    for (Path name : home.relativize(real)) {
      at = at.resolve(name);
      if (Files.isDirectory(at)) {
        continue;
      }
      try {
        Files.createDirectory(at);
        Files.setAttribute(at, "unix:mode", mode);
      } catch (IOException e) {
        throw failed("create subPath directory");
      }
    }
  }

  private VolumeException failed(String what) {
    return new VolumeException(
        "failed to "
            + what
            + " for volumeMount \""
            + volume
            + "\" of container \""
            + container
            + "\"");
  }
}
