package garrison.agent.cri;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcErrorException;
import io.vertx.grpc.common.GrpcStatus;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Calls to a runtime over its unix socket: gRPC, one message each way (spec: node-agent 1). Needs
 * no runtime to be there: each call connects where there is no connection, and fails with {@link
 * RpcFailure} where that fails. Thread-safe; callers block on threads of their own.
 */
final class Channel implements AutoCloseable {
  private static final long LARGEST_REPLY = 16L << 20; // lists grow with the node
  private static final int CONNECT_MILLIS = 5_000;

  private final Path socket;
  private final Vertx vertx;
  private final GrpcClient client;
  private final SocketAddress address;

  Channel(Path socket) {
    this.socket = socket;
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setUseDaemonThread(true));
    this.address = SocketAddress.domainSocketAddress(socket.toString());
    this.client =
        GrpcClient.client(
            vertx,
            new GrpcClientOptions().setMaxMessageSize(LARGEST_REPLY),
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setConnectTimeout(CONNECT_MILLIS)
                .setDefaultHost("localhost"));
  }

  /** Where it calls. */
  Path socket() {
    return socket;
  }

  /**
   * Calls, and waits for the answer.
   *
   * @param deadline null for none
   * @throws RpcFailure what the runtime refuses, or that it cannot be reached; an interrupted
   *     caller gets code CANCELLED and stays interrupted
   */
  <Q extends MessageLite, R extends MessageLite> R call(
      Rpc<Q, R> rpc, Q request, @Nullable Duration deadline) {
    AtomicReference<@Nullable GrpcClientRequest<Buffer, Buffer>> sent = new AtomicReference<>();
    Future<Buffer> reply =
        client
            .request(address)
            .compose(
                call -> {
                  sent.set(call);
                  call.fullMethodName(rpc.path());
                  if (deadline != null) {
                    call.timeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
                  }
                  return call.send(Buffer.buffer(request.toByteArray()));
                })
            .compose(Channel::read);
    byte[] bytes = await(reply, sent, deadline).getBytes();
    try {
      return rpc.reply().parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new RpcFailure(GrpcStatus.INTERNAL, "the answer cannot be read: " + e.getMessage());
    }
  }

  private static Future<Buffer> read(GrpcClientResponse<Buffer, Buffer> response) {
    return response
        .last()
        .transform(
            result -> {
              GrpcStatus status = response.status();
              if (status != null && status != GrpcStatus.OK) {
                return Future.failedFuture(new RpcFailure(status, message(response, status)));
              }
              return result.succeeded()
                  ? Future.succeededFuture(result.result())
                  : Future.failedFuture(result.cause());
            });
  }

  /** With the status in the headers, or, after a message was begun, in the trailers. */
  private static String message(GrpcClientResponse<Buffer, Buffer> response, GrpcStatus status) {
    String message = response.statusMessage();
    if (message != null) {
      return message;
    }
    String late = response.trailers().get("grpc-message");
    return late == null
        ? status.name()
        : URLDecoder.decode(late.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private Buffer await(
      Future<Buffer> reply,
      AtomicReference<@Nullable GrpcClientRequest<Buffer, Buffer>> sent,
      @Nullable Duration deadline) {
    CompletableFuture<Buffer> answer = reply.toCompletionStage().toCompletableFuture();
    try {
      Buffer buffer =
          deadline == null ? answer.get() : answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      if (buffer == null) {
        throw new RpcFailure(GrpcStatus.INTERNAL, "the runtime answered without a message");
      }
      return buffer;
    } catch (InterruptedException e) {
      cancel(sent);
      Thread.currentThread().interrupt();
      throw new RpcFailure(GrpcStatus.CANCELLED, "context canceled");
    } catch (TimeoutException e) {
      cancel(sent);
      throw new RpcFailure(GrpcStatus.DEADLINE_EXCEEDED, "context deadline exceeded");
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    }
  }

  private void cancel(AtomicReference<@Nullable GrpcClientRequest<Buffer, Buffer>> sent) {
    GrpcClientRequest<Buffer, Buffer> call = sent.get();
    if (call != null) {
      vertx.runOnContext(now -> call.cancel());
    }
  }

  private RpcFailure failure(Throwable cause) {
    if (cause instanceof RpcFailure failure) {
      return failure;
    }
    if (cause instanceof GrpcErrorException error && error.status() != null) {
      return new RpcFailure(error.status(), String.valueOf(error.getMessage()));
    }
    return new RpcFailure(
        GrpcStatus.UNAVAILABLE,
        "connection error: desc = \"transport: Error while dialing: dial unix "
            + socket
            + ": "
            + (cause.getMessage() == null ? cause.toString() : cause.getMessage())
            + "\"");
  }

  @Override
  public void close() {
    client.close();
    vertx.close();
  }
}
