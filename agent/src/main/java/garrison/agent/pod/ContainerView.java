package garrison.agent.pod;

import garrison.agent.runtime.Container;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One container of a pod as its status sees it. Immutable.
 *
 * @param spec its part of the pod's spec
 * @param role in which of the pod's lists it stands
 * @param current the newest one of that name, null before the first
 * @param last the one before, null where there is none or its record is gone
 * @param waiting why it does not run though it should, null where it need not wait
 * @param ready what its readiness says; false where it does not run
 * @param started whether it has passed its startup
 */
public record ContainerView(
    JsonNode spec,
    ContainerRole role,
    @Nullable Container current,
    @Nullable Container last,
    @Nullable Waiting waiting,
    boolean ready,
    boolean started) {
  /** Why a container waits. */
  public record Waiting(String reason, String message) {}

  /** Its name in the pod. */
  public String name() {
    return spec.path("name").asString("");
  }

  /** Whether it is an init container. */
  public boolean init() {
    return role == ContainerRole.INIT;
  }

  /** An init container that goes on running beside the others. */
  public boolean sidecar() {
    return init() && spec.path("restartPolicy").asString("").equals("Always");
  }

  /** Whether it runs now. */
  public boolean running() {
    return current != null && current.running();
  }

  /** Whether its last run ended, and it is not about to be told to wait for another. */
  public boolean succeeded() {
    return current != null
        && current.exited()
        && current.exitCode() == 0
        && !current.reason().equals("OOMKilled");
  }
}
