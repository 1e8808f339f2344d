package garrison.agent.runtime;

import java.time.Instant;
import java.util.List;

/**
 * A sandbox as it is. Immutable.
 *
 * @param id in its runtime
 * @param namespace of the pod
 * @param name of the pod
 * @param uid of the pod
 * @param attempt counts the sandboxes of the pod, from 0
 * @param ready whether containers can be made in it
 * @param createdAt when it was made
 * @param ips of the pod; empty where its network is the node's
 * @param own whether an agent of this node made it, so that nobody else will end it
 */
public record Sandbox(
    String id,
    String namespace,
    String name,
    String uid,
    int attempt,
    boolean ready,
    Instant createdAt,
    List<String> ips,
    boolean own) {
  /** The same, not ready. */
  public Sandbox stopped() {
    return new Sandbox(id, namespace, name, uid, attempt, false, createdAt, ips, own);
  }
}
