package garrison.agent.probe;

import garrison.agent.probe.Check.Tcp;
import io.vertx.core.net.ConnectOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Whether somebody listens. */
final class TcpCheck {
  private TcpCheck() {}

  static CompletableFuture<Answer> ask(Network network, Tcp tcp, String address, Duration timeout) {
    String host = tcp.host().isEmpty() ? address : tcp.host();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    long timer =
        network
            .vertx()
            .setTimer(
                timeout.toMillis(),
                late ->
                    answer.complete(
                        Answer.failure(
                            "dial tcp " + Network.join(host, tcp.port()) + ": i/o timeout")));
    network
        .tcp()
        .connect(
            new ConnectOptions()
                .setHost(host)
                .setPort(tcp.port())
                .setTimeout((int) Math.min(Integer.MAX_VALUE, timeout.toMillis())))
        .onComplete(
            socket -> {
              network.vertx().cancelTimer(timer);
              var unused = socket.close();
              answer.complete(Answer.success(""));
            },
            failed -> {
              network.vertx().cancelTimer(timer);
              answer.complete(Answer.failure(Network.noConnection(failed, host, tcp.port())));
            });
    return answer;
  }
}
