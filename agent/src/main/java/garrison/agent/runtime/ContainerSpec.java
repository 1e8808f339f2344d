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
 * @param imageRef as the image step found it
 * @param command replaces the image's own program where not empty
 * @param args its arguments
 * @param directory working directory, empty for the image's
 * @param environment exactly these variables, in order
 * @param mounts in order
 * @param logPath absolute path of its log
 * @param resources limits and weights
 * @param security user, privileges
 * @param input terminal and stdin
 * @param target id of the container whose processes it sees as its own, empty for none; host
 *     processes see each other anyway
 * @param annotations for the agent that comes after this one (spec: node-agent 1.4)
 * @param hash changes when the container has to be made anew (spec: node-agent 1.4)
 */
public record ContainerSpec(
    String name,
    int attempt,
    String image,
    String imageRef,
    List<String> command,
    List<String> args,
    String directory,
    Map<String, String> environment,
    List<Mount> mounts,
    String logPath,
    Limits resources,
    Security security,
    Input input,
    String target,
    Map<String, String> annotations,
    String hash) {

  /** How mounts made later pass between node and container. */
  public enum Propagation {
    PRIVATE,
    FROM_HOST,
    BOTH
  }

  /**
   * A volume in the container.
   *
   * @param source path on the node
   * @param target path in the container
   * @param readOnly also for what is mounted below it, as far as the runtime can
   */
  public record Mount(String source, String target, boolean readOnly, Propagation propagation) {
    /** Whether later mounts of the node appear in it (HostToContainer). */
    public boolean fromHost() {
      return propagation != Propagation.PRIVATE;
    }
  }

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

  /** Whether stdin stays open, is closed after its first reader, and whether it is a terminal. */
  public record Input(boolean stdin, boolean stdinOnce, boolean tty) {
    /** Neither stdin nor terminal. */
    public static final Input NONE = new Input(false, false, false);
  }

  /**
   * A seccomp or AppArmor profile.
   *
   * @param type RuntimeDefault, Unconfined, Localhost; empty where nothing is asked for
   * @param reference of a Localhost one: a path for seccomp, a name for AppArmor
   */
  public record Profile(String type, String reference) {
    /** Nothing asked for. */
    public static final Profile NONE = new Profile("", "");

    /** The runtime's own. */
    public static final Profile RUNTIME_DEFAULT = new Profile("RuntimeDefault", "");
  }

  /** SELinux labels, each empty where not set. */
  public record SeLinux(String user, String role, String type, String level) {}

  /**
   * Whose rights it has.
   *
   * @param user uid, null for the image's (for a process: the agent's own)
   * @param group gid, null for the image's
   * @param supplementalGroups further gids
   * @param strictGroups without the groups that the image gives the user
   * @param privileged all devices and capabilities, nothing hidden
   * @param allowEscalation false: no_new_privs
   * @param addCapabilities names without {@code CAP_}, kept whatever is dropped
   * @param dropCapabilities names without {@code CAP_}, or {@code ALL}
   * @param readOnlyRoot nothing but volumes can be written
   * @param unmaskedProc all of /proc can be seen and written
   * @param seccomp system calls it may make
   * @param appArmor its AppArmor profile
   * @param seLinux null where none is set
   */
  public record Security(
      @Nullable Long user,
      @Nullable Long group,
      List<Long> supplementalGroups,
      boolean strictGroups,
      boolean privileged,
      boolean allowEscalation,
      List<String> addCapabilities,
      List<String> dropCapabilities,
      boolean readOnlyRoot,
      boolean unmaskedProc,
      Profile seccomp,
      Profile appArmor,
      @Nullable SeLinux seLinux) {
    /** The same as another user. */
    public Security as(long other) {
      return new Security(
          other,
          group,
          supplementalGroups,
          strictGroups,
          privileged,
          allowEscalation,
          addCapabilities,
          dropCapabilities,
          readOnlyRoot,
          unmaskedProc,
          seccomp,
          appArmor,
          seLinux);
    }

    /** With nothing asked for. */
    public static final Security PLAIN = as(null, null, List.of(), true, List.of(), false);

    /** With these, and nothing else asked for. */
    public static Security as(
        @Nullable Long user,
        @Nullable Long group,
        List<Long> supplementalGroups,
        boolean allowEscalation,
        List<String> dropCapabilities,
        boolean readOnlyRoot) {
      return new Security(
          user,
          group,
          supplementalGroups,
          false,
          false,
          allowEscalation,
          List.of(),
          dropCapabilities,
          readOnlyRoot,
          false,
          Profile.NONE,
          Profile.NONE,
          null);
    }
  }
}
