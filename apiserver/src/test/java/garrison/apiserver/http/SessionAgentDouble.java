package garrison.apiserver.http;

import garrison.apiserver.pki.Credential;
import garrison.apiserver.pki.Pki;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The port of a node's agent that takes one session, over WebSocket. */
final class SessionAgentDouble implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final HttpServer server;
  private final CompletableFuture<ServerWebSocket> session = new CompletableFuture<>();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private volatile String uri = "";
  private volatile int refusal;

  SessionAgentDouble(Pki pki, String node) {
    Credential credential = pki.nodeCredential(node);
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(0)
                    .setSsl(true)
                    .setClientAuth(ClientAuth.REQUIRED)
                    .setTrustOptions(
                        new PemTrustOptions()
                            .addCertValue(Buffer.buffer(pki.certificateAuthority().pem())))
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .addKeyValue(Buffer.buffer(credential.keyPem()))
                            .addCertValue(Buffer.buffer(credential.certificatePem())))
                    .setWebSocketSubProtocols(List.of("v5.channel.k8s.io", "v4.channel.k8s.io")))
            .requestHandler(this::handle)
            .listen()
            .await();
  }

  int port() {
    return server.actualPort();
  }

  /** What was asked for. */
  String uri() {
    return uri;
  }

  /** Takes no session from now on. */
  void refuse(int code) {
    refusal = code;
  }

  private void handle(HttpServerRequest request) {
    uri = request.uri();
    if (refusal != 0) {
      request.response().setStatusCode(refusal).end("pod does not exist\n");
      return;
    }
    request
        .toWebSocket()
        .onSuccess(
            opened -> {
              opened.binaryMessageHandler(
                  message ->
                      heard.add(
                          message.getUnsignedByte(0)
                              + " "
                              + message.getString(1, message.length())));
              opened.closeHandler(ignored -> heard.add("gone"));
              session.complete(opened);
            });
  }

  private ServerWebSocket session() throws Exception {
    return session.get(30, TimeUnit.SECONDS);
  }

  /** The protocol of the session. */
  String protocol() throws Exception {
    return session().subProtocol();
  }

  /** What was heard next: channel and text, or {@code gone}. */
  String next() throws InterruptedException {
    return String.valueOf(heard.poll(30, TimeUnit.SECONDS));
  }

  void send(int channel, String text) throws Exception {
    session()
        .writeBinaryMessage(
            Buffer.buffer(new byte[] {(byte) channel})
                .appendBytes(text.getBytes(StandardCharsets.UTF_8)))
        .await();
  }

  /** Ends the session. */
  void end() throws Exception {
    session().close((short) 1000);
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
