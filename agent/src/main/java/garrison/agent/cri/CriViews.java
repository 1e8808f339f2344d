package garrison.agent.cri;

import garrison.agent.cri.v1.ContainerStatus;
import garrison.agent.cri.v1.LinuxContainerUser;
import garrison.agent.cri.v1.PodSandbox;
import garrison.agent.cri.v1.PodSandboxNetworkStatus;
import garrison.agent.cri.v1.PodSandboxState;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.Image;
import garrison.agent.runtime.Sandbox;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the runtime tells, in the agent's words. Pure. */
final class CriViews {
  private CriViews() {}

  static Sandbox sandbox(PodSandbox sandbox, List<String> ips, boolean own) {
    return new Sandbox(
        sandbox.getId(),
        sandbox.getMetadata().getNamespace(),
        sandbox.getMetadata().getName(),
        sandbox.getMetadata().getUid(),
        sandbox.getMetadata().getAttempt(),
        sandbox.getState() == PodSandboxState.SANDBOX_READY,
        time(sandbox.getCreatedAt()),
        ips,
        own);
  }

  static List<String> ips(PodSandboxNetworkStatus network) {
    List<String> ips = new ArrayList<>();
    if (!network.getIp().isEmpty()) {
      ips.add(network.getIp());
      network.getAdditionalIpsList().forEach(ip -> ips.add(ip.getIp()));
    }
    return List.copyOf(ips);
  }

  static Container container(ContainerStatus status, String sandboxId) {
    Container.State state =
        switch (status.getState()) {
          case CONTAINER_CREATED -> Container.State.CREATED;
          case CONTAINER_RUNNING -> Container.State.RUNNING;
          default -> Container.State.EXITED;
        };
    boolean ended = state == Container.State.EXITED;
    return new Container(
        status.getId(),
        sandboxId,
        status.getMetadata().getName(),
        status.getMetadata().getAttempt(),
        image(status),
        status.getImageRef(),
        state,
        time(status.getCreatedAt()),
        status.getStartedAt() == 0 ? null : time(status.getStartedAt()),
        ended && status.getFinishedAt() != 0 ? time(status.getFinishedAt()) : null,
        ended ? status.getExitCode() : 0,
        ended ? reason(status) : "",
        ended ? status.getMessage() : "",
        status.getLogPath(),
        status.getAnnotationsOrDefault(Labels.HASH, ""),
        status.getAnnotationsMap(),
        user(status));
  }

  private static String image(ContainerStatus status) {
    String asked = status.getImage().getUserSpecifiedImage();
    return asked.isEmpty() ? status.getImage().getImage() : asked;
  }

  /** Some runtimes leave it out where the exit code says it all. */
  private static String reason(ContainerStatus status) {
    if (!status.getReason().isEmpty()) {
      return status.getReason();
    }
    return status.getExitCode() == 0 ? "Completed" : "Error";
  }

  private static Container.@Nullable User user(ContainerStatus status) {
    if (!status.hasUser() || !status.getUser().hasLinux()) {
      return null;
    }
    LinuxContainerUser user = status.getUser().getLinux();
    return new Container.User(
        user.getUid(), user.getGid(), List.copyOf(user.getSupplementalGroupsList()));
  }

  static Image image(garrison.agent.cri.v1.Image image) {
    return new Image(
        image.getId(),
        List.copyOf(image.getRepoTagsList()),
        List.copyOf(image.getRepoDigestsList()),
        image.getSize(),
        image.hasUid() ? Long.valueOf(image.getUid().getValue()) : null,
        image.getUsername());
  }

  static Instant time(long nanos) {
    return Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
  }
}
