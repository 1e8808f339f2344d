package garrison.agent.cri;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import garrison.agent.cri.v1.AttachRequest;
import garrison.agent.cri.v1.AttachResponse;
import garrison.agent.cri.v1.ContainerStatusRequest;
import garrison.agent.cri.v1.ContainerStatusResponse;
import garrison.agent.cri.v1.CreateContainerRequest;
import garrison.agent.cri.v1.CreateContainerResponse;
import garrison.agent.cri.v1.ExecRequest;
import garrison.agent.cri.v1.ExecResponse;
import garrison.agent.cri.v1.ExecSyncRequest;
import garrison.agent.cri.v1.ExecSyncResponse;
import garrison.agent.cri.v1.ImageFsInfoRequest;
import garrison.agent.cri.v1.ImageFsInfoResponse;
import garrison.agent.cri.v1.ImageStatusRequest;
import garrison.agent.cri.v1.ImageStatusResponse;
import garrison.agent.cri.v1.ListContainersRequest;
import garrison.agent.cri.v1.ListContainersResponse;
import garrison.agent.cri.v1.ListImagesRequest;
import garrison.agent.cri.v1.ListImagesResponse;
import garrison.agent.cri.v1.ListPodSandboxRequest;
import garrison.agent.cri.v1.ListPodSandboxResponse;
import garrison.agent.cri.v1.PodSandboxStatusRequest;
import garrison.agent.cri.v1.PodSandboxStatusResponse;
import garrison.agent.cri.v1.PortForwardRequest;
import garrison.agent.cri.v1.PortForwardResponse;
import garrison.agent.cri.v1.PullImageRequest;
import garrison.agent.cri.v1.PullImageResponse;
import garrison.agent.cri.v1.RemoveContainerRequest;
import garrison.agent.cri.v1.RemoveContainerResponse;
import garrison.agent.cri.v1.RemovePodSandboxRequest;
import garrison.agent.cri.v1.RemovePodSandboxResponse;
import garrison.agent.cri.v1.ReopenContainerLogRequest;
import garrison.agent.cri.v1.ReopenContainerLogResponse;
import garrison.agent.cri.v1.RunPodSandboxRequest;
import garrison.agent.cri.v1.RunPodSandboxResponse;
import garrison.agent.cri.v1.RuntimeConfigRequest;
import garrison.agent.cri.v1.RuntimeConfigResponse;
import garrison.agent.cri.v1.StartContainerRequest;
import garrison.agent.cri.v1.StartContainerResponse;
import garrison.agent.cri.v1.StatusRequest;
import garrison.agent.cri.v1.StatusResponse;
import garrison.agent.cri.v1.StopContainerRequest;
import garrison.agent.cri.v1.StopContainerResponse;
import garrison.agent.cri.v1.StopPodSandboxRequest;
import garrison.agent.cri.v1.StopPodSandboxResponse;
import garrison.agent.cri.v1.VersionRequest;
import garrison.agent.cri.v1.VersionResponse;

/**
 * A call of the runtime's two services (spec: node-agent 1.1).
 *
 * @param path service and method
 * @param reply reads its answer
 */
record Rpc<Q extends MessageLite, R extends MessageLite>(String path, Parser<R> reply) {
  static final Rpc<VersionRequest, VersionResponse> VERSION =
      runtime("Version", VersionResponse.parser());
  static final Rpc<StatusRequest, StatusResponse> STATUS =
      runtime("Status", StatusResponse.parser());
  static final Rpc<RuntimeConfigRequest, RuntimeConfigResponse> RUNTIME_CONFIG =
      runtime("RuntimeConfig", RuntimeConfigResponse.parser());
  static final Rpc<RunPodSandboxRequest, RunPodSandboxResponse> RUN_SANDBOX =
      runtime("RunPodSandbox", RunPodSandboxResponse.parser());
  static final Rpc<StopPodSandboxRequest, StopPodSandboxResponse> STOP_SANDBOX =
      runtime("StopPodSandbox", StopPodSandboxResponse.parser());
  static final Rpc<RemovePodSandboxRequest, RemovePodSandboxResponse> REMOVE_SANDBOX =
      runtime("RemovePodSandbox", RemovePodSandboxResponse.parser());
  static final Rpc<PodSandboxStatusRequest, PodSandboxStatusResponse> SANDBOX_STATUS =
      runtime("PodSandboxStatus", PodSandboxStatusResponse.parser());
  static final Rpc<ListPodSandboxRequest, ListPodSandboxResponse> LIST_SANDBOXES =
      runtime("ListPodSandbox", ListPodSandboxResponse.parser());
  static final Rpc<CreateContainerRequest, CreateContainerResponse> CREATE_CONTAINER =
      runtime("CreateContainer", CreateContainerResponse.parser());
  static final Rpc<StartContainerRequest, StartContainerResponse> START_CONTAINER =
      runtime("StartContainer", StartContainerResponse.parser());
  static final Rpc<StopContainerRequest, StopContainerResponse> STOP_CONTAINER =
      runtime("StopContainer", StopContainerResponse.parser());
  static final Rpc<RemoveContainerRequest, RemoveContainerResponse> REMOVE_CONTAINER =
      runtime("RemoveContainer", RemoveContainerResponse.parser());
  static final Rpc<ListContainersRequest, ListContainersResponse> LIST_CONTAINERS =
      runtime("ListContainers", ListContainersResponse.parser());
  static final Rpc<ContainerStatusRequest, ContainerStatusResponse> CONTAINER_STATUS =
      runtime("ContainerStatus", ContainerStatusResponse.parser());
  static final Rpc<ReopenContainerLogRequest, ReopenContainerLogResponse> REOPEN_LOG =
      runtime("ReopenContainerLog", ReopenContainerLogResponse.parser());
  static final Rpc<ExecSyncRequest, ExecSyncResponse> EXEC_SYNC =
      runtime("ExecSync", ExecSyncResponse.parser());
  static final Rpc<ExecRequest, ExecResponse> EXEC = runtime("Exec", ExecResponse.parser());
  static final Rpc<AttachRequest, AttachResponse> ATTACH =
      runtime("Attach", AttachResponse.parser());
  static final Rpc<PortForwardRequest, PortForwardResponse> PORT_FORWARD =
      runtime("PortForward", PortForwardResponse.parser());
  static final Rpc<ListImagesRequest, ListImagesResponse> LIST_IMAGES =
      image("ListImages", ListImagesResponse.parser());
  static final Rpc<ImageStatusRequest, ImageStatusResponse> IMAGE_STATUS =
      image("ImageStatus", ImageStatusResponse.parser());
  static final Rpc<PullImageRequest, PullImageResponse> PULL_IMAGE =
      image("PullImage", PullImageResponse.parser());
  static final Rpc<ImageFsInfoRequest, ImageFsInfoResponse> IMAGE_FS_INFO =
      image("ImageFsInfo", ImageFsInfoResponse.parser());

  private static <Q extends MessageLite, R extends MessageLite> Rpc<Q, R> runtime(
      String method, Parser<R> reply) {
    return new Rpc<>("runtime.v1.RuntimeService/" + method, reply);
  }

  private static <Q extends MessageLite, R extends MessageLite> Rpc<Q, R> image(
      String method, Parser<R> reply) {
    return new Rpc<>("runtime.v1.ImageService/" + method, reply);
  }
}
