package garrison.agent.runtime;

import garrison.model.StreamStatus;
import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a session ended, as the {@code Status} on its error channel (spec: api-server 14.2). Pure.
 */
public final class SessionEnd {
  private SessionEnd() {}

  /** The command ended with that exit code. */
  public static Packet exited(int code) {
    return packet(StreamStatus.exited(code));
  }

  /** It could not be run, or broke off. */
  public static Packet failed(String why) {
    return packet(StreamStatus.failed(why));
  }

  /** The same for who reads no {@code Status}: what went wrong, nothing where nothing did. */
  public static Packet words(Packet end) {
    String message = Json.parse(end.bytes()).path("message").asString("");
    return new Packet(Packet.ERROR, message.getBytes(StandardCharsets.UTF_8));
  }

  private static Packet packet(ObjectNode status) {
    return new Packet(Packet.ERROR, Json.bytes(status));
  }
}
