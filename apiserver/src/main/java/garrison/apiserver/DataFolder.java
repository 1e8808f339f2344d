package garrison.apiserver;

import garrison.apiserver.pki.SecretFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds everything a server keeps, held by one server at a time. The hold is a lock
 * of the operating system on {@code garrison.lock}: it ends with the process, however that ends.
 * The same file marks the folder as ours, so that a server never settles among foreign files.
 */
public final class DataFolder implements AutoCloseable {
  private static final String MARK = "garrison.lock";

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private DataFolder(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Makes the folder where it is missing, and takes hold of it.
   *
   * @throws StartException where another server holds it, it holds foreign files, or it cannot be
   *     written
   */
  public static DataFolder hold(Path folder) {
    Path path = folder.toAbsolutePath().normalize();
    FileChannel channel = null;
    try {
      if (Files.exists(path) && !Files.isDirectory(path)) {
        throw new StartException(path + " is a file: choose a folder for the data");
      }
      SecretFiles.makeFolder(path);
      refuseForeign(path);
      channel =
          FileChannel.open(path.resolve(MARK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new StartException(
            "another garrison server uses the data folder "
                + path
                + ": stop it first, or choose another folder with --data");
      }
      return new DataFolder(path, channel, lock);
    } catch (IOException e) {
      throw new StartException(
          "cannot use the data folder "
              + path
              + " ("
              + e.getClass().getSimpleName()
              + ": "
              + e.getMessage()
              + "): choose a folder that you may write to",
          e);
    }
  }

  /** The folder itself, absolute. */
  public Path path() {
    return path;
  }

  /** Lets go. Idempotent. */
  @Override
  public void close() {
    try {
      if (lock.isValid()) {
        lock.release();
      }
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException("cannot let go of " + path, e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // Another server in this very process.
    }
  }

  private static void refuseForeign(Path path) throws IOException {
    if (Files.exists(path.resolve(MARK))) {
      return;
    }
    List<Path> found;
    try (Stream<Path> files = Files.list(path)) {
      found = files.limit(1).toList();
    }
    if (!found.isEmpty()) {
      throw new StartException(
          path
              + " is no Garrison data folder, it holds "
              + found.getFirst().getFileName()
              + ": choose an empty or a new folder with --data");
    }
  }
}
