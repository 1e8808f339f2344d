package garrison.agent.cri;

import com.google.protobuf.ByteString;
import garrison.agent.cri.v1.Capability;
import garrison.agent.cri.v1.ContainerConfig;
import garrison.agent.cri.v1.ContainerMetadata;
import garrison.agent.cri.v1.ImageSpec;
import garrison.agent.cri.v1.Int64Value;
import garrison.agent.cri.v1.KeyValue;
import garrison.agent.cri.v1.LinuxContainerConfig;
import garrison.agent.cri.v1.LinuxContainerResources;
import garrison.agent.cri.v1.LinuxContainerSecurityContext;
import garrison.agent.cri.v1.Mount;
import garrison.agent.cri.v1.MountPropagation;
import garrison.agent.cri.v1.NamespaceMode;
import garrison.agent.cri.v1.NamespaceOption;
import garrison.agent.cri.v1.ProfileType;
import garrison.agent.cri.v1.SELinuxOption;
import garrison.agent.cri.v1.SecurityProfile;
import garrison.agent.cri.v1.SupplementalGroupsPolicy;
import garrison.agent.runtime.ContainerSpec;
import garrison.agent.runtime.ContainerSpec.Limits;
import garrison.agent.runtime.ContainerSpec.Profile;
import garrison.agent.runtime.ContainerSpec.SeLinux;
import garrison.agent.runtime.SandboxSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A container in the runtime's words (spec: node-agent 1.3, 1.4, 3.12). Pure. */
final class ContainerMessages {
  private static final long PERIOD = 100_000;
  private static final long LEAST_QUOTA = 1_000;

  /** Never shown to a container that is not privileged, nor asked for an unmasked /proc. */
  private static final List<String> MASKED =
      List.of(
          "/proc/asound",
          "/proc/acpi",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/sys/firmware",
          "/sys/devices/virtual/powercap");

  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private final NodeKernel kernel;

  /** For a node of that kernel. */
  ContainerMessages(NodeKernel kernel) {
    this.kernel = kernel;
  }

  /** The whole of it. */
  ContainerConfig of(SandboxSpec sandbox, ContainerSpec spec) {
    ContainerConfig.Builder config =
        ContainerConfig.newBuilder()
            .setMetadata(
                ContainerMetadata.newBuilder().setName(spec.name()).setAttempt(spec.attempt()))
            .setImage(
                ImageSpec.newBuilder()
                    .setImage(spec.imageRef())
                    .setUserSpecifiedImage(spec.image()))
            .addAllCommand(spec.command())
            .addAllArgs(spec.args())
            .setWorkingDir(spec.directory())
            .putAllLabels(
                Map.of(
                    Labels.POD_NAME, sandbox.name(),
                    Labels.POD_NAMESPACE, sandbox.namespace(),
                    Labels.POD_UID, sandbox.uid(),
                    Labels.CONTAINER_NAME, spec.name()))
            .putAllAnnotations(spec.annotations())
            .setLogPath(
                Path.of(sandbox.logDirectory()).relativize(Path.of(spec.logPath())).toString())
            .setStdin(spec.input().stdin())
            .setStdinOnce(spec.input().stdinOnce())
            .setTty(spec.input().tty())
            .setLinux(
                LinuxContainerConfig.newBuilder()
                    .setResources(resources(spec.resources()))
                    .setSecurityContext(security(sandbox, spec.security(), spec.target())));
    spec.environment()
        .forEach(
            (name, value) ->
                config.addEnvs(
                    KeyValue.newBuilder().setKey(name).setValue(ByteString.copyFromUtf8(value))));
    for (ContainerSpec.Mount mount : spec.mounts()) {
      config.addMounts(
          Mount.newBuilder()
              .setContainerPath(mount.target())
              .setHostPath(mount.source())
              .setReadonly(mount.readOnly())
              .setPropagation(
                  switch (mount.propagation()) {
                    case PRIVATE -> MountPropagation.PROPAGATION_PRIVATE;
                    case FROM_HOST -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
                    case BOTH -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
                  }));
    }
    return config.build();
  }

