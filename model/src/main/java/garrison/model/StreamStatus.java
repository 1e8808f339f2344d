package garrison.model;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a session in a container ended: the {@code Status} on its error channel (spec: api-server
 * 14.2), which names no kind and no version. Pure.
 */
public final class StreamStatus {
  private static final String FAILURE = "Failure";

  private StreamStatus() {}

  /** The command ended with that exit code. */
  public static ObjectNode exited(int code) {
    if (code == 0) {
      return status("Success");
    }
    ObjectNode status =
        status(FAILURE)
            .put("message", "command terminated with non-zero exit code: exit status " + code)
            .put("reason", "NonZeroExitCode");
    status
        .putObject("details")
        .putArray("causes")
        .addObject()
        .put("reason", "ExitCode")
        .put("message", Integer.toString(code));
    return status;
  }

  /** It could not be run, or broke off. */
  public static ObjectNode failed(String why) {
    ObjectNode status =
        status(FAILURE)
            .put("message", "Internal error occurred: " + why)
            .put("reason", StatusReason.INTERNAL_ERROR.text());
    status.putObject("details").putArray("causes").addObject().put("message", why);
    return status.put("code", StatusReason.INTERNAL_ERROR.code());
  }

  private static ObjectNode status(String outcome) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.putObject("metadata");
    return status.put("status", outcome);
  }
}
