package garrison.agent.cri;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import garrison.agent.cri.v1.AttachRequest;
import garrison.agent.cri.v1.AuthConfig;
import garrison.agent.cri.v1.ContainerFilter;
import garrison.agent.cri.v1.ContainerState;
import garrison.agent.cri.v1.ContainerStatus;
import garrison.agent.cri.v1.ContainerStatusRequest;
import garrison.agent.cri.v1.CreateContainerRequest;
import garrison.agent.cri.v1.ExecRequest;
import garrison.agent.cri.v1.ExecSyncRequest;
import garrison.agent.cri.v1.ExecSyncResponse;
import garrison.agent.cri.v1.ImageSpec;
import garrison.agent.cri.v1.ImageStatusRequest;
import garrison.agent.cri.v1.ImageStatusResponse;
import garrison.agent.cri.v1.ListContainersRequest;
import garrison.agent.cri.v1.ListImagesRequest;
import garrison.agent.cri.v1.ListPodSandboxRequest;
import garrison.agent.cri.v1.PodSandbox;
import garrison.agent.cri.v1.PodSandboxFilter;
import garrison.agent.cri.v1.PodSandboxStatus;
import garrison.agent.cri.v1.PodSandboxStatusRequest;
import garrison.agent.cri.v1.PortForwardRequest;
import garrison.agent.cri.v1.PullImageRequest;
import garrison.agent.cri.v1.RemoveContainerRequest;
import garrison.agent.cri.v1.RemovePodSandboxRequest;
import garrison.agent.cri.v1.ReopenContainerLogRequest;
import garrison.agent.cri.v1.RunPodSandboxRequest;
import garrison.agent.cri.v1.StartContainerRequest;
import garrison.agent.cri.v1.StopContainerRequest;
import garrison.agent.cri.v1.StopPodSandboxRequest;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.ContainerSpec;
import garrison.agent.runtime.Credential;
import garrison.agent.runtime.ExecResult;
import garrison.agent.runtime.Image;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.Sandbox;
import garrison.agent.runtime.SandboxSpec;
import garrison.agent.runtime.Streams;
import io.vertx.grpc.common.GrpcStatus;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Containers of a runtime on the other side of a unix socket (spec: node-agent 1, 3.4).
 *
 * <p>It needs nothing to be there when it starts, and survives whatever becomes of the socket:
 * {@link #answers} says whether it can be asked now. Nothing is kept here that the runtime knows,
 * so that a new agent finds all by labels; only what never changes of a container or sandbox is
 * remembered, to ask less. Stops and removals of what is not there are done.
 */
public final class CriRuntime implements Runtime, Streams {
  /** Grace of a container of which the runtime does not know whether it runs. */
  private static final long UNKNOWN_SECONDS = 2;

  private static final Duration ORDINARY = Duration.ofMinutes(2);
  private static final Duration SANDBOX = ORDINARY.multipliedBy(2);
  private static final int MOST_OUTPUT = 10 << 10;

  private final Channel channel;
  private final String node;
  private final Watch watch;
  private final PodCgroups cgroups;
  private final ContainerMessages messages;
  private final Map<String, List<String>> ips = new ConcurrentHashMap<>();
  private final Map<String, Container> ended = new ConcurrentHashMap<>();

  private CriRuntime(Channel channel, String node, NodeKernel kernel) {
    this.channel = channel;
    this.node = node;
    this.messages = new ContainerMessages(kernel);
    this.watch = new Watch(channel, this::forget);
    this.cgroups = PodCgroups.open(watch::systemdCgroups);
  }

  /**
   * For the runtime at that socket, whether it is there already or not.
   *
   * @param node marks what it makes: several agents may share a runtime
   */
  public static CriRuntime open(Path socket, String node) {
    CriRuntime runtime = new CriRuntime(new Channel(socket), node, NodeKernel.read());
    runtime.watch.start();
    return runtime;
  }

  /** Where it is. */
  public Path socket() {
    return channel.socket();
  }

  /**
   * Whether what is there says that it speaks no interface of ours: Docker's containerd does not.
   * Waits for its first word, at most so long.
   */
  public boolean refuses(Duration atMost) {
    return watch.refuses(atMost);
  }

  @Override
  public String name() {
    return watch.runtimeName();
  }

  @Override
  public String version() {
    return watch.runtimeVersion();
  }

  @Override
  public boolean hostProcesses() {
    return false;
  }

  @Override
  public boolean answers() {
    return watch.health().answers(System.nanoTime());
  }

  @Override
  public List<String> problems() {
    return watch.health().problems(System.nanoTime());
  }

  @Override
  public @Nullable String networkProblem() {
    return watch.health().networkProblem();
  }

  private <Q extends MessageLite, R extends MessageLite> R ask(
      Rpc<Q, R> rpc, Q request, Duration deadline, String reason) {
    try {
      return channel.call(rpc, request, deadline);
    } catch (RpcFailure e) {
      throw new RuntimeFailure(reason, e.message());
    }
  }

  /** For what is done when there is nothing (any more) to do it to. */
  private <Q extends MessageLite, R extends MessageLite> void end(
      Rpc<Q, R> rpc, Q request, Duration deadline, String reason) {
    try {
      channel.call(rpc, request, deadline);
    } catch (RpcFailure e) {
      if (!e.notFound()) {
        throw new RuntimeFailure(reason, e.message());
      }
    }
  }

  @Override
  public String runSandbox(SandboxSpec spec) {
    if (spec.namespaces().userNamespace()) {
      throw new RuntimeFailure(
          "CreatePodSandboxError",
          "hostUsers: false is not supported on node " + node + ": leave it out");
    }
    String parent = cgroups.make(spec.uid(), spec.group());
    RunPodSandboxRequest request =
        RunPodSandboxRequest.newBuilder()
            .setConfig(SandboxMessages.of(spec, node, parent))
            .setRuntimeHandler(spec.handler())
            .build();
    return ask(Rpc.RUN_SANDBOX, request, SANDBOX, "CreatePodSandboxError").getPodSandboxId();
  }

  @Override
  public void stopSandbox(String id) {
    end(
        Rpc.STOP_SANDBOX,
        StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build(),
        ORDINARY,
        "KillPodSandboxError");
  }

  @Override
  public void removeSandbox(String id) {
    end(
        Rpc.REMOVE_SANDBOX,
        RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build(),
        ORDINARY,
        "RemovePodSandboxError");
    ips.remove(id);
  }

  @Override
  public void removePod(String podUid) {
    cgroups.remove(podUid);
  }

  @Override
  public List<Sandbox> sandboxes() {
    return list(PodSandboxFilter.getDefaultInstance());
  }

  @Override
  public List<Sandbox> sandboxes(String podUid) {
    return list(PodSandboxFilter.newBuilder().putLabelSelector(Labels.POD_UID, podUid).build());
  }

  private List<Sandbox> list(PodSandboxFilter filter) {
    List<Sandbox> all = new ArrayList<>();
    ListPodSandboxRequest request = ListPodSandboxRequest.newBuilder().setFilter(filter).build();
    for (PodSandbox sandbox :
        ask(Rpc.LIST_SANDBOXES, request, ORDINARY, "ListPodSandboxError").getItemsList()) {
      String owner = sandbox.getAnnotationsOrDefault(Labels.NODE, "");
      if (owner.isEmpty() || owner.equals(node)) {
        all.add(CriViews.sandbox(sandbox, ipsOf(sandbox), !owner.isEmpty()));
      }
    }
    all.sort(NEWEST_FIRST);
    return all;
  }

  /** A sandbox keeps its addresses as long as it is ready. */
  private List<String> ipsOf(PodSandbox sandbox) {
    List<String> known = ips.get(sandbox.getId());
    if (known != null) {
      return known;
    }
    PodSandboxStatusRequest request =
        PodSandboxStatusRequest.newBuilder().setPodSandboxId(sandbox.getId()).build();
    try {
      PodSandboxStatus status = channel.call(Rpc.SANDBOX_STATUS, request, ORDINARY).getStatus();
      List<String> found = CriViews.ips(status.getNetwork());
      ips.put(sandbox.getId(), found);
      return found;
    } catch (RpcFailure e) {
      if (e.notFound()) {
        return List.of();
      }
      throw new RuntimeFailure("PodSandboxStatusError", e.message());
    }
  }

  @Override
  public @Nullable Image image(String name) {
    ImageStatusRequest request =
        ImageStatusRequest.newBuilder().setImage(ImageSpec.newBuilder().setImage(name)).build();
    ImageStatusResponse answer = ask(Rpc.IMAGE_STATUS, request, ORDINARY, "ImageInspectError");
    return answer.hasImage() ? CriViews.image(answer.getImage()) : null;
  }

  @Override
  public List<Image> images() {
    return ask(
            Rpc.LIST_IMAGES, ListImagesRequest.getDefaultInstance(), ORDINARY, "ImageInspectError")
        .getImagesList()
        .stream()
        .map(CriViews::image)
        .toList();
  }

  @Override
  public String pull(String name, @Nullable Credential credential, SandboxSpec sandbox)
      throws InterruptedException {
    PullImageRequest.Builder request =
        PullImageRequest.newBuilder()
            .setImage(ImageSpec.newBuilder().setImage(name).setUserSpecifiedImage(name))
            .setSandboxConfig(SandboxMessages.of(sandbox, node, ""));
    if (credential != null) {
      request.setAuth(
          AuthConfig.newBuilder()
              .setUsername(credential.username())
              .setPassword(credential.password())
              .setServerAddress(credential.server())
              .setIdentityToken(credential.identityToken())
              .setRegistryToken(credential.registryToken()));
    }
    try {
      return channel.call(Rpc.PULL_IMAGE, request.build(), null).getImageRef();
    } catch (RpcFailure e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("pull of " + name);
      }
      boolean bare = e.code() == GrpcStatus.UNKNOWN;
      String message = bare ? e.description() : e.message();
      throw new RuntimeFailure(pullReason(e.description()), message);
    }
  }

  /** A runtime may know better what is wrong, and then begins with it. */
  private static String pullReason(String description) {
    for (String reason : List.of("RegistryUnavailable", "SignatureValidationFailed")) {
      if (description.startsWith(reason)) {
        return reason;
      }
    }
    return "ErrImagePull";
  }

  @Override
  public String createContainer(String sandboxId, SandboxSpec sandbox, ContainerSpec spec) {
    CreateContainerRequest request =
        CreateContainerRequest.newBuilder()
            .setPodSandboxId(sandboxId)
            .setConfig(messages.of(sandbox, spec))
            .setSandboxConfig(
                SandboxMessages.of(sandbox, node, cgroups.parent(sandbox.uid(), sandbox.group())))
            .build();
    return ask(Rpc.CREATE_CONTAINER, request, ORDINARY, "CreateContainerError").getContainerId();
  }

  @Override
  public void startContainer(String id) {
    ask(
        Rpc.START_CONTAINER,
        StartContainerRequest.newBuilder().setContainerId(id).build(),
        ORDINARY,
        "RunContainerError");
  }

  @Override
  public void stopContainer(String id, Duration grace) throws InterruptedException {
    long seconds = Math.max(0, grace.plusMillis(999).toSeconds());
    StopContainerRequest request =
        StopContainerRequest.newBuilder().setContainerId(id).setTimeout(seconds).build();
    try {
      end(Rpc.STOP_CONTAINER, request, ORDINARY.plusSeconds(seconds), "KillContainerError");
    } catch (RuntimeFailure e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("stop of " + id);
      }
      throw e;
    }
  }

  @Override
  public void removeContainer(String id) {
    end(
        Rpc.REMOVE_CONTAINER,
        RemoveContainerRequest.newBuilder().setContainerId(id).build(),
        ORDINARY,
        "RemoveContainerError");
    ended.remove(id);
  }

  @Override
  public List<Container> containers(String sandboxId) {
    ListContainersRequest request =
        ListContainersRequest.newBuilder()
            .setFilter(ContainerFilter.newBuilder().setPodSandboxId(sandboxId))
            .build();
    List<Container> all = new ArrayList<>();
    for (garrison.agent.cri.v1.Container container :
        ask(Rpc.LIST_CONTAINERS, request, ORDINARY, "ListContainersError").getContainersList()) {
      Container known = ended.get(container.getId());
      Container now = known == null ? status(container.getId(), sandboxId) : known;
      if (now != null) {
        all.add(now);
      }
    }
    all.sort(Comparator.comparing(Container::createdAt));
    return all;
  }

  /** Null for one that went meanwhile. */
  private @Nullable Container status(String id, String sandboxId) {
    ContainerStatusRequest request = ContainerStatusRequest.newBuilder().setContainerId(id).build();
    try {
      ContainerStatus status = channel.call(Rpc.CONTAINER_STATUS, request, ORDINARY).getStatus();
      if (status.getState() == ContainerState.CONTAINER_UNKNOWN) {
        endUnknown(id);
        status = channel.call(Rpc.CONTAINER_STATUS, request, ORDINARY).getStatus();
      }
      Container container = CriViews.container(status, sandboxId);
      if (status.getState() == ContainerState.CONTAINER_EXITED && settled(container)) {
        ended.put(id, container);
      }
      return container;
    } catch (RpcFailure e) {
      if (e.notFound()) {
        return null;
      }
      throw new RuntimeFailure("ContainerStatusError", e.message());
    }
  }

  /**
   * A runtime that was restarted may not know whether a container runs: it is ended before another
   * can be started beside it.
   */
  private void endUnknown(String id) {
    end(
        Rpc.STOP_CONTAINER,
        StopContainerRequest.newBuilder().setContainerId(id).setTimeout(UNKNOWN_SECONDS).build(),
        ORDINARY,
        "KillContainerError");
  }

  /** That the kernel ended it for its memory, containerd may hear only after the end itself. */
  private static boolean settled(Container container) {
    return !container.reason().equals("Error");
  }

  @Override
  public ExecResult exec(String id, List<String> command, Duration timeout)
      throws InterruptedException {
    long seconds = timeout.plusMillis(999).toSeconds();
    ExecSyncRequest request =
        ExecSyncRequest.newBuilder()
            .setContainerId(id)
            .addAllCmd(command)
            .setTimeout(seconds)
            .build();
    try {
      ExecSyncResponse answer =
          channel.call(Rpc.EXEC_SYNC, request, seconds == 0 ? null : ORDINARY.plusSeconds(seconds));
      return new ExecResult(answer.getExitCode(), output(answer), false);
    } catch (RpcFailure e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("exec in " + id);
      }
      if (e.code() == GrpcStatus.DEADLINE_EXCEEDED) {
        return new ExecResult(-1, "", true);
      }
      throw new RuntimeFailure("ExecError", e.message());
    }
  }

  private static String output(ExecSyncResponse answer) {
    ByteString both = answer.getStdout().concat(answer.getStderr());
    return both.substring(0, Math.min(both.size(), MOST_OUTPUT)).toString(StandardCharsets.UTF_8);
  }

  @Override
  public void reopenLog(String id) {
    ask(
        Rpc.REOPEN_LOG,
        ReopenContainerLogRequest.newBuilder().setContainerId(id).build(),
        ORDINARY,
        "ReopenContainerLogError");
  }

  @Override
  public Streams streams() {
    return this;
  }

  @Override
  public URI exec(String containerId, List<String> command, Wanted wanted) {
    ExecRequest request =
        ExecRequest.newBuilder()
            .setContainerId(containerId)
            .addAllCmd(command)
            .setTty(wanted.tty())
            .setStdin(wanted.stdin())
            .setStdout(wanted.stdout())
            .setStderr(wanted.stderr() && !wanted.tty())
            .build();
    return URI.create(ask(Rpc.EXEC, request, ORDINARY, "ExecError").getUrl());
  }

  @Override
  public URI attach(String containerId, Wanted wanted) {
    AttachRequest request =
        AttachRequest.newBuilder()
            .setContainerId(containerId)
            .setTty(wanted.tty())
            .setStdin(wanted.stdin())
            .setStdout(wanted.stdout())
            .setStderr(wanted.stderr() && !wanted.tty())
            .build();
    return URI.create(ask(Rpc.ATTACH, request, ORDINARY, "AttachError").getUrl());
  }

  @Override
  public URI portForward(String sandboxId, List<Integer> ports) {
    PortForwardRequest request =
        PortForwardRequest.newBuilder().setPodSandboxId(sandboxId).addAllPort(ports).build();
    return URI.create(ask(Rpc.PORT_FORWARD, request, ORDINARY, "PortForwardError").getUrl());
  }

  @Override
  public void onChange(Consumer<String> listener) {
    watch.onChange(listener);
  }

  /** What is remembered of things that are gone. */
  private void forget(Relist now) {
    ended.keySet().retainAll(now.containers());
    ips.keySet().retainAll(now.sandboxes());
  }

  @Override
  public void close() {
    watch.close();
    channel.close();
  }
}
