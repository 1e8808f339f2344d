package garrison.agent.file;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Directory trees, without following links. Thread-safe. */
public final class Trees {
  private Trees() {}

  /** Removes one; what is gone already, or goes meanwhile, is fine. */
  public static void remove(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /**
   * Gives all of a tree to a group (fsGroup).
   *
   * @param directories bits that the modes of directories get in addition
   * @param files the same for regular files; others stay as they are
   */
  public static void giveToGroup(Path tree, long gid, int directories, int files)
      throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            give(directory, directories);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              give(file, files);
            }
            return FileVisitResult.CONTINUE;
          }

          private void give(Path path, int more) throws IOException {
            Files.setAttribute(path, "unix:gid", (int) gid);
            int mode = (int) Files.getAttribute(path, "unix:mode") & 07777;
            Files.setAttribute(path, "unix:mode", mode | more);
          }
        });
  }
}
