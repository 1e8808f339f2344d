package garrison.agent.pod;

import garrison.agent.node.Pressure;
import garrison.model.HostPort;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.Resources;
import garrison.model.Taint;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whether a node takes a pod that was bound to it: the first thing that speaks against it (spec:
 * node-agent 3.3). Pure.
 *
 * @param node as the server has it now
 * @param pressure what the node is short of
 * @param active the pods taken before that still hold what they asked for
 */
record Admission(Node node, Pressure pressure, Collection<Pod> active) {
  private static final int CRITICAL = 2_000_000_000;
  private static final String MEMORY_TAINT = "node.kubernetes.io/memory-pressure";

  private static final Set<String> SAFE_SYSCTLS =
      Set.of(
          "kernel.shm_rmid_forced",
          "net.ipv4.ip_local_port_range",
          "net.ipv4.tcp_syncookies",
          "net.ipv4.ping_group_range",
          "net.ipv4.ip_unprivileged_port_start",
          "net.ipv4.ip_local_reserved_ports",
          "net.ipv4.tcp_keepalive_time",
          "net.ipv4.tcp_fin_timeout",
          "net.ipv4.tcp_keepalive_intvl",
          "net.ipv4.tcp_keepalive_probes",
          "net.ipv4.tcp_rmem",
          "net.ipv4.tcp_wmem",
          "net.ipv4.tcp_slow_start_after_idle",
          "net.ipv4.tcp_notsent_lowat");

  /** Null where nothing speaks against it. */
  @Nullable Rejection check(Pod pod) {
    return check(pod, false);
  }

  /** The same; {@code ofFile}: a static pod is critical, and no taint keeps it away. */
  @Nullable Rejection check(Pod pod, boolean ofFile) {
    for (@Nullable Rejection found :
        new @Nullable Rejection[] {
          ofFile ? null : pressure(pod),
          sysctls(pod),
          system(pod),
          resources(pod),
          placement(pod, ofFile)
        }) {
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private @Nullable Rejection pressure(Pod pod) {
    if (pod.priority() >= CRITICAL || pressure.equals(Pressure.NONE)) {
      return null;
    }
    if (pressure.memory() && !pressure.disk() && !pressure.pids()) {
      Taint taint = new Taint(MEMORY_TAINT, "", Taint.NO_SCHEDULE, null);
      boolean bears =
          Qos.of(pod.spec()) != Qos.BEST_EFFORT
              || pod.tolerations().stream().anyMatch(toleration -> toleration.tolerates(taint));
      if (bears) {
        return null;
      }
    }
    String short_ =
        pressure.memory() ? "MemoryPressure" : pressure.disk() ? "DiskPressure" : "PIDPressure";
    return new Rejection("Evicted", "The node had condition: [" + short_ + "]. ");
  }

  private static @Nullable Rejection sysctls(Pod pod) {
    for (JsonNode sysctl : pod.spec().path("securityContext").path("sysctls")) {
      String name = sysctl.path("name").asString("").replace('/', '.');
      if (!SAFE_SYSCTLS.contains(name)) {
        return new Rejection(
            "SysctlForbidden", "forbidden sysctl: \"" + name + "\" not allowlisted");
      }
      if (name.startsWith("net.") && pod.spec().path("hostNetwork").asBoolean(false)) {
        return new Rejection(
            "SysctlForbidden",
            "forbidden sysctl: \"" + name + "\" not allowed with host net enabled");
      }
    }
    return null;
  }

  private @Nullable Rejection system(Pod pod) {
    String label = pod.labels().getOrDefault("kubernetes.io/os", "linux");
    if (!label.equals("linux")) {
      return new Rejection(
          "PodOSSelectorNodeLabelDoesNotMatch",
          "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label");
    }
    if (!pod.spec().path("os").path("name").asString("linux").equals("linux")) {
      return new Rejection(
          "PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS");
    }
    boolean strict =
        pod.spec()
            .path("securityContext")
            .path("supplementalGroupsPolicy")
            .asString("")
            .equals("Strict");
    return strict
        ? new Rejection(
            "SupplementalGroupsPolicyNotSupported",
            "SupplementalGroupsPolicy=Strict is not supported in this node")
        : null;
  }

  private @Nullable Rejection resources(Pod pod) {
    Resources all = node.allocatable();
    if (active.size() + 1 > all.pods()) {
      return outOf("pods", 1, active.size(), all.pods());
    }
    Resources used = Resources.NONE;
    for (Pod other : active) {
      used = used.plus(other.requests());
    }
    Resources wanted = pod.requests();
    for (String name : all.minus(used).lacking(wanted)) {
      switch (name) {
        case "cpu" -> {
          return outOf(name, wanted.milliCpu(), used.milliCpu(), all.milliCpu());
        }
        case "memory" -> {
          return outOf(name, wanted.memory(), used.memory(), all.memory());
        }
        case "ephemeral-storage" -> {
          return outOf(
              name, wanted.ephemeralStorage(), used.ephemeralStorage(), all.ephemeralStorage());
        }
        default -> {
          Long capacity = all.scalars().get(name);
          if (capacity != null) { // what the node has not at all was somebody else's decision
            return outOf(
                name,
                wanted.scalars().getOrDefault(name, 0L),
                used.scalars().getOrDefault(name, 0L),
                capacity);
          }
        }
      }
    }
    return null;
  }

  private static Rejection outOf(String name, long requested, long used, long capacity) {
    return new Rejection(
        "OutOf" + name,
        "Node didn't have enough resource: "
            + name
            + ", requested: "
            + requested
            + ", used: "
            + used
            + ", capacity: "
            + capacity);
  }

  private @Nullable Rejection placement(Pod pod, boolean ofFile) {
    if (!pod.affinity().matches(node.labels(), node.name())) {
      return predicate("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
    }
    for (HostPort port : pod.hostPorts()) {
      for (Pod other : active) {
        List<HostPort> taken = other.hostPorts();
        if (taken.stream().anyMatch(port::conflictsWith)) {
          return predicate(
              "NodePorts", "node(s) didn't have free ports for the requested pod ports");
        }
      }
    }
    for (Taint taint : node.taints()) {
      boolean borne =
          ofFile
              || !taint.effect().equals(Taint.NO_EXECUTE)
              || pod.tolerations().stream().anyMatch(toleration -> toleration.tolerates(taint));
      if (!borne) {
        return predicate("TaintToleration", "node(s) had taints that the pod didn't tolerate");
      }
    }
    return null;
  }

  private static Rejection predicate(String name, String why) {
    return new Rejection(name, "Predicate " + name + " failed: " + why);
  }
}
