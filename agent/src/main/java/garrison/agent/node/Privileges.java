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

  private Privileges() {}

  /** Whether it may mount, and start processes of other users. */
  public static boolean mountAndChangeUsers() throws IOException {
    return mountAndChangeUsers(Files.readAllLines(Path.of("/proc/self/status")));
  }

  /** The same from the lines of {@code /proc/PID/status}. */
  static boolean mountAndChangeUsers(List<String> status) {
    for (String line : status) {
      if (line.startsWith("CapEff:")) {
        long effective = Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
        long needed = 1L << SETGID | 1L << SETUID | 1L << SYS_ADMIN;
        return (effective & needed) == needed;
      }
    }
    return false;
  }
}
