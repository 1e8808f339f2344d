package garrison.agent.life;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A server that the test holds, on the address of the node and so of its pods. */
final class Servers implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final List<String> paths = new CopyOnWriteArrayList<>();
  private volatile boolean well = true;

  /** Answers 200 or 503, and gRPC's health check with SERVING or NOT_SERVING. */
  int start() {
    return vertx
        .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
        .requestHandler(
            request -> {
              paths.add(request.path());
              HttpServerResponse response = request.response();
              if (request.path().equals("/grpc.health.v1.Health/Check")) {
                response.putHeader("content-type", "application/grpc");
                response.putTrailer("grpc-status", "0");
                byte status = (byte) (well ? 1 : 2);
                response.end(Buffer.buffer(new byte[] {0, 0, 0, 0, 2, 8, status}));
              } else {
                response.setStatusCode(well ? 200 : 503).end();
              }
            })
        .listen()
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .actualPort();
  }

  void well(boolean now) {
    well = now;
  }

  /** Paths that were asked for, in order. */
  List<String> paths() {
    return paths;
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
