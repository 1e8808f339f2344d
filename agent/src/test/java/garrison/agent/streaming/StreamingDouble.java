package garrison.agent.streaming;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The streaming server of a container runtime, for one session. */
final class StreamingDouble implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final EmbeddedChannel codec =
      new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
  private final Map<String, Integer> streams = new HashMap<>();
  private final List<String> request = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final String answer;
  private volatile Socket socket;

  StreamingDouble(String answer) throws IOException {
    this.answer = answer;
    Thread.ofVirtual().start(this::serve);
  }

  static StreamingDouble thatSwitches() throws IOException {
    return new StreamingDouble(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
            + "X-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n");
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/exec/secret");
  }

  /** Lines of the request that upgrades. */
  List<String> request() {
    return request;
  }

  /** What was heard next: {@code open TYPE}, {@code TYPE BYTES}, {@code end TYPE}. */
  String next() throws InterruptedException {
    return String.valueOf(heard.poll(30, TimeUnit.SECONDS));
  }

  private void serve() {
    try {
      socket = server.accept();
      for (String line = line(); !line.isEmpty(); line = line()) {
        request.add(line);
      }
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      byte[] block = new byte[8192];
      for (int got = socket.getInputStream().read(block);
          got >= 0;
          got = socket.getInputStream().read(block)) {
        List<SpdyFrame> frames = new ArrayList<>();
        synchronized (codec) {
          codec.writeInbound(Unpooled.copiedBuffer(block, 0, got));
          for (SpdyFrame frame = codec.readInbound(); frame != null; frame = codec.readInbound()) {
            frames.add(frame);
          }
        }
        for (SpdyFrame frame : frames) {
          hear(frame);
        }
      }
      heard.add("gone");
    } catch (IOException e) {
      heard.add("gone");
    }
  }

  private String line() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int next = socket.getInputStream().read();
        next != '\n' && next >= 0;
        next = socket.getInputStream().read()) {
      text.append((char) next);
    }
    return text.toString().strip();
  }

  private void hear(SpdyFrame frame) throws IOException {
    if (frame instanceof SpdySynStreamFrame opened) {
      String type = String.valueOf(opened.headers().get("streamtype"));
      streams.put(type, opened.streamId());
      write(new DefaultSpdySynReplyFrame(opened.streamId()));
      heard.add("open " + type);
    } else if (frame instanceof SpdyDataFrame data) {
      String type =
          streams.entrySet().stream()
              .filter(entry -> entry.getValue() == data.streamId())
              .findFirst()
              .orElseThrow()
              .getKey();
      String text = data.content().toString(StandardCharsets.UTF_8);
      heard.add(data.isLast() && text.isEmpty() ? "end " + type : type + " " + text);
    }
  }

  /** Sends on a stream, and perhaps ends it. */
  void send(String type, String text, boolean last) throws IOException {
    write(
        new DefaultSpdyDataFrame(
                streams.get(type), Unpooled.copiedBuffer(text, StandardCharsets.UTF_8))
            .setLast(last));
  }

  void write(SpdyFrame frame) throws IOException {
    synchronized (codec) {
      codec.writeOutbound(frame);
      for (ByteBuf bytes = codec.readOutbound(); bytes != null; bytes = codec.readOutbound()) {
        socket.getOutputStream().write(ByteBufUtil.getBytes(bytes));
        bytes.release();
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    if (socket != null) {
      socket.close();
    }
  }
}
