package garrison.agent.streaming;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Frames of SPDY/3.1 over a socket, after the upgrade from HTTP. One thread reads, any may write;
 * both block, which is all the flow control there is: container runtimes use no windows.
 *
 * <p>Netty's codec is used as a function from bytes to frames and back, without a channel of its
 * own: a session has its two virtual threads anyway.
 */
final class SpdyConnection implements AutoCloseable {
  /** Of the sessions' own protocol: its Status on the error stream came with it. */
  static final String PROTOCOL = "v4.channel.k8s.io";

  private static final int CONNECT_MILLIS = 10_000;
  private static final int HANDSHAKE_MILLIS = 60_000;
  private static final int LONGEST_LINE = 8 << 10;
  private static final int MOST_LINES = 100;
  private static final int BLOCK = 32 << 10;
  private static final int CHUNK = 16 << 10;
  private static final int HEADER_BYTES = 16 << 10;
  private static final int COMPRESSION = 6;
  private static final int WINDOW_BITS = 15;
  private static final int MEMORY_LEVEL = 8;
  private static final int SWITCHING = 101;
  private static final int HTTP = 80;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final EmbeddedChannel decoder = codec();
  private final EmbeddedChannel encoder = codec();
  private final ReentrantLock writing = new ReentrantLock();
  private final byte[] block = new byte[BLOCK];

  private SpdyConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), BLOCK);
    this.out = socket.getOutputStream();
  }

  private static EmbeddedChannel codec() {
    return new EmbeddedChannel(
        new SpdyFrameCodec(
            SpdyVersion.SPDY_3_1, CHUNK, HEADER_BYTES, COMPRESSION, WINDOW_BITS, MEMORY_LEVEL));
  }

  /**
   * Connects and upgrades.
   *
   * @throws IOException with what the server says where it refuses
   */
  static SpdyConnection to(URI address) throws IOException {
    if (!"http".equals(address.getScheme())) {
      throw new IOException(
          "it speaks " + address.getScheme() + ": have it listen on 127.0.0.1 without TLS");
    }
    Socket socket = new Socket();
    try {
      int port = address.getPort() < 0 ? HTTP : address.getPort();
      socket.connect(new InetSocketAddress(address.getHost(), port), CONNECT_MILLIS);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(HANDSHAKE_MILLIS);
      SpdyConnection connection = new SpdyConnection(socket);
      connection.upgrade(address);
      socket.setSoTimeout(0);
      return connection;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void upgrade(URI address) throws IOException {
    String path =
        address.getRawPath() + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery());
    String request =
        "POST "
            + path
            + " HTTP/1.1\r\nHost: "
            + address.getAuthority()
            + "\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: "
            + PROTOCOL
            + "\r\nContent-Length: 0\r\n\r\n";
    out.write(request.getBytes(StandardCharsets.US_ASCII));
    out.flush();
    String status = line();
    String protocol = "";
    int length = 0;
    for (int i = 0; ; i++) {
      String header = line();
      if (header.isEmpty()) {
        break;
      }
      if (i == MOST_LINES) {
        throw new IOException("it answers with too many headers");
      }
      int colon = header.indexOf(':');
      String name = colon < 0 ? "" : header.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = header.substring(colon + 1).strip();
      switch (name) {
        case "x-stream-protocol-version" -> protocol = value;
        case "content-length" -> length = Math.clamp(parse(value), 0, LONGEST_LINE);
        default -> {}
      }
    }
    String[] words = status.split(" ", 3);
    if (words.length < 2 || parse(words[1]) != SWITCHING) {
      String body = new String(in.readNBytes(length), StandardCharsets.UTF_8).strip();
      throw new IOException("it answers " + status + (body.isEmpty() ? "" : ": " + body));
    }
    if (!protocol.equals(PROTOCOL)) {
      throw new IOException("it does not speak " + PROTOCOL);
    }
  }

  private static int parse(String number) {
    try {
      return Integer.parseInt(number);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private String line() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("it closed the connection");
      }
      if (text.length() == LONGEST_LINE) {
        throw new IOException("it speaks no HTTP");
      }
      text.append((char) next);
    }
    return text.toString().stripTrailing();
  }

  /** The next frame, for the caller to release; null at the end. */
  @Nullable SpdyFrame read() throws IOException {
    while (true) {
      SpdyFrame frame = decoder.readInbound();
      if (frame != null) {
        return frame;
      }
      int got = in.read(block);
      if (got < 0) {
        return null;
      }
      try {
        decoder.writeInbound(Unpooled.copiedBuffer(block, 0, got));
      } catch (RuntimeException e) {
        throw new IOException("no SPDY/3.1: " + e.getMessage(), e);
      }
    }
  }

  /** Writes frames, one after the other. */
  void write(SpdyFrame... frames) throws IOException {
    writing.lock();
    try {
      for (SpdyFrame frame : frames) {
        encoder.writeOutbound(frame);
      }
      for (ByteBuf bytes = encoder.readOutbound(); bytes != null; bytes = encoder.readOutbound()) {
        try {
          out.write(ByteBufUtil.getBytes(bytes));
        } finally {
          ReferenceCountUtil.release(bytes);
        }
      }
      out.flush();
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
