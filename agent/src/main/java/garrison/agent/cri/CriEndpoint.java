package garrison.agent.cri;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a container runtime listens on this machine (spec: node-agent 1). */
public final class CriEndpoint {
  private static final String SCHEME = "unix://";

  /** containerd's and CRI-O's usual ones. */
  private static final List<Path> USUAL =
      List.of(Path.of("/run/containerd/containerd.sock"), Path.of("/run/crio/crio.sock"));

  private CriEndpoint() {}

  /** The usual socket that is there and open to us; null where there is none. */
  public static @Nullable Path find() {
    return find(USUAL);
  }

  static @Nullable Path find(List<Path> usual) {
    return usual.stream().filter(Files::isWritable).findFirst().orElse(null);
  }

  /**
   * The socket that was named, there or not.
   *
   * @param text {@code unix:///path} or {@code /path}
   * @throws IllegalArgumentException in one sentence, for anything else
   */
  public static Path of(String text) {
    String path = text.startsWith(SCHEME) ? text.substring(SCHEME.length()) : text;
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is no endpoint of a container runtime: give unix:///<absolute path of its"
              + " socket>");
    }
    return Path.of(path);
  }
}
