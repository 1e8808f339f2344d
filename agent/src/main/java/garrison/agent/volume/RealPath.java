package garrison.agent.volume;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Where a path leads once all links are followed, also where its end is not there yet: what would
 * be made under it is made there. A link whose target is missing counts like any other.
 */
final class RealPath {
  private static final int MOST_LINKS = 40;

  private RealPath() {}

  /**
   * The same place without links and without {@code ..}.
   *
   * @param path absolute
   * @throws FileSystemLoopException where links lead to each other
   */
  static Path of(Path path) throws IOException {
    Deque<Path> left = new ArrayDeque<>();
    path.forEach(left::addLast);
    Path root = path.getRoot();
    Path at = root;
    int links = 0;
    while (!left.isEmpty()) {
      Path name = left.removeFirst();
      if (name.toString().equals("..")) {
        Path up = at.getParent();
        at = up == null ? root : up;
        continue;
      }
      if (name.toString().isEmpty() || name.toString().equals(".")) {
        continue;
      }
      Path next = at.resolve(name);
      if (!Files.isSymbolicLink(next)) {
        at = next;
        continue;
      }
      if (++links > MOST_LINKS) {
        throw new FileSystemLoopException(path.toString());
      }
      // Read again from its text: as the JDK hands it out, the last name keeps a slash behind it.
      Path target = Path.of(Files.readSymbolicLink(next).toString());
      if (target.isAbsolute()) {
        at = root;
      }
      Deque<Path> more = new ArrayDeque<>();
      target.forEach(more::addLast);
      while (!more.isEmpty()) {
        left.addFirst(more.removeLast());
      }
    }
    return at;
  }

  /** Whether there is anything at a path, a link to nothing included. */
  static boolean taken(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }
}
