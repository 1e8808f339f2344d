package garrison.agent.runtime;

import java.util.List;

/**
 * Opens sessions in running containers. Methods block until the session runs and are thread-safe;
 * refusals are {@link RuntimeFailure}, whose message is for the one who asked.
 */
public interface Sessions {
  /** A new command beside a container: same user, environment, limits and mounts. */
  Session exec(String containerId, List<String> command, SessionSpec spec);

  /** The streams of a container's own program, from now on. */
  Session attach(String containerId, SessionSpec spec);
}
