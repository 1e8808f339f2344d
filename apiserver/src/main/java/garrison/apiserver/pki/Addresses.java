package garrison.apiserver.pki;

import garrison.apiserver.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SequencedSet;
import java.util.TreeSet;

/** Under which names and addresses this machine can be reached. */
public final class Addresses {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private Addresses() {}

  /** Whether a text is an IP address and no name. */
  static boolean isAddress(String text) {
    return text.indexOf(':') >= 0 || text.matches("[0-9]+(\\.[0-9]+){3}");
  }

  /**
   * A name as certificates give it back: addresses in full, however they were spelt.
   *
   * @throws StartException for what is neither a host name nor an address
   */
  static String canonical(String name) {
    if (!isAddress(name)) {
      if (isHostName(name)) {
        return name;
      }
      throw noName(name);
    }
    try {
      return plain(InetAddress.ofLiteral(name));
    } catch (IllegalArgumentException e) {
      throw noName(name);
    }
  }

  private static boolean isHostName(String text) {
    return text.matches("[A-Za-z0-9_*]([A-Za-z0-9._-]*[A-Za-z0-9])?");
  }

  private static StartException noName(String text) {
    return new StartException(
        "\""
            + text
            + "\" is neither a host name nor an IP address: clients cannot reach it by that");
  }

  /** Host name and addresses of all interfaces that are up. Asks no name server: that may hang. */
  public static SequencedSet<String> ofThisHost() {
    SequencedSet<String> names = new TreeSet<>();
    try {
      String host = Files.readString(HOST_NAME).trim();
      if (isHostName(host)) {
        names.add(host);
      }
    } catch (IOException e) {
      // Not Linux, or no /proc: the addresses still serve.
      String host = System.getenv("HOSTNAME");
      if (host != null && isHostName(host)) {
        names.add(host);
      }
    }
    try {
      for (NetworkInterface device : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (device.isUp()) {
          for (InetAddress address : Collections.list(device.getInetAddresses())) {
            if (!address.isLinkLocalAddress()) {
              names.add(plain(address));
            }
          }
        }
      }
    } catch (SocketException e) {
      // Without a list of interfaces the certificate is valid for this host only.
      names.add("127.0.0.1");
    }
    return names;
  }

  private static String plain(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }
}
