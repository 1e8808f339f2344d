package garrison.agent.session;

import garrison.agent.runtime.Packet;
import garrison.agent.runtime.Session;
import garrison.agent.runtime.SessionEnd;
import garrison.model.json.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A session over a WebSocket (spec: api-server 14.2): binary messages, the channel first. Each way
 * has a virtual thread, and goes no faster than its reader. The session ends with the socket, the
 * socket with the session.
 */
public final class SessionSocket {
  private static final Logger log = LoggerFactory.getLogger(SessionSocket.class);
  private static final short NORMAL = 1000;

  /** Protocols that are spoken, the best first. */
  public static final List<String> PROTOCOLS =
      List.of("v5.channel.k8s.io", "v4.channel.k8s.io", SessionSocket.FIRST);

  /** Its error channel holds words, and only where something went wrong. */
  private static final String FIRST = "channel.k8s.io";

  private final ServerWebSocket socket;
  private final Session session;
  private final BlockingQueue<Buffer> received = new LinkedBlockingQueue<>();
  private volatile boolean gone;

  private SessionSocket(ServerWebSocket socket, Session session) {
    this.socket = socket;
    this.session = session;
  }

  /** Joins the two, which it closes both. On the socket's event loop. */
  public static void join(ServerWebSocket socket, Session session) {
    SessionSocket joined = new SessionSocket(socket, session);
    socket.binaryMessageHandler(joined::receive);
    socket.exceptionHandler(e -> log.debug("a session broke off: {}", e.toString()));
    socket.closeHandler(ignored -> joined.leave());
    Thread.ofVirtual().name("session-in").start(joined::takeInput);
    Thread.ofVirtual().name("session-out").start(joined::sendOutput);
  }

  private void receive(Buffer message) {
    socket.pause(); // Until this one is taken.
    received.add(message);
  }

  private void leave() {
    gone = true;
    received.add(Buffer.buffer());
    session.close();
  }

  private void takeInput() {
    try {
      while (true) {
        Buffer message = received.take();
        if (gone) {
          return;
        }
        take(message);
        socket.resume();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.debug("a session takes no input any more: {}", e.toString());
      socket.resume(); // Its end is still told; what comes now is passed over.
    }
  }

  private void take(Buffer message) throws IOException {
    if (message.length() == 0) {
      return;
    }
    switch (message.getUnsignedByte(0)) {
      case Packet.STDIN -> {
        if (message.length() > 1) {
          session.input(message.getBytes(1, message.length()));
        }
      }
      case Packet.RESIZE -> resize(message.getBytes(1, message.length()));
      case Packet.CLOSE -> {
        if (message.length() == 2 && message.getByte(1) == Packet.STDIN) {
          session.endInput();
        }
      }
      default -> log.debug("a message on channel {} is passed over", message.getByte(0));
    }
  }

  private void resize(byte[] text) throws IOException {
    try {
      JsonNode size = Json.parse(text);
      session.resize(size.path("Width").asInt(0), size.path("Height").asInt(0));
    } catch (JacksonException e) {
      log.debug("no size of a terminal: {}", e.getOriginalMessage());
    }
  }

  private void sendOutput() {
    boolean told = false;
    try {
      for (Packet packet = session.read(); packet != null; packet = session.read()) {
        told |= packet.channel() == Packet.ERROR;
        send(packet);
      }
    } catch (IOException | CompletionException e) {
      log.debug("a session broke off: {}", e.toString());
    } finally {
      end(told ? null : SessionEnd.failed("the session broke off"));
    }
  }

  private void send(Packet told) {
    Packet packet =
        told.channel() == Packet.ERROR && FIRST.equals(socket.subProtocol())
            ? SessionEnd.words(told)
            : told;
    Buffer message = Buffer.buffer(1 + packet.bytes().length);
    message.appendByte((byte) packet.channel()).appendBytes(packet.bytes());
    socket.writeBinaryMessage(message).toCompletionStage().toCompletableFuture().join();
  }

  private void end(@Nullable Packet last) {
    try {
      if (last != null && !socket.isClosed()) {
        send(last);
      }
    } catch (CompletionException e) {
      log.debug("nobody is left to be told: {}", e.toString());
    }
    if (!socket.isClosed()) {
      socket.close(NORMAL);
    }
    session.close();
  }
}
