package garrison.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.probe.Answer.Verdict;
import garrison.client.queue.Timer;
import garrison.model.json.Json;
import garrison.model.json.Yaml;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SelfSignedCertificate;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks against real servers, good and bad (spec: node-agent 3.7). */
class ChecksTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final Vertx vertx = Vertx.vertx();
  private final Checks checks = new Checks(Timer.system());
  private final BlockingQueue<HttpServerRequest> seen = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    checks.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 | SUCCESS | fine
          204 | SUCCESS |
          304 | WARNING | Probe terminated redirects, Response body:
          399 | WARNING | Probe terminated redirects, Response body: fine
          400 | FAILURE | HTTP probe failed with statuscode: 400
          503 | FAILURE | HTTP probe failed with statuscode: 503
          """)
  void statusDecides(int status, Verdict verdict, String output) {
    int port =
        http(
            request -> {
              HttpServerResponse response = request.response().setStatusCode(status);
              return status == 204 || status == 304 ? response.end() : response.end("fine");
            });

    Answer answer = ask("{httpGet: {port: " + port + "}}", LONG);

    assertThat(answer.verdict()).isEqualTo(verdict);
    assertThat(answer.output().strip()).isEqualTo(output == null ? "" : output);
  }

  @Test
  void requestSaysWhoAsks() throws Exception {
    int port = http(request -> request.response().end());

    ask("{httpGet: {path: '/a?b=c', port: " + port + "}}", LONG);

    HttpServerRequest request = seen.poll(10, TimeUnit.SECONDS);
    assertThat(request.uri()).isEqualTo("/a?b=c");
    assertThat(request.getHeader("User-Agent")).isEqualTo("kube-probe/1.37");
    assertThat(request.getHeader("Accept")).isEqualTo("*/*");
    assertThat(request.getHeader("Host")).isEqualTo("127.0.0.1:" + port);
  }

  @Test
  void headersOfThePodReplaceOurs() throws Exception {
    int port = http(request -> request.response().end());

    ask(
        """
        httpGet:
          port: %d
          httpHeaders:
          - {name: Host, value: example.com}
          - {name: Accept, value: ""}
          - {name: user-agent, value: me}
          - {name: X-A, value: one}
          - {name: X-A, value: two}
        """
            .formatted(port),
        LONG);

    HttpServerRequest request = seen.poll(10, TimeUnit.SECONDS);
    assertThat(request.getHeader("Host")).isEqualTo("example.com");
    assertThat(request.headers().contains("Accept")).isFalse();
    assertThat(request.headers().getAll("User-Agent")).containsExactly("me");
    assertThat(request.headers().getAll("X-A")).containsExactly("one", "two");
  }

  @Test
  void redirectToTheSameHostIsFollowed() {
    int port =
        http(
            request ->
                request.path().equals("/")
                    ? request.response().setStatusCode(302).putHeader("Location", "there?x=1").end()
                    : request.response().end(request.uri()));

    assertThat(ask("{httpGet: {port: " + port + "}}", LONG))
        .isEqualTo(Answer.success("/there?x=1"));
  }

  @Test
  void redirectToAnotherHostIsAWarning() {
    int port =
        http(
            request ->
                request
                    .response()
                    .setStatusCode(301)
                    .putHeader("Location", "http://example.invalid/")
                    .end("elsewhere"));

    assertThat(ask("{httpGet: {port: " + port + "}}", LONG))
        .isEqualTo(
            new Answer(Verdict.WARNING, "Probe terminated redirects, Response body: elsewhere"));
  }

  @Test
  void redirectsInALoopEndAfterTen() {
    int port =
        http(request -> request.response().setStatusCode(302).putHeader("Location", "/").end());

    Answer answer = ask("{httpGet: {port: " + port + "}}", LONG);

    assertThat(answer.verdict()).isEqualTo(Verdict.FAILURE);
    assertThat(answer.output()).endsWith("stopped after 10 redirects");
    assertThat(seen).hasSize(11);
  }

  @Test
  void endlessBodyIsNotReadToItsEnd() {
    int port =
        http(
            request -> {
              HttpServerResponse response = request.response().setChunked(true);
              flood(response);
              return null;
            });

    Answer answer = ask("{httpGet: {port: " + port + "}}", LONG);

    assertThat(answer.verdict()).isEqualTo(Verdict.SUCCESS);
    assertThat(answer.output()).hasSize(10 * 1024);
  }

  private static void flood(HttpServerResponse response) {
    response.write("x".repeat(100)).onSuccess(done -> flood(response));
  }

  @Test
  void bodyThatStallsIsAFailure() {
    int port =
        http(
            request -> {
              request.response().setChunked(true).write("slow");
              return null;
            });

    Answer answer = ask("{httpGet: {port: " + port + "}}", SHORT);

    assertThat(answer.verdict()).isEqualTo(Verdict.FAILURE);
    assertThat(answer.output()).contains("context deadline exceeded");
  }

  @Test
  void certificateIsNotVerified() {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("other.example");
    int port =
        listen(
            new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate.keyCertOptions()),
            request -> request.response().end("secret"));

    assertThat(ask("{httpGet: {scheme: HTTPS, port: " + port + "}}", LONG))
        .isEqualTo(Answer.success("secret"));
    certificate.delete();
  }

  @Test
  void nobodyListens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String refused = "dial tcp 127.0.0.1:" + port + ": connect: connection refused";

    assertThat(ask("{tcpSocket: {port: " + port + "}}", LONG)).isEqualTo(Answer.failure(refused));
    assertThat(ask("{httpGet: {path: /x, port: " + port + "}}", LONG))
        .isEqualTo(Answer.failure("Get \"http://127.0.0.1:" + port + "/x\": " + refused));
    assertThat(ask("{grpc: {port: " + port + "}}", LONG).output())
        .startsWith("timeout: failed to connect service \"127.0.0.1:" + port + "\" within 30s: ");
  }

  @Test
  void openPortIsEnoughForTcp() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(ask("{tcpSocket: {port: " + socket.getLocalPort() + "}}", LONG).verdict())
          .isEqualTo(Verdict.SUCCESS);
    }
  }

  /** Taken by the kernel, never by the program. */
  @Test
  void serverThatNeverAnswersIsAFailureForEachWay() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      int port = socket.getLocalPort();

      assertThat(ask("{httpGet: {port: " + port + "}}", SHORT).output())
          .contains("context deadline exceeded");
      assertThat(ask("{httpGet: {scheme: HTTPS, port: " + port + "}}", SHORT).output())
          .contains("context deadline exceeded");
      assertThat(ask("{grpc: {port: " + port + "}}", SHORT).verdict()).isEqualTo(Verdict.FAILURE);
    }
  }

  @Test
  void hangingChecksHoldUpNoOther() throws Exception {
    int port = http(request -> request.path().equals("/good") ? request.response().end() : null);
    for (int i = 0; i < 50; i++) {
      var unused = checks.ask(check("{httpGet: {path: /bad, port: " + port + "}}"), target(), LONG);
    }

    assertThat(ask("{httpGet: {path: /good, port: " + port + "}}", LONG).verdict())
        .isEqualTo(Verdict.SUCCESS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 | SUCCESS | service healthy
          2 | FAILURE | service unhealthy (responded with "NOT_SERVING")
          0 | FAILURE | service unhealthy (responded with "UNKNOWN")
          3 | FAILURE | service unhealthy (responded with "SERVICE_UNKNOWN")
          """)
  void healthServiceDecides(int status, Verdict verdict, String output) throws Exception {
    int port = grpc("0", "", new byte[] {0, 0, 0, 0, 2, 8, (byte) status});

    assertThat(ask("{grpc: {port: " + port + ", service: ab}}", LONG))
        .isEqualTo(new Answer(verdict, output));
    HttpServerRequest request = seen.poll(10, TimeUnit.SECONDS);
    assertThat(request.path()).isEqualTo("/grpc.health.v1.Health/Check");
    assertThat(request.getHeader("content-type")).isEqualTo("application/grpc");
    assertThat(request.getHeader("te")).isEqualTo("trailers");
  }

  @Test
  void serverWithoutHealthServiceIsAFailure() {
    int port = grpc("12", "unknown%20service", new byte[0]);

    assertThat(ask("{grpc: {port: " + port + "}}", LONG))
        .isEqualTo(
            Answer.failure(
                "error: this server does not implement the grpc health protocol"
                    + " (grpc.health.v1.Health): unknown service"));
  }

  @Test
  void serverThatSpeaksNoGrpcIsAFailure() {
    int port = http(request -> request.response().end("hello"));

    assertThat(ask("{grpc: {port: " + port + "}}", Duration.ofSeconds(2)).verdict())
        .isEqualTo(Verdict.FAILURE);
  }

  @Test
  void headerThatCannotBeSentIsAnErrorNotACrash() {
    assertThat(
            ask("{httpGet: {port: 1, httpHeaders: [{name: 'a b', value: \"x\\ny\"}]}}", LONG)
                .verdict())
        .isIn(Verdict.ERROR, Verdict.FAILURE);
  }

  private interface Handler {
    Object handle(HttpServerRequest request);
  }

  private int http(Handler handler) {
    return listen(new HttpServerOptions(), handler);
  }

  private int grpc(String status, String message, byte[] body) {
    return listen(
        new HttpServerOptions(),
        request ->
            request
                .body()
                .onSuccess(
                    text -> {
                      HttpServerResponse response =
                          request.response().putHeader("content-type", "application/grpc");
                      response.putTrailer("grpc-status", status);
                      response.putTrailer("grpc-message", message);
                      response.end(Buffer.buffer(body));
                    }));
  }

  private int listen(HttpServerOptions options, Handler handler) {
    HttpServer server =
        vertx
            .createHttpServer(options.setHost("127.0.0.1").setPort(0))
            .requestHandler(
                request -> {
                  seen.add(request);
                  handler.handle(request);
                });
    return server.listen().toCompletionStage().toCompletableFuture().join().actualPort();
  }

  private Answer ask(String handler, Duration timeout) {
    return checks.ask(check(handler), target(), timeout).join();
  }

  private static Check check(String handler) {
    return Check.of(Yaml.documents(handler).getFirst(), Json.object(), UnaryOperator.identity());
  }

  private static Target target() {
    return new Target(FakeExec.runtime(command -> null), "c", "127.0.0.1");
  }
}
