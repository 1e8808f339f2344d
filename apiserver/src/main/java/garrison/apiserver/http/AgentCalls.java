package garrison.apiserver.http;

import garrison.apiserver.pki.Pki;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.util.Map;

/**
 * Calls the agents of nodes over mutual TLS, and passes on what they answer (spec: api-server
 * 14.4). A call has a client of its own, because each node is trusted by its own name.
 */
final class AgentCalls {
  private static final int CONNECT_MILLIS = 10_000;

  private final Vertx vertx;
  private final Pki pki;

  AgentCalls(Vertx vertx, Pki pki) {
    this.vertx = vertx;
    this.pki = pki;
  }

  /** The text that an agent answers, passed on as it comes. */
  Reply stream(String node, NodeAddress address, String path) {
    return exchange -> {
      if (exchange.claim()) {
        exchange.onLoop(() -> new Call(exchange, node, address, path).start());
      }
    };
  }

  /**
   * A session with a container, passed on both ways.
   *
   * @param spoken protocol of the client
   * @param agentSpeaks protocol of the agent
   */
  Reply session(String node, NodeAddress address, String path, String spoken, String agentSpeaks) {
    return exchange -> {
      if (exchange.claim()) {
        exchange.onLoop(
            () ->
                new AgentSession(
                        exchange, webSocketClient(node), address, path, spoken, agentSpeaks)
                    .start());
      }
    };
  }

  private WebSocketClient webSocketClient(String node) {
    return vertx.createWebSocketClient(
        new WebSocketClientOptions()
            .setSsl(true)
            .setVerifyHost(false) // NodeTrust checks the node's name instead.
            .setConnectTimeout(CONNECT_MILLIS)
            .setMaxFrameSize(Listener.LARGEST_MESSAGE)
            .setMaxMessageSize(Listener.LARGEST_MESSAGE)
            .setTrustOptions(trust(node))
            .setKeyCertOptions(identity()));
  }

  private TrustOptions trust(String node) {
    return TrustOptions.wrap(new NodeTrust(pki.certificateAuthority().certificate(), node));
  }

  private PemKeyCertOptions identity() {
    return new PemKeyCertOptions()
        .setKeyValue(Buffer.buffer(pki.kubeletClient().keyPem()))
        .setCertValue(Buffer.buffer(pki.kubeletClient().certificatePem()));
  }

  private HttpClientAgent client(String node) {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setSsl(true)
            .setVerifyHost(false) // NodeTrust checks the node's name instead.
            .setConnectTimeout(CONNECT_MILLIS)
            .setTrustOptions(trust(node))
            .setKeyCertOptions(identity()));
  }

  /** One call; all of it happens on the event loop of the client's connection. */
  private final class Call {
    private final Exchange exchange;
    private final NodeAddress address;
    private final String path;
    private final HttpClientAgent client;
    private boolean over;

    Call(Exchange exchange, String node, NodeAddress address, String path) {
      this.exchange = exchange;
      this.address = address;
      this.path = path;
      this.client = client(node);
    }

    void start() {
      exchange.response().closeHandler(ignored -> finish());
      exchange.response().exceptionHandler(e -> finish());
      client
          .request(
              new RequestOptions()
                  .setMethod(HttpMethod.GET)
                  .setHost(address.host())
                  .setPort(address.port())
                  .setURI(path))
          .compose(request -> request.send())
          .onSuccess(this::answered)
          .onFailure(this::failed);
    }

    private void answered(HttpClientResponse answer) {
      if (answer.statusCode() != 200) {
        answer
            .body()
            .onSuccess(body -> refuse(status(answer.statusCode(), body.toString())))
            .onFailure(this::failed);
        return;
      }
      HttpServerResponse response = exchange.response();
      exchange.head(200, "text/plain", Map.of());
      response.setChunked(true);
      response.writeHead();
      answer
          .pipe()
          .endOnFailure(false)
          .to(response)
          .onFailure(
              e -> {
                if (!response.ended() && !response.closed()) {
                  response.reset(); // A part must not look like the whole.
                }
              })
          .onComplete(ignored -> finish());
    }

    private void failed(Throwable e) {
      String url = "https://" + address.authority() + path;
      refuse(
          StatusException.of(
              StatusReason.UNKNOWN, "Get \"" + url + "\": " + DialFailure.words(address, e)));
    }

    private void refuse(StatusException refusal) {
      HttpServerResponse response = exchange.response();
      if (!over && !response.headWritten() && !response.closed()) {
        BytesReply reply = Dispatcher.refusal(exchange, refusal);
        exchange.head(reply.code(), reply.contentType(), reply.headers());
        response.end(Buffer.buffer(reply.body()));
      }
      finish();
    }

    private void finish() {
      if (!over) {
        over = true;
        client.close();
      }
    }
  }

  /** What an agent refused, for its client. */
  static StatusException status(int code, String text) {
    String why = text.strip();
    return switch (code) {
      case 400 -> StatusException.badRequest(why);
      case 404 -> StatusException.of(StatusReason.NOT_FOUND, why);
      default -> StatusException.internal(why);
    };
  }
}
