package garrison.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The daemons of a suite, who tell on their node: each notes its own start in a file, and holds a
 * lock of its DaemonSet as long as it runs. Another that finds the lock taken notes that too.
 */
final class Daemons {
  private final Path proof;

  /** With their notes in that folder, which they have to find at {@code /proof}. */
  Daemons(Path proof) {
    this.proof = proof;
  }

  /**
   * A daemon's process, as it noted itself.
   *
   * @param set its DaemonSet
   * @param pod the pod's name
   * @param uid the pod's uid
   * @param process its id, on the host
   */
  record Daemon(String set, String pod, String uid, long process) {
    private static Daemon parse(String line) {
      String[] parts = line.split(" ");
      return new Daemon(parts[0], parts[1], parts[2], Long.parseLong(parts[3]));
    }

    /** Whether it is this one that runs, and not another that got its id. */
    boolean running() {
      try {
        return Files.readString(
                Path.of("/proc", String.valueOf(process), "environ"), StandardCharsets.ISO_8859_1)
            .contains("POD_UID=" + uid + "\0");
      } catch (IOException e) {
        return false;
      }
    }

    /** For a test that failed: daemons outlive their agent. */
    void end() {
      if (running()) {
        ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  /** What the container of a daemon runs in its shell; it needs {@code POD} and {@code POD_UID}. */
  static String script(String set) {
    return """
        exec 9>>/proof/SET.lock
        flock -n 9 || { echo "SET $POD $POD_UID 0" >> /proof/second-on-the-node; exit 1; }
        echo "SET $POD $POD_UID $$$$" >> /proof/started
        exec sleep 86400
        """
        .replace("SET", set);
  }

  /** All that ever started, in that order; once for each time that it did. */
  List<Daemon> started() throws IOException {
    return read("started");
  }

  /** Those that met another of their set. */
  List<Daemon> secondOnTheNode() throws IOException {
    return read("second-on-the-node");
  }

  /** Those that run now. */
  List<Daemon> running() throws IOException {
    return started().stream().filter(Daemon::running).toList();
  }

  private List<Daemon> read(String file) throws IOException {
    try {
      return Files.readAllLines(proof.resolve(file)).stream().map(Daemon::parse).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
