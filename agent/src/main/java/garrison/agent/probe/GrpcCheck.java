package garrison.agent.probe;

import garrison.agent.probe.Check.Grpc;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * {@code grpc.health.v1.Health/Check} without TLS (spec: node-agent 3.7). Its two messages are a
 * string and a number, so they are written and read here; see {@link HealthMessage}.
 */
final class GrpcCheck {
  private static final int MOST_BODY = 10 * 1024;
  private static final String UNIMPLEMENTED = "12";

  private final Network network;
  private final Grpc grpc;
  private final String address;
  private final Duration timeout;
  private final CompletableFuture<Answer> answer = new CompletableFuture<>();
  private @Nullable HttpClientRequest current; // on the event loop only

  private GrpcCheck(Network network, Grpc grpc, String address, Duration timeout) {
    this.network = network;
    this.grpc = grpc;
    this.address = address;
    this.timeout = timeout;
  }

  static CompletableFuture<Answer> ask(
      Network network, Grpc grpc, String address, Duration timeout) {
    GrpcCheck check = new GrpcCheck(network, grpc, address, timeout);
    network.vertx().runOnContext(now -> check.start());
    return check.answer;
  }

  private void start() {
    long timer = network.vertx().setTimer(timeout.toMillis(), late -> late());
    answer.whenComplete(
        (done, failed) ->
            network
                .vertx()
                .runOnContext(
                    now -> {
                      network.vertx().cancelTimer(timer);
                      drop();
                    }));
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setServer(SocketAddress.inetSocketAddress(grpc.port(), address))
            .setHost(address)
            .setPort(grpc.port())
            .setURI("/grpc.health.v1.Health/Check")
            .setConnectTimeout(timeout.toMillis())
            .addHeader("content-type", "application/grpc")
            .addHeader("te", "trailers")
            .addHeader("user-agent", HttpCall.PROBE);
    network
        .http2()
        .request(options)
        .onComplete(
            this::connected,
            failed -> notConnected(Network.noConnection(failed, address, grpc.port())));
  }

  private void late() {
    if (current == null) {
      notConnected("context deadline exceeded");
    } else {
      answer.complete(
          Answer.failure("timeout: health rpc did not complete within " + GoTime.text(timeout)));
    }
  }

  private void notConnected(String why) {
    answer.complete(
        Answer.failure(
            "timeout: failed to connect service \""
                + Network.join(address, grpc.port())
                + "\" within "
                + GoTime.text(timeout)
                + ": "
                + why));
  }

  /** The connection was this check's own. */
  private void drop() {
    HttpClientRequest request = current;
    if (request != null) {
      var unused = request.connection().close();
    }
  }

  private void connected(HttpClientRequest request) {
    current = request;
    if (answer.isDone()) {
      drop();
      return;
    }
    request
        .send(Buffer.buffer(HealthMessage.request(grpc.service())))
        .onComplete(this::answered, this::broken);
  }

  private void answered(HttpClientResponse response) {
    Buffer body = Buffer.buffer();
    response.handler(
        part -> {
          body.appendBuffer(part);
          if (body.length() > MOST_BODY) {
            answer.complete(
                Answer.failure("error: health rpc probe failed: its answer is too long"));
          }
        });
    response.exceptionHandler(this::broken);
    response.endHandler(end -> answer.complete(judge(response, body.getBytes())));
  }

  private void broken(Throwable failed) {
    answer.complete(Answer.failure("error: health rpc probe failed: " + failed.getMessage()));
  }

  private static Answer judge(HttpClientResponse response, byte[] body) {
    if (response.statusCode() != 200) {
      return Answer.failure("error: health rpc probe failed: HTTP status " + response.statusCode());
    }
    String status = trailer(response, "grpc-status");
    String message = decoded(trailer(response, "grpc-message"));
    if (status.equals(UNIMPLEMENTED)) {
      return Answer.failure(
          "error: this server does not implement the grpc health protocol"
              + " (grpc.health.v1.Health): "
              + message);
    }
    if (!status.equals("0")) {
      return Answer.failure(
          "error: health rpc probe failed: status "
              + (status.isEmpty() ? "missing" : status)
              + " "
              + message);
    }
    Integer health = HealthMessage.status(body);
    if (health == null) {
      return Answer.failure("error: health rpc probe failed: its answer cannot be read");
    }
    if (health == HealthMessage.SERVING) {
      return Answer.success("service healthy");
    }
    List<String> names = HealthMessage.NAMES;
    String name = health < names.size() ? names.get(health) : String.valueOf(health);
    return Answer.failure("service unhealthy (responded with \"" + name + "\")");
  }

  /** Messages come percent-encoded. */
  private static String decoded(String message) {
    try {
      return URLDecoder.decode(message.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return message; // better as it stands than not at all
    }
  }

  /** An answer without body has them among its headers. */
  private static String trailer(HttpClientResponse response, String name) {
    String trailer = response.trailers().get(name);
    String header = response.getHeader(name);
    return trailer != null ? trailer : header != null ? header : "";
  }
}
