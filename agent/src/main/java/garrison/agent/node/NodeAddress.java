package garrison.agent.node;

import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collections;

/** The address under which a node is reached (spec: node-agent 2). */
public final class NodeAddress {
  private NodeAddress() {}

  /**
   * The address of the node's name where that is a local one, else {@link #ofDefaultRoute}: a
   * machine without a network runs pods, too.
   */
  public static String find(String nodeName) {
    try {
      for (InetAddress address : InetAddress.getAllByName(nodeName)) {
        if (usable(address)) {
          return address.getHostAddress();
        }
      }
    } catch (UnknownHostException | SocketException e) {
      // The name is not in DNS, as is usual; the routes know.
    }
    return ofDefaultRoute();
  }

  /** The address from which the default route leaves, else any that is up, else loopback. */
  public static String ofDefaultRoute() {
    String routed = routed();
    return routed.isEmpty() ? InetAddress.getLoopbackAddress().getHostAddress() : routed;
  }

  private static boolean usable(InetAddress address) throws SocketException {
    return address instanceof Inet4Address
        && !address.isLoopbackAddress()
        && !address.isLinkLocalAddress()
        && NetworkInterface.getByInetAddress(address) != null;
  }

  /** Connecting a datagram socket sends nothing; it only asks the routing table. */
  private static String routed() {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress("192.0.2.1", 9)); // TEST-NET-1: nobody is there
      if (usable(socket.getLocalAddress())) {
        return socket.getLocalAddress().getHostAddress();
      }
      for (NetworkInterface face : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        for (InetAddress address : Collections.list(face.getInetAddresses())) {
          if (face.isUp() && usable(address)) {
            return address.getHostAddress();
          }
        }
      }
    } catch (SocketException | java.io.UncheckedIOException e) {
      return "";
    }
    return "";
  }
}
