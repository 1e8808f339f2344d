package garrison.agent.runtime;

import garrison.agent.runtime.ContainerSpec.Limits;
import garrison.agent.runtime.ContainerSpec.Profile;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The frame of one pod.
 *
 * @param namespace of the pod
 * @param name of the pod
 * @param uid of the pod
 * @param attempt counts the sandboxes of the pod, from 0
 * @param labels of the pod
 * @param annotations of the pod
 * @param hostname in the pod, empty for the node's
 * @param logDirectory absolute; logs of its containers are below
 * @param dns what its resolver is told
 * @param ports that the node listens on for it
 * @param namespaces which are shared, and with whom
 * @param group of all its processes
 * @param security of the sandbox itself
 * @param sysctls kernel settings of its namespaces
 * @param handler which of the runtime's handlers, empty for its usual one
 */
public record SandboxSpec(
    String namespace,
    String name,
    String uid,
    int attempt,
    Map<String, String> labels,
    Map<String, String> annotations,
    String hostname,
    String logDirectory,
    Dns dns,
    List<Port> ports,
    Namespaces namespaces,
    Group group,
    Security security,
    Map<String, String> sysctls,
    String handler) {
  /** With nothing special. */
  public static SandboxSpec of(String namespace, String name, String uid) {
    return new SandboxSpec(
        namespace,
        name,
        uid,
        0,
        Map.of(),
        Map.of(),
        "",
        "",
        new Dns(List.of(), List.of(), List.of()),
        List.of(),
        new Namespaces(true, false, false, false, false),
        new Group("BestEffort", new Limits(2, 0, 0, null)),
        new Security(false, null, null, List.of(), Profile.RUNTIME_DEFAULT),
        Map.of(),
        "");
  }

  /** The same by that handler of the runtime. */
  public SandboxSpec handler(String other) {
    return new SandboxSpec(
        namespace,
        name,
        uid,
        attempt,
        labels,
        annotations,
        hostname,
        logDirectory,
        dns,
        ports,
        namespaces,
        group,
        security,
        sysctls,
        other);
  }

  /** The same as the n-th of its pod. */
  public SandboxSpec attempt(int n) {
    return new SandboxSpec(
        namespace,
        name,
        uid,
        n,
        labels,
        annotations,
        hostname,
        logDirectory,
        dns,
        ports,
        namespaces,
        group,
        security,
        sysctls,
        handler);
  }

  /** A resolver's servers, search domains and options. */
  public record Dns(List<String> servers, List<String> searches, List<String> options) {}

  /**
   * A port of the pod on the node.
   *
   * @param protocol TCP, UDP or SCTP
   * @param hostPort 0 for none
   * @param hostIp empty for all addresses
   */
  public record Port(String protocol, int containerPort, int hostPort, String hostIp) {}

  /**
   * Whose namespaces a pod has; the pod's own where false.
   *
   * @param sharedPid whether its containers see each other's processes
   * @param userNamespace whether its users are not the node's
   */
  public record Namespaces(
      boolean hostNetwork,
      boolean hostPid,
      boolean hostIpc,
      boolean sharedPid,
      boolean userNamespace) {}

  /**
   * The resources of the whole pod (spec: node-agent 3.12).
   *
   * @param qosClass as in the pod's status
   * @param limits without a score for the OOM killer
   */
  public record Group(String qosClass, Limits limits) {}

  /** Whose rights the sandbox has. */
  public record Security(
      boolean privileged,
      @Nullable Long user,
      @Nullable Long group,
      List<Long> supplementalGroups,
      Profile seccomp) {}
}
