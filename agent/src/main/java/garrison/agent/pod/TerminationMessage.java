package garrison.agent.pod;

import garrison.agent.logs.LogTail;
import garrison.agent.runtime.Container;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** What a container said when it ended (spec: node-agent 3.6). */
final class TerminationMessage {
  private static final int MOST_LINES = 80;
  private static final int MOST_BYTES = 2048;

  private TerminationMessage() {}

  /** With the end of its log as message, where it failed and its policy says so. */
  static Container add(Container container, JsonNode spec) {
    boolean fallBack =
        spec.path("terminationMessagePolicy").asString("").equals("FallbackToLogsOnError");
    if (!fallBack || !container.exited() || container.exitCode() == 0) {
      return container;
    }
    String tail = LogTail.read(Path.of(container.logPath()), MOST_LINES, MOST_BYTES);
    String message = container.message().isEmpty() ? tail : container.message() + ": " + tail;
    return tail.isEmpty() ? container : container.withMessage(message);
  }
}
