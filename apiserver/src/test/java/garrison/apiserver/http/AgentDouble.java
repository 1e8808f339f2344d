package garrison.apiserver.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import garrison.apiserver.pki.Pki;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The HTTPS port of a node's agent, which demands a client certificate of the fleet's authority.
 */
final class AgentDouble implements AutoCloseable {
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CompletableFuture<OutputStream> log = new CompletableFuture<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private volatile int refusal;
  private volatile String reason = "";

  AgentDouble(Pki pki, String node) throws IOException {
    Caller identity = Caller.of("", pki.certificateAuthority().pem(), pki.nodeCredential(node), "");
    SSLContext tls = identity.tls();
    identity.close();
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = tls.getDefaultSSLParameters();
            wanted.setNeedClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** What was asked, and by whom. */
  List<String> requests() {
    return requests;
  }

  /** Answers that from now on. */
  void refuse(int code, String text) {
    refusal = code;
    reason = text;
  }

  private void handle(HttpExchange exchange) throws IOException {
    X509Certificate client =
        (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
    requests.add(exchange.getRequestURI() + " by " + client.getSubjectX500Principal());
    if (refusal != 0) {
      byte[] text = reason.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(refusal, text.length);
      exchange.getResponseBody().write(text);
      exchange.close();
      return;
    }
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().flush();
    log.complete(exchange.getResponseBody());
    over.join();
    exchange.close();
  }

  /** Writes a piece of the log that was asked for. */
  void write(String text) throws Exception {
    OutputStream out = log.get(30, TimeUnit.SECONDS);
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** Whether that can still be written. */
  boolean writes(String text) {
    try {
      write(text);
      return true;
    } catch (IOException e) {
      return false;
    } catch (Exception e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  /** Ends the log. */
  void end() {
    over.complete(null);
  }

  /** Breaks off. */
  @Override
  public void close() {
    server.stop(0);
    over.complete(null);
    threads.shutdownNow();
  }
}
