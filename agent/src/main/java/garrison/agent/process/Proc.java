package garrison.agent.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the kernel tells of processes. */
final class Proc {
  private static final Path PROC = Path.of("/proc");
  private static final int EXCHANGE_TRIES = 50;

  private Proc() {}

  /** Whether that very process is there: the same pid with another start time is another one. */
  static boolean alive(long pid, long startTicks) {
    if (pid <= 0) {
      return false;
    }
    try {
      String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
      // After the name, which may hold anything, come the state (field 3) and the rest.
      List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
      return !fields.getFirst().equals("Z") && Long.parseLong(fields.get(22 - 3)) == startTicks;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The environment with which a process was started. While a program is being exchanged for
   * another the kernel shows none for a moment, so an empty one is read again a few times.
   */
  static Map<String, String> environment(long pid) throws IOException, InterruptedException {
    Map<String, String> variables = new LinkedHashMap<>();
    byte[] bytes = Files.readAllBytes(PROC.resolve(pid + "/environ"));
    for (int tries = 0; bytes.length == 0 && tries < EXCHANGE_TRIES; tries++) {
      Thread.sleep(1);
      bytes = Files.readAllBytes(PROC.resolve(pid + "/environ"));
    }
    for (String entry : new String(bytes, StandardCharsets.UTF_8).split("\0")) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        variables.put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    return variables;
  }

  /** Another one after each start of the machine. */
  static String bootId() {
    try {
      return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      throw new IllegalStateException("/proc is not mounted; the agent cannot work without it", e);
    }
  }
}
