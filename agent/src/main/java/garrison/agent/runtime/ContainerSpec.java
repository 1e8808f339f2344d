package garrison.agent.runtime;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to run.
 *
 * @param name of the container in its pod
 * @param attempt how often it was started before
 * @param image as the pod names it
 * @param command replaces the image's own program where not empty
 * @param args its arguments
 * @param directory working directory, empty for the image's
 * @param environment exactly these variables, in order
 * @param mounts in order
 * @param logPath absolute path of its log
 * @param resources limits and weights
 * @param security user, privileges
 * @param hash changes when the container has to be made anew (spec: node-agent 1.4)
 */
public record ContainerSpec(
    String name,
    int attempt,
    String image,
    List<String> command,
    List<String> args,
    String directory,
    Map<String, String> environment,
    List<Mount> mounts,
    String logPath,
    Limits resources,
    Security security,
    String hash) {

  /**
   * A volume in the container.
   *
   * @param source path on the node
   * @param target path in the container
   * @param readOnly also for what is mounted below it
   * @param fromHost whether later mounts of the node appear in it (HostToContainer)
   */
  public record Mount(String source, String target, boolean readOnly, boolean fromHost) {}

  /**
   * Resources in the kernel's terms (spec: node-agent 3.12).
   *
   * @param cpuShares relative weight, 2..262144
   * @param milliCpuLimit 0 for none
   * @param memoryLimit bytes, 0 for none
   * @param oomScoreAdjust null: unchanged
   */
  public record Limits(
      long cpuShares, long milliCpuLimit, long memoryLimit, @Nullable Integer oomScoreAdjust) {}

  /**
   * Whose rights it has.
   *
   * @param user uid, null for the agent's own
   * @param group gid, null for the agent's own
   * @param supplementalGroups further gids
   * @param allowEscalation false: no_new_privs
   * @param addCapabilities names without {@code CAP_}, kept whatever is dropped
   * @param dropCapabilities names without {@code CAP_}, or {@code ALL}
   * @param readOnlyRoot nothing but volumes can be written
   */
  public record Security(
      @Nullable Long user,
      @Nullable Long group,
      List<Long> supplementalGroups,
      boolean allowEscalation,
      List<String> addCapabilities,
      List<String> dropCapabilities,
      boolean readOnlyRoot) {}
}
