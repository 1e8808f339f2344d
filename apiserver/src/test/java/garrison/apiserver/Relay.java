package garrison.apiserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes bytes on to a port of this machine, until its connections are cut like a cable. */
final class Relay implements AutoCloseable {
  private final ServerSocket listening;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();

  private Relay(ServerSocket listening, int target) {
    this.listening = listening;
    this.target = target;
  }

  /** In front of that port. */
  static Relay to(int port) throws IOException {
    Relay relay = new Relay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
    Thread.ofVirtual().start(relay::accept);
    return relay;
  }

  /** Where it listens. */
  int port() {
    return listening.getLocalPort();
  }

  /** How many connections there were. */
  int connections() {
    return accepted.get();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        accepted.incrementAndGet();
        open.add(client);
        open.add(server);
        Thread.ofVirtual().start(() -> pass(client, server));
        Thread.ofVirtual().start(() -> pass(server, client));
      } catch (IOException e) {
        cut(); // It was closed, or what it stands before is gone.
      }
    }
  }

  private void pass(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      // Cut: both ends are closed on the way out.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  /** Cuts every connection; new ones are taken. */
  void cut() {
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        open.remove(socket); // As good as closed.
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    cut();
  }
}
