package garrison.agent.pod;

import garrison.agent.node.Pressure;
import garrison.model.HostPort;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.Resources;
import garrison.model.Taint;
import java.util.ArrayList;
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
 * @param appArmor whether the kernel enforces AppArmor profiles
 */
record Admission(Node node, Pressure pressure, Collection<Pod> active, boolean appArmor) {
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

  /**
   * What came of it.
   *
   * @param rejection null where nothing speaks against the pod
   * @param lacking all that the node has too little of, where that alone speaks against it
   */
  record Result(@Nullable Rejection rejection, List<Lack> lacking) {}

  /**
   * A resource of which there is too little.
   *
   * @param name of the resource
   * @param requested by the pod
   * @param used by others
   * @param capacity what pods may have in all
   */
  record Lack(String name, long requested, long used, long capacity) {
    /** How much has to become free. */
    long missing() {
      return requested - (capacity - used);
    }

    private Rejection rejection() {
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
  }

  /** Null where nothing speaks against it; {@code ofFile}: whether it is a static pod. */
  @Nullable Rejection check(Pod pod, boolean ofFile) {
    return judge(pod, ofFile).rejection();
  }

  /** All that is to know, see {@link Result}. */
  Result judge(Pod pod, boolean ofFile) {
    for (@Nullable Rejection found :
        new @Nullable Rejection[] {pressure(pod, ofFile), sysctls(pod), system(pod)}) {
      if (found != null) {
        return new Result(found, List.of());
      }
    }
    List<Lack> lacking = lacking(pod);
    Rejection elsewhere = placement(pod, ofFile);
    if (elsewhere == null) {
      elsewhere = appArmor(pod);
    }
    if (!lacking.isEmpty()) {
      return new Result(lacking.getFirst().rejection(), elsewhere == null ? lacking : List.of());
    }
    return new Result(elsewhere, List.of());
  }

  private @Nullable Rejection pressure(Pod pod, boolean ofFile) {
    if (Preemption.critical(pod, ofFile) || pressure.equals(Pressure.NONE)) {
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
    List<String> conditions = new ArrayList<>();
    if (pressure.memory()) {
      conditions.add("MemoryPressure");
    }
    if (pressure.disk()) {
      conditions.add("DiskPressure");
    }
    if (pressure.pids()) {
      conditions.add("PIDPressure");
    }
    return new Rejection(
        "Evicted", "The node had condition: [" + String.join(" ", conditions) + "]. ");
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
      if (name.startsWith("kernel.shm") && pod.spec().path("hostIPC").asBoolean(false)) {
        return new Rejection(
            "SysctlForbidden",
            "forbidden sysctl: \"" + name + "\" not allowed with host ipc enabled");
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

  /** In upstream's order: pods, cpu, memory, ephemeral-storage, then the others by name. */
  private List<Lack> lacking(Pod pod) {
    List<Lack> lacking = new ArrayList<>();
    Resources all = node.allocatable();
    if (active.size() + 1 > all.pods()) {
      lacking.add(new Lack("pods", 1, active.size(), all.pods()));
    }
    Resources used = Resources.NONE;
    for (Pod other : active) {
      used = used.plus(other.requests());
    }
    Resources wanted = pod.requests();
    for (String name : all.minus(used).lacking(wanted)) {
      // What the node has not at all was somebody else's decision.
      if (Preemption.known(name) || all.scalars().containsKey(name)) {
        lacking.add(
            new Lack(
                name,
                Preemption.amount(wanted, name),
                Preemption.amount(used, name),
                Preemption.amount(all, name)));
      }
    }
    return lacking;
  }

  private @Nullable Rejection placement(Pod pod, boolean ofFile) {
    if (!pod.affinity().matches(node.labels(), node.name())) {
      return predicate("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
    }
    if (!pod.nodeName().isEmpty() && !pod.nodeName().equals(node.name())) {
      return predicate("NodeName", "node(s) didn't match the requested node name");
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

  private @Nullable Rejection appArmor(Pod pod) {
    boolean pending = pod.phase().isEmpty() || pod.phase().equals("Pending");
    return appArmor || !pending || !AppArmorUse.in(pod.document())
        ? null
        : new Rejection("AppArmor", "Cannot enforce AppArmor: AppArmor is not enabled on the host");
  }

  private static Rejection predicate(String name, String why) {
    return new Rejection(name, "Predicate " + name + " failed: " + why);
  }
}
