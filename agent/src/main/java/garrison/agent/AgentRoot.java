package garrison.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** The directory of one agent, held by it alone while it runs. */
final class AgentRoot implements AutoCloseable {
  private static final String PORT = "port";
  private static final String RUNTIME = "container-runtime";

  private final Path directory;
  private final FileChannel lock;

  private AgentRoot(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /** Makes it where it is new, and takes hold of it. */
  static AgentRoot hold(Path directory) {
    try {
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      FileChannel channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        channel.close();
        throw new AgentStartException(
            "another agent uses " + directory + "; end it, or give this one another directory");
      }
      return new AgentRoot(directory, channel);
    } catch (IOException e) {
      throw new AgentStartException(
          "the agent cannot use its directory " + directory + ": " + e + "; choose another one", e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by an agent of this very process
    }
  }

  /** The port of the agent before, 0 where there is none: nodes keep theirs if they can. */
  int keptPort() {
    try {
      return Integer.parseInt(kept(PORT));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Keeps it. */
  void keepPort(int port) {
    keep(PORT, String.valueOf(port));
  }

  /** Socket of the container runtime of the agent before; null where it found none. */
  @Nullable Path keptRuntime() {
    String kept = kept(RUNTIME);
    return kept.isEmpty() ? null : Path.of(kept);
  }

  /** Keeps it. */
  void keepRuntime(Path socket) {
    keep(RUNTIME, socket.toString());
  }

  private String kept(String name) {
    Path file = directory.resolve(name);
    try {
      return Files.exists(file) ? Files.readString(file).strip() : "";
    } catch (IOException e) {
      throw new AgentStartException("the agent cannot read " + file + ": " + e, e);
    }
  }

  private void keep(String name, String value) {
    try {
      Files.writeString(directory.resolve(name), value + "\n");
    } catch (IOException e) {
      throw new AgentStartException(
          "the agent cannot write to its directory " + directory + ": " + e, e);
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
