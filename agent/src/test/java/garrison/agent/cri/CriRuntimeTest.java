package garrison.agent.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.MessageLite;
import garrison.agent.cri.v1.ContainerState;
import garrison.agent.cri.v1.ContainerStatus;
import garrison.agent.cri.v1.ContainerStatusResponse;
import garrison.agent.cri.v1.ImageFsInfoResponse;
import garrison.agent.cri.v1.ListContainersResponse;
import garrison.agent.cri.v1.ListPodSandboxResponse;
import garrison.agent.cri.v1.PodSandbox;
import garrison.agent.cri.v1.PodSandboxMetadata;
import garrison.agent.cri.v1.PodSandboxStatusResponse;
import garrison.agent.cri.v1.RuntimeCondition;
import garrison.agent.cri.v1.RuntimeStatus;
import garrison.agent.cri.v1.StatusResponse;
import garrison.agent.cri.v1.StopContainerResponse;
import garrison.agent.cri.v1.VersionRequest;
import garrison.agent.cri.v1.VersionResponse;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.RuntimeFailure;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real calls over a real socket, to peers as bad as they come (spec: node-agent 1). What a good one
 * does is held to containerd itself, in conformance.
 */
class CriRuntimeTest {
  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Map<String, MessageLite> answers = new ConcurrentHashMap<>();
  private HttpServer server;
  private CriRuntime runtime;

  private Path socket() {
    return folder.resolve("runtime.sock");
  }

  @AfterEach
  void close() {
    if (runtime != null) {
      runtime.close();
    }
    vertx.close().await();
  }

