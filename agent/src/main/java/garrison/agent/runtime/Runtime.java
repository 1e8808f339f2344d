package garrison.agent.runtime;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs containers. Shaped after the CRI (spec: node-agent 1), so that pod workers need not know
 * whether a container is a host process or an image in containerd. Stops and removals are
 * idempotent: an id that is not known is done. Methods block and are thread-safe; refusals are
 * {@link RuntimeFailure}.
 */
public interface Runtime extends AutoCloseable {
  /** Scheme of container ids in statuses, such as {@code process}. */
  String name();

  /** Its version, for {@code nodeInfo.containerRuntimeVersion}. */
  String version();

  /** What is wrong with the runtime itself, empty when it can run pods. */
  List<String> problems();

  /** Makes a sandbox, the frame of one pod, and answers its id. */
  String runSandbox(SandboxSpec spec);

  /** Stops all containers of a sandbox at once, and the sandbox. */
  void stopSandbox(String id);

  /** Removes a sandbox with all its containers and their records. */
  void removeSandbox(String id);

  /** All sandboxes, those left by an earlier agent among them. */
  List<Sandbox> sandboxes();

  /**
   * Makes the image ready and answers its reference.
   *
   * @throws RuntimeFailure with a waiting reason such as {@code ErrImageNeverPull}
   */
  String image(String image);

  /** Makes a container in a sandbox without starting it, and answers its id. */
  String createContainer(String sandboxId, ContainerSpec spec);

  /** Starts a container made before, once. */
  void startContainer(String id);

  /**
   * Asks a container to end (SIGTERM, or its stop signal), forces it after {@code grace}, and
   * returns when nothing of it is left. A later, shorter grace cuts the wait of an earlier call.
   */
  void stopContainer(String id, Duration grace) throws InterruptedException;

  /** Removes the record of a container that has ended. Its log stays. */
  void removeContainer(String id);

  /** The containers of a sandbox, as they are now. */
  List<Container> containers(String sandboxId);

  /**
   * Runs a command beside a running container: same user, environment, limits and mounts.
   *
   * @param timeout zero for none
   */
  ExecResult exec(String id, List<String> command, Duration timeout) throws InterruptedException;

  /** Calls back with a pod's uid whenever one of the pod's containers may have changed. */
  void onChange(Consumer<String> listener);

  /** Lets go of the runtime; containers go on running. */
  @Override
  void close();
}
