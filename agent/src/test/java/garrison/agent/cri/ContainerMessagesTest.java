package garrison.agent.cri;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.cri.v1.ContainerConfig;
import garrison.agent.cri.v1.LinuxContainerResources;
import garrison.agent.cri.v1.LinuxContainerSecurityContext;
import garrison.agent.cri.v1.NamespaceMode;
import garrison.agent.cri.v1.NamespaceOption;
import garrison.agent.cri.v1.PodSandboxConfig;
import garrison.agent.cri.v1.ProfileType;
import garrison.agent.runtime.ContainerSpec;
import garrison.agent.runtime.ContainerSpec.Input;
import garrison.agent.runtime.ContainerSpec.Limits;
import garrison.agent.runtime.ContainerSpec.Profile;
import garrison.agent.runtime.ContainerSpec.Security;
import garrison.agent.runtime.SandboxSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Spec: node-agent 1.3, 1.4, 3.12. */
class ContainerMessagesTest {
  private static final NodeKernel LEGACY = new NodeKernel(false, true, List.of("/sys/hot"));
  private static final NodeKernel UNIFIED = new NodeKernel(true, false, List.of());

  private static SandboxSpec sandbox() {
    return sandbox(true);
  }

  private static SandboxSpec sandbox(boolean sharedPid) {
    SandboxSpec plain = SandboxSpec.of("ns", "p", "u1");
    return new SandboxSpec(
        "ns",
        "p",
        "u1",
        3,
        Map.of("app", "x"),
        Map.of("note", "y"),
        "harbour",
        "/logs/ns_p_u1",
        plain.dns(),
        List.of(new SandboxSpec.Port("UDP", 53, 5353, "")),
        new SandboxSpec.Namespaces(false, false, false, sharedPid, false),
        plain.group(),
        plain.security(),
        Map.of("kernel.shm_rmid_forced", "1"),
        "");
  }

  private static ContainerSpec spec(Limits limits, Security security) {
    return spec(limits, security, "");
  }

  private static ContainerSpec spec(Limits limits, Security security, String target) {
    return new ContainerSpec(
        "c",
        2,
        "busybox",
        "sha256:1",
        List.of("sh"),
        List.of("-c"),
        "/work",
        Map.of("A", "ä"),
        List.of(),
        "/logs/ns_p_u1/c/2.log",
        limits,
        security,
        Input.NONE,
        target,
        Map.of("io.kubernetes.container.hash", "h"),
        "h");
  }

  private static Security security(boolean privileged, boolean unmasked) {
    return new Security(
        1000L,
        null,
        List.of(7L),
        false,
        privileged,
        false,
        List.of("NET_ADMIN"),
        List.of("ALL"),
        true,
        unmasked,
        new Profile("Localhost", "p.json"),
        Profile.NONE,
        null);
  }

  @Test
  void aSandboxSaysWhoseItIs() {
    PodSandboxConfig config = SandboxMessages.of(sandbox(), "n1", "/kubepods/podu1");

    assertThat(config.getMetadata().getAttempt()).isEqualTo(3);
    assertThat(config.getLabelsMap())
        .containsOnly(
            Map.entry("app", "x"),
            Map.entry("io.kubernetes.pod.name", "p"),
            Map.entry("io.kubernetes.pod.namespace", "ns"),
            Map.entry("io.kubernetes.pod.uid", "u1"));
    assertThat(config.getAnnotationsMap())
        .containsOnly(Map.entry("note", "y"), Map.entry(Labels.NODE, "n1"));
    assertThat(config.getHostname()).isEqualTo("harbour");
    assertThat(config.getLinux().getCgroupParent()).isEqualTo("/kubepods/podu1");
    assertThat(config.getLinux().getSysctlsMap()).containsEntry("kernel.shm_rmid_forced", "1");
    assertThat(config.getLinux().getSecurityContext().getNamespaceOptions().getPid())
        .isEqualTo(NamespaceMode.POD);
    assertThat(config.getLinux().getSecurityContext().getNamespaceOptions().getNetwork())
        .isEqualTo(NamespaceMode.POD);
    assertThat(config.getPortMappings(0).getHostPort()).isEqualTo(5353);
  }