  private void serve() throws Exception {
    Files.deleteIfExists(socket());
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(true))
            .requestHandler(this::answer);
    server.listen(SocketAddress.domainSocketAddress(socket().toString())).await();
  }

  private void answer(HttpServerRequest request) {
    String method = request.path().substring(request.path().lastIndexOf('/') + 1);
    MessageLite answer = answers.get(method);
    if (method.equals("StopContainer") && answer != null) {
      answers.put("ContainerStatus", state(ContainerState.CONTAINER_EXITED));
    }
    request
        .body()
        .onSuccess(
            body -> {
              request.response().putHeader("content-type", "application/grpc");
              request.response().setChunked(true);
              if (answer == null) {
                request.response().putTrailer("grpc-status", "12");
                request.response().putTrailer("grpc-message", "unknown method " + method);
                request.response().end();
              } else {
                byte[] bytes = answer.toByteArray();
                request.response().putTrailer("grpc-status", "0");
                request
                    .response()
                    .end(
                        Buffer.buffer()
                            .appendByte((byte) 0)
                            .appendInt(bytes.length)
                            .appendBytes(bytes));
              }
            });
  }

  private void good() {
    answers.put(
        "Version",
        VersionResponse.newBuilder()
            .setVersion("0.1.0")
            .setRuntimeName("fine")
            .setRuntimeVersion("1")
            .setRuntimeApiVersion("v1")
            .build());
    answers.put("ImageFsInfo", ImageFsInfoResponse.getDefaultInstance());
    answers.put(
        "Status",
        StatusResponse.newBuilder()
            .setStatus(
                RuntimeStatus.newBuilder()
                    .addConditions(
                        RuntimeCondition.newBuilder().setType("RuntimeReady").setStatus(true))
                    .addConditions(
                        RuntimeCondition.newBuilder().setType("NetworkReady").setStatus(true)))
            .build());
    answers.put("ListPodSandbox", ListPodSandboxResponse.getDefaultInstance());
    answers.put("ListContainers", ListContainersResponse.getDefaultInstance());
  }

  private static PodSandbox sandbox(String id, String uid, String node) {
    PodSandbox.Builder sandbox =
        PodSandbox.newBuilder()
            .setId(id)
            .setMetadata(PodSandboxMetadata.newBuilder().setName("p").setUid(uid));
    if (!node.isEmpty()) {
      sandbox.putAnnotations(Labels.NODE, node);
    }
    return sandbox.build();
  }

  @Test
  void aRuntimeThatComesGoesAndComesAgainIsFoundByItself() throws Exception {
    List<String> changed = new CopyOnWriteArrayList<>();
    runtime = CriRuntime.open(socket(), "n1");
    runtime.onChange(changed::add);
    assertThat(runtime.answers()).isFalse();
    assertThatThrownBy(runtime::sandboxes)
        .isInstanceOf(RuntimeFailure.class)
        .hasMessageContaining("code = Unavailable")
        .hasMessageContaining(socket().toString());

    good();
    serve();
    await().until(runtime::answers);
    assertThat(runtime.name() + "://" + runtime.version()).isEqualTo("fine://1");
    await().until(() -> runtime.problems().isEmpty());
    await().until(() -> changed.contains(""));

    server.close().await();
    await().until(() -> !runtime.answers());
    changed.clear();
    serve();
    await().until(runtime::answers);
    await().until(() -> changed.contains(""));
  }

  @Test
  void onlyPodsOfWhichSomethingChangedAreTold() throws Exception {
    List<String> changed = new CopyOnWriteArrayList<>();
    good();
    serve();
    runtime = CriRuntime.open(socket(), "n1");
    await().until(runtime::answers);
    runtime.onChange(changed::add);
    answers.put(
        "ListPodSandbox",
        ListPodSandboxResponse.newBuilder().addItems(sandbox("s1", "u1", "n1")).build());
    await().until(() -> changed.contains("u1"));
    answers.put(
        "ListPodSandbox",
        ListPodSandboxResponse.newBuilder()
            .addItems(sandbox("s1", "u1", "n1"))
            .addItems(sandbox("s2", "u2", "n1"))
            .build());
    await().until(() -> changed.contains("u2"));
    assertThat(changed.stream().filter("u1"::equals)).hasSize(1);
  }

  @Test
  void whatAnotherNodeMadeInASharedRuntimeIsNotSeen() throws Exception {
    good();
    answers.put("PodSandboxStatus", PodSandboxStatusResponse.getDefaultInstance());
    answers.put(
        "ListPodSandbox",
        ListPodSandboxResponse.newBuilder()
            .addItems(sandbox("ours", "u1", "n1"))
            .addItems(sandbox("theirs", "u2", "n2"))
            .addItems(sandbox("nobodys", "u3", ""))
            .build());
    serve();
    runtime = CriRuntime.open(socket(), "n1");
    await().until(runtime::answers);

    assertThat(runtime.sandboxes())
        .extracting(sandbox -> sandbox.id() + " " + sandbox.own())
        .containsExactlyInAnyOrder("ours true", "nobodys false");
  }

  @Test
  void whatMayRunOrNotIsEndedBeforeAnotherIsStartedBesideIt() throws Exception {
    good();
    answers.put(
        "ListContainers",
        ListContainersResponse.newBuilder()
            .addContainers(garrison.agent.cri.v1.Container.newBuilder().setId("c1"))
            .build());
    answers.put("ContainerStatus", state(ContainerState.CONTAINER_UNKNOWN));
    serve();
    runtime = CriRuntime.open(socket(), "n1");
    await().until(runtime::answers);

    assertThatThrownBy(() -> runtime.containers("s1"))
        .isInstanceOf(RuntimeFailure.class)
        .hasMessageContaining("unknown method StopContainer");

    answers.put("StopContainer", StopContainerResponse.getDefaultInstance());
    assertThat(runtime.containers("s1"))
        .extracting(Container::state)
        .containsExactly(Container.State.EXITED);
  }

  private static ContainerStatusResponse state(ContainerState state) {
    return ContainerStatusResponse.newBuilder()
        .setStatus(ContainerStatus.newBuilder().setId("c1").setState(state))
        .build();
  }

  @Test
  void anotherVersionIsRefusedInOneSentence() throws Exception {
    serve(); // knows no method at all
    runtime = CriRuntime.open(socket(), "n1");

    assertThat(runtime.refuses(Duration.ofSeconds(30))).isTrue();
    assertThat(runtime.answers()).isFalse();
    assertThat(runtime.problems())
        .contains(
            "validate CRI v1 runtime API for endpoint \"unix://"
                + socket()
                + "\": rpc error: code = Unimplemented desc = unknown method Version");
    good();
    await().until(runtime::answers); // it was upgraded
  }

  @Test
  void oneThatHangsHoldsNobodyUp() throws Exception {
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(socket()));
      try (Channel channel = new Channel(socket())) {
        assertThatThrownBy(
                () ->
                    channel.call(
                        Rpc.VERSION, VersionRequest.getDefaultInstance(), Duration.ofMillis(300)))
            .isInstanceOf(RpcFailure.class)
            .hasMessageContaining("code = DeadlineExceeded");
      }
      runtime = CriRuntime.open(socket(), "n1");
      assertThat(runtime.answers()).isFalse();
      assertThat(runtime.problems()).isNotEmpty();
    }
  }
}
