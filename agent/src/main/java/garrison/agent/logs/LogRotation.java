package garrison.agent.logs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * Keeps the log of a container small whose runtime writes it (spec: node-agent 3.9): what is
 * rotated is renamed to {@code N.log.YYYYMMDD-HHMMSS}, and packed by the next rotation, so that a
 * reader of the newest rotated file is not cut off.
 *
 * @param bytes from which size on a log is rotated
 * @param files how many are kept, the current one among them; at least two
 * @param zone of the times in their names
 */
public record LogRotation(long bytes, int files, InstantSource clock, ZoneId zone) {
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
  private static final String PACKED = ".gz";
  private static final String UNFINISHED = ".tmp";

  /** With upstream's numbers. */
  public static LogRotation usual(InstantSource clock) {
    return new LogRotation(10L << 20, 5, clock, ZoneId.systemDefault());
  }

  /** What has the runtime open a log anew. */
  public interface Reopen {
    /** Throws, where the runtime goes on writing into the renamed file. */
    void reopen();
  }

  /** Whether it is time. */
  public boolean due(Path log) throws IOException {
    return Files.size(log) > bytes;
  }

  /** Rotates one, now. */
  public void rotate(Path log, Reopen reopen) throws IOException {
    List<Path> rotated = rotated(log);
    while (rotated.size() > files - 2) { // the current one, and what it becomes now
      Files.delete(rotated.removeFirst());
    }
    for (Path old : rotated) {
      if (!old.toString().endsWith(PACKED)) {
        pack(old);
      }
    }
    Path renamed =
        log.resolveSibling(log.getFileName() + "." + STAMP.format(clock.instant().atZone(zone)));
    Files.move(log, renamed, StandardCopyOption.ATOMIC_MOVE);
    try {
      reopen.reopen();
    } catch (RuntimeException e) {
      Files.move(renamed, log, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
  }

  /** The oldest first; what an agent before left half packed is deleted. */
  private static List<Path> rotated(Path log) throws IOException {
    List<Path> found = new ArrayList<>();
    Path folder = log.toAbsolutePath().getParent();
    if (folder == null) {
      return found;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, log.getFileName() + ".*")) {
      for (Path file : all) {
        if (file.toString().endsWith(UNFINISHED)) {
          Files.delete(file);
        } else {
          found.add(file);
        }
      }
    }
    found.sort(null);
    return found;
  }

  private static void pack(Path file) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = new GZIPOutputStream(Files.newOutputStream(unfinished))) {
      in.transferTo(out);
    }
    Files.move(
        unfinished,
        file.resolveSibling(file.getFileName() + PACKED),
        StandardCopyOption.ATOMIC_MOVE);
    Files.delete(file);
  }
}