  @Test
  void aContainerSaysWhoseItIsAndWritesBelowItsSandbox() {
    ContainerConfig config =
        new ContainerMessages(LEGACY)
            .of(sandbox(), spec(new Limits(102, 0, 0, null), Security.PLAIN));

    assertThat(config.getMetadata().getAttempt()).isEqualTo(2);
    assertThat(config.getLabelsMap())
        .containsEntry("io.kubernetes.container.name", "c")
        .containsEntry("io.kubernetes.pod.uid", "u1")
        .doesNotContainKey("app");
    assertThat(config.getLogPath()).isEqualTo("c/2.log");
    assertThat(config.getImage().getImage()).isEqualTo("sha256:1");
    assertThat(config.getImage().getUserSpecifiedImage()).isEqualTo("busybox");
    assertThat(config.getEnvs(0).getValue().toStringUtf8()).isEqualTo("ä");
  }

  @Test
  void aContainerSeesTheProcessesOfItsTarget() {
    ContainerSpec spec = spec(new Limits(2, 0, 0, null), Security.PLAIN, "t1");

    NamespaceOption own = namespaces(sandbox(false), spec);
    assertThat(own.getPid()).isEqualTo(NamespaceMode.TARGET);
    assertThat(own.getTargetId()).isEqualTo("t1");
    NamespaceOption shared = namespaces(sandbox(true), spec);
    assertThat(shared.getPid()).isEqualTo(NamespaceMode.POD); // all see them
    assertThat(shared.getTargetId()).isEmpty();
  }

  private static NamespaceOption namespaces(SandboxSpec sandbox, ContainerSpec spec) {
    return new ContainerMessages(LEGACY)
        .of(sandbox, spec)
        .getLinux()
        .getSecurityContext()
        .getNamespaceOptions();
  }

  @Test
  void limitsInTheKernelsNumbers() {
    Limits limits = new Limits(256, 250, 64 << 20, 999);
    LinuxContainerResources legacy =
        new ContainerMessages(LEGACY)
            .of(sandbox(), spec(limits, Security.PLAIN))
            .getLinux()
            .getResources();
    assertThat(legacy.getCpuQuota()).isEqualTo(25_000);
    assertThat(legacy.getCpuPeriod()).isEqualTo(100_000);
    assertThat(legacy.getMemoryLimitInBytes()).isEqualTo(64 << 20);
    assertThat(legacy.getMemorySwapLimitInBytes()).isEqualTo(64 << 20);
    assertThat(legacy.getOomScoreAdj()).isEqualTo(999);
    assertThat(legacy.getUnifiedMap()).isEmpty();

    LinuxContainerResources unified =
        new ContainerMessages(UNIFIED)
            .of(sandbox(), spec(new Limits(2, 1, 0, null), Security.PLAIN))
            .getLinux()
            .getResources();
    assertThat(unified.getCpuQuota()).isEqualTo(1_000); // the kernel takes no less
    assertThat(unified.getMemorySwapLimitInBytes()).isZero();
    assertThat(unified.getUnifiedMap()).containsEntry("memory.oom.group", "1");
  }

  @Test
  void whatIsHiddenFromAContainerIsShownToAPrivilegedOne() {
    LinuxContainerSecurityContext usual =
        new ContainerMessages(LEGACY)
            .of(sandbox(), spec(new Limits(2, 0, 0, null), security(false, false)))
            .getLinux()
            .getSecurityContext();
    assertThat(usual.getMaskedPathsList()).contains("/proc/kcore", "/sys/hot");
    assertThat(usual.getReadonlyPathsList()).contains("/proc/sys");
    assertThat(usual.getNoNewPrivs()).isTrue();
    assertThat(usual.getRunAsUser().getValue()).isEqualTo(1000);
    assertThat(usual.hasRunAsGroup()).isFalse();
    assertThat(usual.getCapabilities().getAddCapabilitiesList()).containsExactly("NET_ADMIN");
    assertThat(usual.getSeccomp().getProfileType()).isEqualTo(ProfileType.Localhost);
    assertThat(usual.getSeccomp().getLocalhostRef()).isEqualTo("/var/lib/kubelet/seccomp/p.json");

    for (Security open : List.of(security(true, false), security(false, true))) {
      assertThat(
              new ContainerMessages(LEGACY)
                  .of(sandbox(), spec(new Limits(2, 0, 0, null), open))
                  .getLinux()
                  .getSecurityContext()
                  .getMaskedPathsList())
          .isEmpty();
    }
  }
}
