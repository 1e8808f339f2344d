package garrison.agent.streaming;

import garrison.agent.runtime.Packet;
import garrison.agent.runtime.Session;
import garrison.agent.runtime.SessionEnd;
import garrison.agent.runtime.SessionSpec;
import garrison.model.json.Json;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdyStreamFrame;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session as streams of a SPDY connection, one for each channel. It is over when the runtime has
 * closed all that it writes to, and has said on the error stream how it ended.
 */
final class SpdySession implements Session {
  private static final Logger log = LoggerFactory.getLogger(SpdySession.class);
  private static final int LARGEST = 32 << 10;
  private static final int LONGEST_STATUS = 64 << 10;

  private final SpdyConnection connection;

  /** Stream number of each channel. */
  private final Map<Integer, Integer> streams = new HashMap<>();

  private final Set<Integer> open = new HashSet<>();
  private final ByteArrayOutputStream status = new ByteArrayOutputStream();
  private boolean over;

  private SpdySession(SpdyConnection connection) {
    this.connection = connection;
  }

  /** Opens the streams; the connection belongs to the session from now on. */
  static SpdySession open(SpdyConnection connection, SessionSpec spec) throws IOException {
    SpdySession session = new SpdySession(connection);
    try {
      session.add(Packet.ERROR, "error", true);
      if (spec.stdin()) {
        session.add(Packet.STDIN, "stdin", false);
      }
      if (spec.stdout()) {
        session.add(Packet.STDOUT, "stdout", true);
      }
      if (spec.stderr() && !spec.tty()) {
        session.add(Packet.STDERR, "stderr", true);
      }
      if (spec.tty()) {
        session.add(Packet.RESIZE, "resize", false);
      }
      return session;
    } catch (IOException e) {
      session.close();
      throw e;
    }
  }

  private void add(int channel, String type, boolean read) throws IOException {
    int number = 1 + 2 * streams.size(); // Those of a client are odd.
    streams.put(channel, number);
    SpdySynStreamFrame frame = new DefaultSpdySynStreamFrame(number, 0, (byte) 0);
    frame.headers().add("streamtype", type);
    connection.write(frame);
    if (read) {
      open.add(number);
    }
  }

  @Override
  public @Nullable Packet read() throws IOException {
    while (!over) {
      SpdyFrame frame = open.isEmpty() ? null : connection.read();
      if (frame == null) {
        over = true;
        return status.size() == 0
            ? SessionEnd.failed("the container runtime broke off the session")
            : new Packet(Packet.ERROR, status.toByteArray());
      }
      try {
        Packet packet = take(frame);
        if (packet != null) {
          return packet;
        }
      } finally {
        ReferenceCountUtil.release(frame);
      }
    }
    return null;
  }

  private @Nullable Packet take(SpdyFrame frame) throws IOException {
    switch (frame) {
      case SpdyDataFrame data -> {
        closed(data);
        return data(data.streamId(), ByteBufUtil.getBytes(data.content()));
      }
      case SpdySynReplyFrame reply -> closed(reply);
      case SpdyRstStreamFrame reset -> open.remove(reset.streamId());
      case SpdyPingFrame ping -> connection.write(ping);
      case SpdyGoAwayFrame ignored -> open.clear();
      default -> log.trace("{} is passed over", frame);
    }
    return null;
  }

  private void closed(SpdyStreamFrame frame) {
    if (frame.isLast()) {
      open.remove(frame.streamId());
    }
  }

  private @Nullable Packet data(int stream, byte[] bytes) {
    if (bytes.length == 0) {
      return null;
    }
    if (is(stream, Packet.ERROR)) {
      status.write(bytes, 0, Math.min(bytes.length, LONGEST_STATUS - status.size()));
      return null;
    }
    if (is(stream, Packet.STDOUT)) {
      return new Packet(Packet.STDOUT, bytes);
    }
    return is(stream, Packet.STDERR) ? new Packet(Packet.STDERR, bytes) : null;
  }

  private boolean is(int stream, int channel) {
    Integer number = streams.get(channel);
    return number != null && number == stream;
  }

  @Override
  public void input(byte[] bytes) throws IOException {
    for (int from = 0; from < bytes.length; from += LARGEST) {
      write(Packet.STDIN, bytes, from, Math.min(LARGEST, bytes.length - from), false);
    }
  }

  @Override
  public void endInput() throws IOException {
    write(Packet.STDIN, new byte[0], 0, 0, true);
  }

  @Override
  public void resize(int width, int height) throws IOException {
    byte[] size = Json.bytes(Json.object().put("Width", width).put("Height", height));
    write(Packet.RESIZE, size, 0, size.length, false);
  }

  private void write(int channel, byte[] bytes, int from, int length, boolean last)
      throws IOException {
    Integer number = streams.get(channel);
    if (number == null) {
      return; // It was not asked for when the session began.
    }
    SpdyDataFrame frame =
        new DefaultSpdyDataFrame(number, Unpooled.wrappedBuffer(bytes, from, length));
    connection.write(frame.setLast(last));
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (IOException e) {
      log.debug("a session is over already: {}", e.toString());
    }
  }
}
