package garrison.agent.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.agent.runtime.Packet;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.Session;
import garrison.agent.runtime.SessionSpec;
import garrison.agent.runtime.Streams;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sessions over SPDY/3.1 with a runtime's streaming server (spec: node-agent 3.15). */
class StreamedSessionsTest {
  private static final String SUCCESS = "{\"metadata\":{},\"status\":\"Success\"}";
  private static final SessionSpec ALL = new SessionSpec(true, true, true, false);

  private static Session exec(URI address, SessionSpec spec) {
    return new StreamedSessions(
            new Streams() {
              @Override
              public URI exec(String containerId, List<String> command, Wanted wanted) {
                return address;
              }

              @Override
              public URI attach(String containerId, Wanted wanted) {
                return address;
              }

              @Override
              public URI portForward(String sandboxId, List<Integer> ports) {
                return address;
              }
            })
        .exec("c", List.of("ls"), spec);
  }

  private static String text(Packet packet) {
    return packet.channel() + " " + new String(packet.bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void streamsAreOpenedAndCarryTheirChannels() throws Exception {
    try (StreamingDouble runtime = StreamingDouble.thatSwitches();
        Session session = exec(runtime.address(), ALL)) {
      assertThat(List.of(runtime.next(), runtime.next(), runtime.next(), runtime.next()))
          .containsExactly("open error", "open stdin", "open stdout", "open stderr");
      assertThat(runtime.request()).first().asString().isEqualTo("POST /exec/secret HTTP/1.1");
      session.input("typed".getBytes(StandardCharsets.UTF_8));
      assertThat(runtime.next()).isEqualTo("stdin typed");
      session.endInput();
      assertThat(runtime.next()).isEqualTo("end stdin");

      runtime.send("stdout", "out", false);
      assertThat(text(session.read())).isEqualTo("1 out");
      runtime.send("stderr", "err", true);
      assertThat(text(session.read())).isEqualTo("2 err");
      runtime.send("error", SUCCESS, true);
      runtime.send("stdout", "last", true);
      assertThat(text(session.read())).isEqualTo("1 last");
      assertThat(text(session.read())).isEqualTo("3 " + SUCCESS);
      assertThat(session.read()).isNull();
    }
  }

  @Test
  void terminalHasASizeAndNoErrorOutput() throws Exception {
    try (StreamingDouble runtime = StreamingDouble.thatSwitches();
        Session session = exec(runtime.address(), new SessionSpec(true, true, true, true))) {
      assertThat(List.of(runtime.next(), runtime.next(), runtime.next(), runtime.next()))
          .containsExactly("open error", "open stdin", "open stdout", "open resize");
      session.resize(80, 24);
      assertThat(runtime.next()).isEqualTo("resize {\"Width\":80,\"Height\":24}");
    }
  }

  @Test
  void brokenConnectionIsNoSuccess() throws Exception {
    try (StreamingDouble runtime = StreamingDouble.thatSwitches();
        Session session = exec(runtime.address(), ALL)) {
      assertThat(runtime.next()).isEqualTo("open error");
      runtime.close();
      assertThat(text(session.read())).contains("\"Failure\"", "broke off");
      assertThat(session.read()).isNull();
    }
  }

  @Test
  void closedSessionClosesTheConnection() throws Exception {
    try (StreamingDouble runtime = StreamingDouble.thatSwitches()) {
      Session session = exec(runtime.address(), new SessionSpec(false, true, false, false));
      assertThat(List.of(runtime.next(), runtime.next()))
          .containsExactly("open error", "open stdout");
      session.close();
      assertThat(runtime.next()).isEqualTo("gone");
    }
  }

  @Test
  void refusalOfTheRuntimeIsToldWithoutTheAddress() throws Exception {
    try (StreamingDouble runtime =
        new StreamingDouble("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello")) {
      assertThatThrownBy(() -> exec(runtime.address(), ALL))
          .isInstanceOf(RuntimeFailure.class)
          .hasMessageContaining("it answers HTTP/1.1 404 Not Found: hello")
          .hasMessageNotContaining("secret");
    }
    try (StreamingDouble runtime = new StreamingDouble("SSH-2.0-x\r\n\r\n")) {
      assertThatThrownBy(() -> exec(runtime.address(), ALL)).isInstanceOf(RuntimeFailure.class);
    }
    assertThatThrownBy(() -> exec(URI.create("https://127.0.0.1:1/exec/secret"), ALL))
        .hasMessageContaining("without TLS")
        .hasMessageNotContaining("secret");
  }
}
