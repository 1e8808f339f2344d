package garrison.agent.streaming;

import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.Session;
import garrison.agent.runtime.SessionSpec;
import garrison.agent.runtime.Sessions;
import garrison.agent.runtime.Streams;
import garrison.agent.runtime.Streams.Wanted;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** Sessions at the addresses that a container runtime names. Thread-safe. */
public final class StreamedSessions implements Sessions {
  private final Streams streams;

  /** With the runtime that names them. */
  public StreamedSessions(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Session exec(String containerId, List<String> command, SessionSpec spec) {
    return open(streams.exec(containerId, command, wanted(spec)), spec);
  }

  @Override
  public Session attach(String containerId, SessionSpec spec) {
    return open(streams.attach(containerId, wanted(spec)), spec);
  }

  private static Wanted wanted(SessionSpec spec) {
    return new Wanted(spec.tty(), spec.stdin(), spec.stdout(), spec.stderr());
  }

  /** The address lets in whoever has it, so it is in no message. */
  private static Session open(URI address, SessionSpec spec) {
    try {
      return SpdySession.open(SpdyConnection.to(address), spec);
    } catch (IOException e) {
      throw new RuntimeFailure(
          "StreamError",
          "the streaming server of the container runtime at "
              + address.getAuthority()
              + " cannot be joined: "
              + e.getMessage());
    }
  }
}
