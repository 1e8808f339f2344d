package garrison.agent.logs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a log as text, for what is told of a container that failed. */
public final class LogTail {
  private static final Logger log = LoggerFactory.getLogger(LogTail.class);
  private static final int MOST_READ = 1 << 20;

  private LogTail() {}

  /** The last lines, at most so many bytes of them; empty where there is no log. */
  public static String read(Path file, int mostLines, int mostBytes) {
    if (!Files.exists(file)) {
      return "";
    }
    try (FileChannel channel = FileChannel.open(file)) {
      long from = Math.max(LogFile.tail(file, mostLines), channel.size() - MOST_READ);
      ByteBuffer bytes = ByteBuffer.allocate((int) (channel.size() - from));
      while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
        continue;
      }
      byte[] text = contents(bytes.array(), bytes.position());
      int start = Math.max(0, text.length - mostBytes);
      return new String(text, start, text.length - start, StandardCharsets.UTF_8);
    } catch (IOException e) {
      log.warn("the end of log {} cannot be read: {}", file, e.toString());
      return "";
    }
  }

  private static byte[] contents(byte[] log, int length) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    int from = 0;
    for (int i = 0; i < length; i++) {
      if (log[i] == '\n') {
        CriLine line = CriLine.parse(java.util.Arrays.copyOfRange(log, from, i));
        from = i + 1;
        if (line != null) {
          text.write(line.bytes(), line.from(), line.to() - line.from());
          if (!line.partial()) {
            text.write('\n');
          }
        }
      }
    }
    return text.toByteArray();
  }
}
