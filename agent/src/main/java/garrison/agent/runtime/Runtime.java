package garrison.agent.runtime;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs containers. Shaped after the CRI (spec: node-agent 1), so that pod workers need not know
 * whether a container is a host process or an image in containerd. Stops and removals are
 * idempotent: an id that is not known is done. Methods block and are thread-safe; refusals, and a
 * runtime that does not answer, are {@link RuntimeFailure}.
 */
public interface Runtime extends AutoCloseable {
  /** Scheme of container ids in statuses, such as {@code process} or {@code containerd}. */
  String name();

  /** Its version, for {@code nodeInfo.containerRuntimeVersion}; {@code Unknown} where not known. */
  String version();

  /** Whether containers are programs of the node itself, with its network and without an image. */
  boolean hostProcesses();

  /** Whether it can be asked at all now. While it cannot, nothing about its pods is decided. */
  boolean answers();

  /** Why it cannot run pods, in upstream's words and order; empty when it can (node-agent 2). */
  List<String> problems();

  /** Why it cannot run pods with a network of their own; null where it can. */
  @Nullable String networkProblem();

  /** Makes a sandbox, the frame of one pod, and answers its id. */
  String runSandbox(SandboxSpec spec);

  /** Stops all containers of a sandbox at once, and the sandbox. */
  void stopSandbox(String id);

  /** Removes a sandbox with all its containers and their records. */
  void removeSandbox(String id);

  /** Removes what is left of a pod that has no sandbox any more, its cgroup among it. */
  void removePod(String podUid);

  /** All sandboxes, those left by an earlier agent among them. */
  List<Sandbox> sandboxes();

  /** Those of one pod, the newest first. */
  default List<Sandbox> sandboxes(String podUid) {
    return sandboxes().stream()
        .filter(sandbox -> sandbox.uid().equals(podUid))
        .sorted(NEWEST_FIRST)
        .toList();
  }

  /** By attempt, then by time. */
  Comparator<Sandbox> NEWEST_FIRST =
      Comparator.comparingInt(Sandbox::attempt).thenComparing(Sandbox::createdAt).reversed();

  /**
   * The image as it is here; null where it would have to be pulled first.
   *
   * @throws RuntimeFailure for a name that can be no image of this runtime
   */
  @Nullable Image image(String name);

  /** All images that are here. */
  List<Image> images();

  /**
   * Fetches an image, however long that takes, and answers its reference.
   *
   * @param credential null to ask as nobody
   * @throws RuntimeFailure with the reason {@code ErrImagePull}, or a finer one the runtime names
   */
  String pull(String name, @Nullable Credential credential, SandboxSpec sandbox)
      throws InterruptedException;

  /** Makes a container in a sandbox without starting it, and answers its id. */
  String createContainer(String sandboxId, SandboxSpec sandbox, ContainerSpec spec);

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

  /** Has a running container write into its log file anew: the agent has renamed it. */
  void reopenLog(String id);

  /** Where the runtime streams by itself; null where the agent has to do that. */
  @Nullable Streams streams();

  /** Opens sessions by itself; null where its {@link #streams} are to be joined. */
  default @Nullable Sessions sessions() {
    return null;
  }

  /**
   * Calls back with a pod's uid whenever one of the pod's containers may have changed, and with an
   * empty one whenever any may have.
   */
  void onChange(Consumer<String> listener);

  /** Lets go of the runtime; containers go on running. */
  @Override
  void close();
}
