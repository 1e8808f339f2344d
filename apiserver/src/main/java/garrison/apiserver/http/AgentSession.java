package garrison.apiserver.http;

import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.StreamStatus;
import garrison.model.json.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketBase;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session between a client and the agent of a node: two WebSockets, and messages from one to the
 * other (spec: api-server 14.2). All of it happens on the event loop of the client's connection,
 * and neither side is sent more than it takes.
 *
 * <p>A client that speaks v5 is answered before the agent is called, and told on the error channel
 * what goes wrong then: after any other answer kubectl would try again in a protocol of the past. A
 * client of v4 is refused as usual.
 */
final class AgentSession {
  private static final Logger LOG = LoggerFactory.getLogger(AgentSession.class);
  private static final short NORMAL = 1000;
  private static final int STDOUT = 1;
  private static final int ERROR = 3;
  private static final int CLOSE = 255;

  private final Exchange exchange;
  private final WebSocketClient client;
  private final NodeAddress address;
  private final String path;
  private final String spoken;
  private final String agentSpeaks;
  private final Queue<Buffer> early = new ArrayDeque<>();
  private @Nullable ServerWebSocket socket;
  private @Nullable ClientWebSocket agent;
  private boolean told;
  private boolean over;

  /**
   * One that has not begun.
   *
   * @param client trusts this agent only; closed with the session
   * @param spoken protocol of the client
   * @param agentSpeaks protocol of the agent
   */
  AgentSession(
      Exchange exchange,
      WebSocketClient client,
      NodeAddress address,
      String path,
      String spoken,
      String agentSpeaks) {
    this.exchange = exchange;
    this.client = client;
    this.address = address;
    this.path = path;
    this.spoken = spoken;
    this.agentSpeaks = agentSpeaks;
  }

  void start() {
    if (spoken.equals(SessionOptions.V5)) {
      upgrade(
          opened -> {
            opened.writeBinaryMessage(Buffer.buffer(new byte[] {STDOUT})); // As upstream begins.
            dial();
          });
    } else {
      dial();
    }
  }

  private void upgrade(Consumer<ServerWebSocket> then) {
    exchange
        .upgrade(spoken)
        .onSuccess(
            opened -> {
              socket = opened;
              opened.pause(); // Nobody listens to it yet.
              opened.exceptionHandler(e -> LOG.debug("a session's client broke off", e));
              opened.closeHandler(ignored -> finish());
              then.accept(opened);
            })
        .onFailure(
            e -> {
              LOG.debug("a session did not begin", e);
              finish();
            });
  }

  private void dial() {
    ClientWebSocket dialled = client.webSocket();
    agent = dialled;
    dialled.binaryMessageHandler(this::fromAgent);
    dialled.exceptionHandler(e -> LOG.debug("a session's agent broke off", e));
    dialled.closeHandler(ignored -> agentLeft());
    dialled
        .connect(
            new WebSocketConnectOptions()
                .setHost(address.host())
                .setPort(address.port())
                .setURI(path)
                .setAllowOriginHeader(false)
                .setSubProtocols(List.of(agentSpeaks)))
        .onSuccess(ignored -> connected(dialled))
        .onFailure(this::failed);
  }

  private void connected(ClientWebSocket connected) {
    if (over) {
      connected.close();
      return;
    }
    ServerWebSocket opened = socket;
    if (opened == null) {
      upgrade(late -> join(late, connected));
    } else {
      join(opened, connected);
    }
  }

  private void join(ServerWebSocket opened, ClientWebSocket connected) {
    for (Buffer message = early.poll(); message != null; message = early.poll()) {
      opened.writeBinaryMessage(message);
    }
    opened.binaryMessageHandler(
        message -> {
          if (message.length() > 0 && !(notUnderstood(message) || connected.isClosed())) {
            pass(message, opened, connected);
          }
        });
    opened.resume();
    if (connected.isClosed()) {
      agentLeft();
    }
  }

  /** An agent of v4 cannot be told that input ended, and would take it for an error. */
  private boolean notUnderstood(Buffer message) {
    return message.getUnsignedByte(0) == CLOSE && !agentSpeaks.equals(SessionOptions.V5);
  }

  private void fromAgent(Buffer message) {
    told |= message.length() > 0 && message.getByte(0) == ERROR;
    ServerWebSocket opened = socket;
    ClientWebSocket connected = agent;
    if (opened == null || connected == null) {
      early.add(message);
    } else if (!opened.isClosed()) {
      pass(message, connected, opened);
    }
  }

  private static void pass(Buffer message, WebSocketBase from, WebSocketBase to) {
    to.writeBinaryMessage(message);
    if (to.writeQueueFull()) {
      from.pause();
      to.drainHandler(ignored -> from.resume());
    }
  }

  private void agentLeft() {
    ServerWebSocket opened = socket;
    if (opened != null && !opened.isClosed()) {
      if (!told) {
        tell(opened, "the agent at " + address.authority() + " broke off the session");
      }
      opened.close(NORMAL);
      finish();
    }
  }

  private void failed(Throwable e) {
    ServerWebSocket opened = socket;
    if (opened == null) {
      refuse(e);
    } else if (!opened.isClosed()) {
      tell(
          opened,
          e instanceof UpgradeRejectedException refused
              ? "unable to upgrade connection: " + words(refused)
              : "error sending request: Post \"https://"
                  + address.authority()
                  + path
                  + "\": "
                  + DialFailure.words(address, e));
      opened.close(NORMAL);
    }
    finish();
  }

  private void refuse(Throwable e) {
    StatusException refusal =
        e instanceof UpgradeRejectedException refused
            ? AgentCalls.status(refused.getStatus(), words(refused))
            : StatusException.of(
                StatusReason.UNKNOWN, "error dialing backend: " + DialFailure.words(address, e));
    BytesReply reply = Dispatcher.refusal(exchange, refusal);
    exchange.head(reply.code(), reply.contentType(), reply.headers());
    exchange.response().end(Buffer.buffer(reply.body()));
  }

  private static String words(UpgradeRejectedException refused) {
    Buffer body = refused.getBody();
    return body == null || body.length() == 0
        ? String.valueOf(refused.getMessage())
        : body.toString().strip();
  }

  private static void tell(ServerWebSocket opened, String why) {
    opened.writeBinaryMessage(
        Buffer.buffer(new byte[] {ERROR}).appendBytes(Json.bytes(StreamStatus.failed(why))));
  }

  private void finish() {
    if (!over) {
      over = true;
      client.close(); // With its connection.
    }
  }
}
