package garrison.agent.pod;

import garrison.agent.logs.LogTail;
import garrison.agent.runtime.Container;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** What a container said when it ended (spec: node-agent 3.6). */
final class TerminationMessage {
  private static final Logger log = LoggerFactory.getLogger(TerminationMessage.class);
  private static final int MOST_FILE_BYTES = 4096;
  private static final int MOST_LINES = 80;
  private static final int MOST_LOG_BYTES = 2048;
  private static final int MOST_OF_POD = 12_288;

  private TerminationMessage() {}

  /**
   * With its file as message; where that is empty, it failed, and its policy says so, with the end
   * of its log. Cut so that all containers of the pod together stay small.
   *
   * @param podDirectory where the agent made that file; not there for a process of the host
   */
  static Container add(Container container, JsonNode spec, Path podDirectory, int containers) {
    if (!container.exited()) {
      return container;
    }
    String said = file(PodFiles.message(podDirectory, container.name(), container.attempt()));
    boolean fallBack =
        spec.path("terminationMessagePolicy").asString("").equals("FallbackToLogsOnError");
    if (said.isEmpty() && fallBack && container.exitCode() != 0) {
      said = LogTail.read(Path.of(container.logPath()), MOST_LINES, MOST_LOG_BYTES);
    }
    String known = container.message();
    String whole = known.isEmpty() || said.isEmpty() ? known + said : known + ": " + said;
    int most = MOST_OF_POD / Math.max(1, containers);
    String cut = whole.length() > most ? whole.substring(0, most) : whole;
    return cut.equals(known) ? container : container.withMessage(cut);
  }

  private static String file(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MOST_FILE_BYTES), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      log.warn("the last words in {} cannot be read: {}", file, e.toString());
      return "";
    }
  }
}
