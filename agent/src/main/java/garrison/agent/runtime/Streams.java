package garrison.agent.runtime;

import java.net.URI;
import java.util.List;

/**
 * The streaming server of a container runtime. Each address is good for one minute and one caller;
 * whoever has it is let in, so it is never shown to anybody (spec: node-agent 3.15).
 */
public interface Streams {
  /**
   * Which of a command's streams are wanted; with a terminal there is no stderr of its own.
   *
   * @param tty whether the command gets a terminal
   */
  record Wanted(boolean tty, boolean stdin, boolean stdout, boolean stderr) {}

  /** Where a command is run beside a container, as soon as somebody connects. */
  URI exec(String containerId, List<String> command, Wanted wanted);

  /** Where the main process of a container is joined. */
  URI attach(String containerId, Wanted wanted);

  /** Where ports of a sandbox are reached. */
  URI portForward(String sandboxId, List<Integer> ports);
}
