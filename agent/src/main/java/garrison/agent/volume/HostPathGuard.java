package garrison.agent.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which paths of its machine a node lets pods mount: the machine's owner decides that, whatever the
 * API server says. What counts is where a path leads in the end, so neither links nor {@code ..}
 * get around it; links in the allowed paths themselves are followed, too. Immutable.
 *
 * @param allowed nothing in it: all paths are allowed
 */
public record HostPathGuard(List<Allowed> allowed) {
  /** Lets everything pass. */
  public static final HostPathGuard NONE = new HostPathGuard(List.of());

  private static final String READ_ONLY = ":ro";

  /** Copies. */
  public HostPathGuard {
    allowed = List.copyOf(allowed);
  }

  /**
   * A directory (or file) with all below it.
   *
   * @param path absolute, without {@code ..}
   * @param readOnly whether it may only be mounted read-only
   */
  public record Allowed(Path path, boolean readOnly) {
    /**
     * Reads {@code PATH} or {@code PATH:ro}.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static Allowed parse(String text) {
      boolean readOnly = text.endsWith(READ_ONLY);
      String path = readOnly ? text.substring(0, text.length() - READ_ONLY.length()) : text;
      if (!path.startsWith("/") || List.of(path.split("/", -1)).contains("..")) {
        throw new IllegalArgumentException(
            "\""
                + text
                + "\" is no path that pods may mount: write it in full, such as /var/log, or"
                + " /var/log:ro for reading only");
      }
      return new Allowed(Path.of(path).normalize(), readOnly);
    }

    private boolean covers(Path real) throws IOException {
      return real.startsWith(RealPath.of(path));
    }

    @Override
    public String toString() {
      return path + (readOnly ? " (read-only)" : "");
    }
  }

  /** Whether there is anything to check. */
  public boolean active() {
    return !allowed.isEmpty();
  }

  /**
   * Why a path may not be mounted; null where it may.
   *
   * @param asked as the pod has it
   * @param real where it leads, see {@link #realPath}
   * @param writable whether any container wants to write it
   */
  public @Nullable String refusal(String asked, Path real, boolean writable) throws IOException {
    if (allowed.isEmpty()) {
      return null;
    }
    boolean readable = false;
    for (Allowed one : allowed) {
      if (one.covers(real)) {
        if (!writable || !one.readOnly()) {
          return null;
        }
        readable = true;
      }
    }
    String place =
        asked + (Path.of(asked).normalize().equals(real) ? "" : " (really " + real + ")");
    if (readable) {
      return "hostPath "
          + place
          + " may be mounted read-only only on this node: set readOnly: true on its volumeMounts";
    }
    List<String> all = new ArrayList<>();
    allowed.forEach(one -> all.add(one.toString()));
    return "hostPath " + place + " is not among those that this node lets pods mount: " + all;
  }

  /** Whether a path may be mounted, but only for reading. */
  public boolean readOnly(Path real) throws IOException {
    boolean readable = false;
    for (Allowed one : allowed) {
      if (one.covers(real)) {
        if (!one.readOnly()) {
          return false;
        }
        readable = true;
      }
    }
    return readable;
  }

  /** Where an absolute path leads, whether or not its end is there. */
  public static Path realPath(String path) throws IOException {
    return RealPath.of(Path.of(path));
  }
}
