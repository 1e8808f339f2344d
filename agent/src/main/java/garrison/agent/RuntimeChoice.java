package garrison.agent;

import garrison.agent.cri.CriEndpoint;
import garrison.agent.cri.CriRuntime;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which container runtime a node uses: the one that was named, else the one at a usual socket, else
 * the one it had before. A runtime that was named or used is waited for when it is away: its pods
 * may still run, and a node that forgot it would say that they ended.
 */
final class RuntimeChoice {
  private static final Logger log = LoggerFactory.getLogger(RuntimeChoice.class);
  private static final Duration FIRST_ANSWER = Duration.ofSeconds(5);

  private RuntimeChoice() {}

  /**
   * Opens it; null where the node has none.
   *
   * @throws AgentStartException where what was named is no socket
   */
  static @Nullable CriRuntime open(AgentConfig config, AgentRoot root) {
    String named = config.runtimeEndpoint();
    if (named.equals(AgentConfig.NO_RUNTIME)) {
      return null;
    }
    if (!named.isEmpty()) {
      try {
        return CriRuntime.open(CriEndpoint.of(named), config.nodeName());
      } catch (IllegalArgumentException e) {
        throw new AgentStartException(String.valueOf(e.getMessage()), e);
      }
    }
    Path before = root.keptRuntime();
    Path socket = CriEndpoint.find();
    if (socket == null || socket.equals(before)) {
      return before == null ? null : CriRuntime.open(before, config.nodeName());
    }
    CriRuntime found = tried(socket, config.nodeName());
    if (found != null) {
      root.keepRuntime(socket);
    }
    return found;
  }

  /** Whether an agent that has none would find one now. */
  static boolean found(AgentConfig config) {
    Path socket = config.runtimeEndpoint().isEmpty() ? CriEndpoint.find() : null;
    CriRuntime runtime = socket == null ? null : tried(socket, config.nodeName());
    if (runtime == null) {
      return false;
    }
    runtime.close();
    return true;
  }

  private static @Nullable CriRuntime tried(Path socket, String node) {
    CriRuntime runtime = CriRuntime.open(socket, node);
    if (!runtime.refuses(FIRST_ANSWER)) {
      return runtime;
    }
    log.debug("{} serves no CRI v1, so node {} runs no images by it", socket, node);
    runtime.close();
    return null;
  }
}
