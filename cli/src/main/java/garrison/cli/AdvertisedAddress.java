package garrison.cli;

import garrison.agent.node.NodeAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** The one address at which pods find a server. */
final class AdvertisedAddress {
  private AdvertisedAddress() {}

  /**
   * What was told; else where the server listens; of one that listens everywhere, where the default
   * route leaves this machine.
   *
   * @param told the literal that was given, null for none
   * @param bind the address that the server listens on
   * @throws CommandFailure where that is no address
   */
  static String of(@Nullable String told, String bind) {
    return told == null ? listening(bind) : literal(told);
  }

  private static String listening(String bind) {
    try {
      InetAddress address = InetAddress.getByName(bind);
      return address.isAnyLocalAddress() ? NodeAddress.ofDefaultRoute() : address.getHostAddress();
    } catch (UnknownHostException e) {
      throw new CommandFailure(
          "--bind must be an address of this machine, and \"" + bind + "\" is not known", e);
    }
  }

  private static String literal(String text) {
    String must = "--advertise-address must be one IP address, and \"" + text + "\" is not";
    try {
      if (InetAddress.ofLiteral(text).isAnyLocalAddress()) {
        throw new CommandFailure(must);
      }
      return text;
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(must, e);
    }
  }
}
