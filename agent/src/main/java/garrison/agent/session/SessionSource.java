package garrison.agent.session;

import garrison.agent.Refusal;
import garrison.agent.runtime.Session;

/** Opens sessions in the node's pods. Thread-safe; blocks. */
@FunctionalInterface
public interface SessionSource {
  /**
   * A session that runs.
   *
   * @throws Refusal where there is no such container, or it does not run
   */
  Session open(SessionRequest request) throws Refusal;
}
