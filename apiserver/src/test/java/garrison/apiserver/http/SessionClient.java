package garrison.apiserver.http;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** A client of exec and attach over WebSocket. */
final class SessionClient implements WebSocket.Listener, AutoCloseable {
  private final HttpClient client;
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();
  private final WebSocket socket;

  SessionClient(SSLContext tls, int port, String path, String protocol) {
    client = HttpClient.newBuilder().sslContext(tls).build();
    socket =
        client
            .newWebSocketBuilder()
            .subprotocols(protocol)
            .buildAsync(URI.create("wss://127.0.0.1:" + port + path), this)
            .join();
  }

  String protocol() {
    return socket.getSubprotocol();
  }

  void send(int channel, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer whole = ByteBuffer.allocate(bytes.length + 1).put((byte) channel).put(bytes).flip();
    socket.sendBinary(whole, true).join();
  }

  /** What was heard next: channel and text, or {@code closed CODE}. */
  String next() throws InterruptedException {
    return String.valueOf(heard.poll(30, TimeUnit.SECONDS));
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    message.writeBytes(bytes);
    if (last) {
      byte[] all = message.toByteArray();
      message.reset();
      heard.add(all[0] + " " + new String(all, 1, all.length - 1, StandardCharsets.UTF_8));
    }
    from.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    heard.add("closed " + code);
    return null;
  }

  @Override
  public void close() {
    socket.abort();
    client.shutdownNow();
  }
}
