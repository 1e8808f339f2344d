package garrison.agent.logs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Places in a log file. */
final class LogFile {
  private static final int BLOCK = 16 << 10;

  private LogFile() {}

  /**
   * Where the last {@code lines} lines begin. A line that is cut in several (tag {@code P}) counts
   * as one for each part, as upstream counts.
   */
  static long tail(Path file, long lines) throws IOException {
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      if (lines <= 0) {
        return log.length();
      }
      long at = log.length();
      long found = 0;
      byte[] block = new byte[BLOCK];
      while (at > 0) {
        int size = (int) Math.min(BLOCK, at);
        log.seek(at - size);
        log.readFully(block, 0, size);
        for (int i = size - 1; i >= 0; i--) {
          // The very last newline ends the last line; the one before it begins it.
          if (block[i] == '\n' && found++ == lines) {
            return at - size + i + 1;
          }
        }
        at -= size;
      }
      return 0;
    }
  }
}
