package garrison.agent.process;

import garrison.agent.runtime.Packet;
import garrison.agent.runtime.Session;
import garrison.agent.runtime.SessionEnd;
import garrison.agent.runtime.SessionSpec;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session whose other end is a launcher of its own ({@code session.c}, {@code attach.c}), over
 * the pipes of that process: packets of a channel, a length and bytes. The launcher ends with its
 * pipes, so an agent that is killed leaves no command behind.
 */
final class ProcessSession implements Session {
  private static final Logger log = LoggerFactory.getLogger(ProcessSession.class);
  private static final int LARGEST = 32 << 10;
  private static final int BUFFER = 32 << 10;

  private final Process launcher;
  private final SessionSpec spec;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final ReentrantLock writing = new ReentrantLock();
  private boolean over;

  ProcessSession(Process launcher, SessionSpec spec) {
    this.launcher = launcher;
    this.spec = spec;
    this.in = new DataInputStream(new BufferedInputStream(launcher.getInputStream(), BUFFER));
    this.out = new DataOutputStream(new BufferedOutputStream(launcher.getOutputStream(), BUFFER));
  }

  /** Tells the launcher what to run. */
  void begin(byte[] text) throws IOException {
    writing.lock();
    try {
      out.writeInt(text.length);
      out.write(text);
      out.flush();
    } finally {
      writing.unlock();
    }
  }

  @Override
  public @Nullable Packet read() throws IOException {
    while (!over) {
      int channel;
      byte[] bytes;
      try {
        channel = in.readUnsignedByte();
        bytes = in.readNBytes(in.readInt());
      } catch (EOFException e) {
        return null;
      }
      if (channel == Packet.ERROR) {
        over = true;
        return end(new String(bytes, StandardCharsets.UTF_8));
      }
      if (channel == Packet.STDOUT ? spec.stdout() : spec.stderr()) {
        return new Packet(channel, bytes);
      }
    }
    return null;
  }

  private static Packet end(String text) {
    if (text.startsWith("exit ")) {
      return SessionEnd.exited(Integer.parseInt(text.substring("exit ".length())));
    }
    String why = text.startsWith("failed ") ? text.substring("failed ".length()) : text;
    return SessionEnd.failed(why);
  }

  @Override
  public void input(byte[] bytes) throws IOException {
    for (int from = 0; from < bytes.length; from += LARGEST) {
      write(Packet.STDIN, bytes, from, Math.min(LARGEST, bytes.length - from));
    }
  }

  @Override
  public void endInput() throws IOException {
    write(Packet.CLOSE, new byte[] {Packet.STDIN}, 0, 1);
  }

  @Override
  public void resize(int width, int height) throws IOException {
    byte[] size = {(byte) (width >> 8), (byte) width, (byte) (height >> 8), (byte) height};
    write(Packet.RESIZE, size, 0, size.length);
  }

  private void write(int channel, byte[] bytes, int from, int length) throws IOException {
    writing.lock();
    try {
      out.writeByte(channel);
      out.writeInt(length);
      out.write(bytes, from, length);
      out.flush();
    } finally {
      writing.unlock();
    }
  }

  /**
   * The launcher hangs its command up, and ends. By a signal: to close the pipe to it would wait
   * for whoever writes into it, perhaps for ever.
   */
  @Override
  public void close() {
    launcher.destroy();
    try {
      launcher.getInputStream().close();
    } catch (IOException e) {
      log.debug("a session is over already: {}", e.toString());
    }
  }
}
