package garrison.agent.cgroup;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A cgroup with all below it. */
public final class CgroupTree {
  private static final Logger log = LoggerFactory.getLogger(CgroupTree.class);

  private CgroupTree() {}

  /** Kills all that is in it and removes it; false where some of it would not go yet. */
  public static boolean remove(Path directory) {
    try {
      try (DirectoryStream<Path> children =
          Files.newDirectoryStream(directory, Files::isDirectory)) {
        for (Path child : children) {
          remove(child);
        }
      }
      kill(directory);
      Files.delete(directory);
      return true;
    } catch (NoSuchFileException e) {
      return true;
    } catch (DirectoryNotEmptyException e) {
      return false;
    } catch (IOException e) {
      log.debug("{} stays for now: {}", directory, e.toString()); // busy until the dead are reaped
      return false;
    }
  }

  /** Kills whoever is in this one cgroup. */
  public static void kill(Path directory) throws IOException {
    Path whole = directory.resolve("cgroup.kill");
    if (Files.exists(whole)) {
      Files.writeString(whole, "1", StandardOpenOption.WRITE);
      return;
    }
    for (String pid : Files.readAllLines(directory.resolve("cgroup.procs"))) {
      ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
