package garrison.agent.pod;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The objects that a pod may name. Answers are shared, not to be changed. */
interface References {
  /** Null where it does not exist. */
  @Nullable ObjectNode configMap(String namespace, String name);

  /** Null where it does not exist. */
  @Nullable ObjectNode secret(String namespace, String name);

  /** A RuntimeClass; null where it does not exist. */
  @Nullable ObjectNode runtimeClass(String name);

  /**
   * A token of the pod's service account, bound to the pod; null where the server issues none.
   *
   * @param audience empty for the server's own
   */
  @Nullable AccountToken token(PodContext context, String audience, long seconds);
}
