package garrison.agent.logs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes out one log as it was asked for (spec: node-agent 3.9). Following goes on in the new file
 * when the log is rotated, after the rest of the old one, and ends with the container. Used by one
 * thread, which it blocks.
 */
public final class LogReader {
  private static final int BLOCK = 32 << 10;
  private static final long LOOK_MILLIS = 200;

  private final LogSource.Log log;
  private final LogRequest request;
  private final OutputStream out;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long left;

  private LogReader(LogSource.Log log, LogRequest request, OutputStream out) {
    this.log = log;
    this.request = request;
    this.out = out;
    this.left = request.limitBytes() < 0 ? Long.MAX_VALUE : request.limitBytes();
  }

  /** Does it. An exception of {@code out} ends it: the reader went away. */
  public static void copy(LogSource.Log log, LogRequest request, OutputStream out)
      throws IOException, InterruptedException {
    new LogReader(log, request, out).run();
  }

  private void run() throws IOException, InterruptedException {
    boolean first = true;
    while (left > 0) {
      try (FileChannel channel = FileChannel.open(log.file())) {
        Object key = key(log.file());
        if (first && request.tailLines() >= 0) {
          channel.position(LogFile.tail(log.file(), request.tailLines()));
        }
        first = false;
        if (!drain(channel, key)) {
          return;
        }
      } catch (NoSuchFileException e) {
        // Between two files of a rotation, or before the first line.
        if (!request.follow() || !log.running().getAsBoolean()) {
          return;
        }
        out.flush();
        Thread.sleep(LOOK_MILLIS);
      }
    }
    out.flush();
  }

  /** Reads one file to its end; whether there is another after it. */
  private boolean drain(FileChannel channel, @Nullable Object key)
      throws IOException, InterruptedException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    boolean ending = false;
    while (true) {
      // Asked before the read: what a container wrote before it ended is there by then.
      boolean running = request.follow() && log.running().getAsBoolean();
      boolean replaced = request.follow() && !Objects.equals(key, key(log.file()));
      while (left > 0 && channel.read(block.clear()) > 0) {
        take(block.array(), block.position());
      }
      out.flush();
      if (left <= 0) {
        return false;
      }
      if (replaced) {
        return true;
      }
      if (ending || !request.follow()) {
        return false;
      }
      ending = !running; // one more read
      if (running) {
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  private static @Nullable Object key(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private void take(byte[] bytes, int length) throws IOException {
    int from = 0;
    for (int i = 0; i < length && left > 0; i++) {
      if (bytes[i] == '\n') {
        line.write(bytes, from, i - from);
        from = i + 1;
        put(line.toByteArray());
        line.reset();
      }
    }
    line.write(bytes, from, length - from);
  }

  private void put(byte[] bytes) throws IOException {
    CriLine parsed = CriLine.parse(bytes);
    if (parsed == null || before(parsed.time())) {
      return;
    }
    if (request.timestamps()) {
      write((parsed.fixedTime() + " ").getBytes(StandardCharsets.US_ASCII));
    }
    write(Arrays.copyOfRange(parsed.bytes(), parsed.from(), parsed.to()));
    if (!parsed.partial()) {
      write(new byte[] {'\n'});
    }
  }

  private boolean before(String time) {
    try {
      return request.since() != null && Instant.parse(time).isBefore(request.since());
    } catch (DateTimeException e) {
      return false; // a line without a time is shown rather than lost
    }
  }

  private void write(byte[] bytes) throws IOException {
    int size = (int) Math.min(left, bytes.length);
    out.write(bytes, 0, size);
    left -= size;
  }
}