  private LinuxContainerResources resources(Limits limits) {
    LinuxContainerResources.Builder resources =
        LinuxContainerResources.newBuilder()
            .setCpuPeriod(PERIOD)
            .setCpuShares(limits.cpuShares())
            .setMemoryLimitInBytes(limits.memoryLimit());
    if (limits.milliCpuLimit() > 0) {
      resources.setCpuQuota(Math.max(LEAST_QUOTA, limits.milliCpuLimit() * PERIOD / 1000));
    }
    if (limits.memoryLimit() > 0 && kernel.countsSwap()) {
      resources.setMemorySwapLimitInBytes(limits.memoryLimit()); // none of it may be swap
    }
    if (limits.oomScoreAdjust() != null) {
      resources.setOomScoreAdj(limits.oomScoreAdjust());
    }
    if (kernel.unified()) {
      resources.putAllUnified(
          Map.of("memory.oom.group", "1", "memory.min", "0", "memory.low", "0"));
    }
    return resources.build();
  }

  private LinuxContainerSecurityContext security(
      SandboxSpec sandbox, ContainerSpec.Security security, String target) {
    LinuxContainerSecurityContext.Builder context =
        LinuxContainerSecurityContext.newBuilder()
            .setCapabilities(
                Capability.newBuilder()
                    .addAllAddCapabilities(security.addCapabilities())
                    .addAllDropCapabilities(security.dropCapabilities()))
            .setPrivileged(security.privileged())
            .setNamespaceOptions(namespaces(sandbox, target))
            .setReadonlyRootfs(security.readOnlyRoot())
            .addAllSupplementalGroups(security.supplementalGroups())
            .setSupplementalGroupsPolicy(
                security.strictGroups()
                    ? SupplementalGroupsPolicy.Strict
                    : SupplementalGroupsPolicy.Merge)
            .setNoNewPrivs(!security.allowEscalation())
            .setSeccomp(SandboxMessages.profile(security.seccomp()));
    if (security.user() != null) {
      context.setRunAsUser(Int64Value.newBuilder().setValue(security.user()));
    }
    if (security.group() != null) {
      context.setRunAsGroup(Int64Value.newBuilder().setValue(security.group()));
    }
    if (!security.unmaskedProc() && !security.privileged()) {
      context.addAllMaskedPaths(MASKED);
      context.addAllMaskedPaths(kernel.throttlePaths());
      context.addAllReadonlyPaths(READ_ONLY);
    }
    if (!security.appArmor().equals(Profile.NONE)) {
      context.setApparmor(appArmor(security.appArmor()));
      context.setApparmorProfile(appArmorName(security.appArmor()));
    }
    SeLinux label = security.seLinux();
    if (label != null) {
      context.setSelinuxOptions(
          SELinuxOption.newBuilder()
              .setUser(label.user())
              .setRole(label.role())
              .setType(label.type())
              .setLevel(label.level()));
    }
    return context.build();
  }

  /** Where all of the pod see the same processes, it sees its target's among them. */
  private static NamespaceOption namespaces(SandboxSpec sandbox, String target) {
    NamespaceOption.Builder options = SandboxMessages.namespaces(sandbox.namespaces());
    if (!target.isEmpty() && options.getPid() == NamespaceMode.CONTAINER) {
      options.setPid(NamespaceMode.TARGET).setTargetId(target);
    }
    return options.build();
  }

  private static SecurityProfile appArmor(Profile profile) {
    SecurityProfile.Builder built = SecurityProfile.newBuilder();
    return switch (profile.type()) {
      case "RuntimeDefault" -> built.setProfileType(ProfileType.RuntimeDefault).build();
      case "Localhost" ->
          built.setProfileType(ProfileType.Localhost).setLocalhostRef(profile.reference()).build();
      default -> built.setProfileType(ProfileType.Unconfined).build();
    };
  }

  /** Runtimes from before the message know only this. */
  private static String appArmorName(Profile profile) {
    return switch (profile.type()) {
      case "RuntimeDefault" -> "runtime/default";
      case "Localhost" -> "localhost/" + profile.reference();
      default -> "unconfined";
    };
  }
}
