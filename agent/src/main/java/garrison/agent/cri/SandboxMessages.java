package garrison.agent.cri;

import garrison.agent.cri.v1.DNSConfig;
import garrison.agent.cri.v1.Int64Value;
import garrison.agent.cri.v1.LinuxPodSandboxConfig;
import garrison.agent.cri.v1.LinuxSandboxSecurityContext;
import garrison.agent.cri.v1.NamespaceMode;
import garrison.agent.cri.v1.NamespaceOption;
import garrison.agent.cri.v1.PodSandboxConfig;
import garrison.agent.cri.v1.PodSandboxMetadata;
import garrison.agent.cri.v1.PortMapping;
import garrison.agent.cri.v1.ProfileType;
import garrison.agent.cri.v1.Protocol;
import garrison.agent.cri.v1.SecurityProfile;
import garrison.agent.runtime.ContainerSpec.Profile;
import garrison.agent.runtime.SandboxSpec;
import garrison.agent.runtime.SandboxSpec.Namespaces;
import garrison.agent.runtime.SandboxSpec.Port;
import java.util.Map;

/** A sandbox in the runtime's words (spec: node-agent 1.3, 1.4, 3.12). Pure. */
final class SandboxMessages {
  /** Where upstream looks for seccomp profiles, and so where their owners put them. */
  private static final String SECCOMP = "/var/lib/kubelet/seccomp/";

  private SandboxMessages() {}

  /** The whole of it, marked as of that node, its processes below that cgroup. */
  static PodSandboxConfig of(SandboxSpec spec, String node, String cgroupParent) {
    PodSandboxConfig.Builder config =
        PodSandboxConfig.newBuilder()
            .setMetadata(
                PodSandboxMetadata.newBuilder()
                    .setName(spec.name())
                    .setNamespace(spec.namespace())
                    .setUid(spec.uid())
                    .setAttempt(spec.attempt()))
            .setHostname(spec.hostname())
            .setLogDirectory(spec.logDirectory())
            .putAllLabels(spec.labels())
            .putAllLabels(
                Map.of(
                    Labels.POD_NAME, spec.name(),
                    Labels.POD_NAMESPACE, spec.namespace(),
                    Labels.POD_UID, spec.uid()))
            .putAllAnnotations(spec.annotations())
            .putAnnotations(Labels.NODE, node)
            .setLinux(linux(spec, cgroupParent));
    SandboxSpec.Dns dns = spec.dns();
    config.setDnsConfig(
        DNSConfig.newBuilder()
            .addAllServers(dns.servers())
            .addAllSearches(dns.searches())
            .addAllOptions(dns.options()));
    for (Port port : spec.ports()) {
      config.addPortMappings(
          PortMapping.newBuilder()
              .setProtocol(protocol(port.protocol()))
              .setContainerPort(port.containerPort())
              .setHostPort(port.hostPort())
              .setHostIp(port.hostIp()));
    }
    return config.build();
  }

  private static Protocol protocol(String name) {
    return switch (name) {
      case "UDP" -> Protocol.UDP;
      case "SCTP" -> Protocol.SCTP;
      default -> Protocol.TCP;
    };
  }

  private static LinuxPodSandboxConfig linux(SandboxSpec spec, String cgroupParent) {
    SandboxSpec.Security security = spec.security();
    LinuxSandboxSecurityContext.Builder context =
        LinuxSandboxSecurityContext.newBuilder()
            .setNamespaceOptions(namespaces(spec.namespaces()))
            .setPrivileged(security.privileged())
            .addAllSupplementalGroups(security.supplementalGroups())
            .setSeccomp(profile(security.seccomp()));
    if (security.user() != null) {
      context.setRunAsUser(Int64Value.newBuilder().setValue(security.user()));
      if (security.group() != null) {
        context.setRunAsGroup(Int64Value.newBuilder().setValue(security.group()));
      }
    }
    return LinuxPodSandboxConfig.newBuilder()
        .setCgroupParent(cgroupParent)
        .setSecurityContext(context)
        .putAllSysctls(spec.sysctls())
        .build();
  }

  /** As the sandbox has them; its containers are told the same. */
  static NamespaceOption.Builder namespaces(Namespaces namespaces) {
    return NamespaceOption.newBuilder()
        .setNetwork(namespaces.hostNetwork() ? NamespaceMode.NODE : NamespaceMode.POD)
        .setPid(
            namespaces.hostPid()
                ? NamespaceMode.NODE
                : namespaces.sharedPid() ? NamespaceMode.POD : NamespaceMode.CONTAINER)
        .setIpc(namespaces.hostIpc() ? NamespaceMode.NODE : NamespaceMode.POD);
  }

  /** A profile; nothing asked for is none at all. */
  static SecurityProfile profile(Profile profile) {
    return switch (profile.type()) {
      case "RuntimeDefault" ->
          SecurityProfile.newBuilder().setProfileType(ProfileType.RuntimeDefault).build();
      case "Localhost" ->
          SecurityProfile.newBuilder()
              .setProfileType(ProfileType.Localhost)
              .setLocalhostRef(SECCOMP + profile.reference())
              .build();
      default -> SecurityProfile.newBuilder().setProfileType(ProfileType.Unconfined).build();
    };
  }
}
