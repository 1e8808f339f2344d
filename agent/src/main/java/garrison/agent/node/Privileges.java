package garrison.agent.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the kernel lets this process do. */
public final class Privileges {
  private static final int SETGID = 6;
  private static final int SETUID = 7;
  private static final int SYS_ADMIN = 21;
  private static final int SYS_RESOURCE = 24;

  private Privileges() {}

  /** Whether it may mount, and start processes of other users. */
  public static boolean mountAndChangeUsers() throws IOException {
    return mountAndChangeUsers(Files.readAllLines(Path.of("/proc/self/status")));
  }

  /** Whether it may protect processes from the kernel's OOM killer more than itself. */
  public static boolean lowerOomScores() throws IOException {
    return has(Files.readAllLines(Path.of("/proc/self/status")), 1L << SYS_RESOURCE);
  }

  /** The same from the lines of {@code /proc/PID/status}. */
  static boolean mountAndChangeUsers(List<String> status) {
    return has(status, 1L << SETGID | 1L << SETUID | 1L << SYS_ADMIN);
  }

  private static boolean has(List<String> status, long needed) {
    for (String line : status) {
      if (line.startsWith("CapEff:")) {
        long effective = Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
        return (effective & needed) == needed;
      }
    }
    return false;
  }
}
