package garrison.agent.runtime;

import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a session ended, as the {@code Status} on its error channel (spec: api-server 14.2). Pure.
 */
public final class SessionEnd {
  private static final int INTERNAL = 500;

  private SessionEnd() {}

  /** The command ended with that exit code. */
  public static Packet exited(int code) {
    ObjectNode status = Json.object();
    status.putObject("metadata");
    if (code == 0) {
      return packet(status.put("status", "Success"));
    }
    status
        .put("status", "Failure")
        .put("message", "command terminated with non-zero exit code: exit status " + code)
        .put("reason", "NonZeroExitCode");
    status
        .putObject("details")
        .putArray("causes")
        .addObject()
        .put("reason", "ExitCode")
        .put("message", Integer.toString(code));
    return packet(status);
  }

  /** It could not be run, or broke off. */
  public static Packet failed(String why) {
    ObjectNode status = Json.object();
    status.putObject("metadata");
    status
        .put("status", "Failure")
        .put("message", "Internal error occurred: " + why)
        .put("reason", "InternalError");
    status.putObject("details").putArray("causes").addObject().put("message", why);
    return packet(status.put("code", INTERNAL));
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
