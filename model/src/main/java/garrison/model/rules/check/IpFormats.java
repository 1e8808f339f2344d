package garrison.model.rules.check;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** IP addresses and ranges of them, as documents spell them. Never asks a name server. Pure. */
public final class IpFormats {
  private IpFormats() {}

  /** An IPv4 or IPv6 address; leading zeros are tolerated, as upstream does in old fields. */
  public static List<String> address(String value) {
    return parse(value) != null
        ? List.of()
        : List.of("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
  }

  /** An address and a prefix length. */
  public static List<String> range(String value) {
    int slash = value.indexOf('/');
    if (slash > 0) {
      InetAddress address = parse(value.substring(0, slash));
      String length = value.substring(slash + 1);
      if (address != null && length.matches("[0-9]{1,3}")) {
        int most = address instanceof Inet4Address ? 32 : 128;
        if (Integer.parseInt(length) <= most) {
          return List.of();
        }
      }
    }
    return List.of("must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
  }

  /** Whether an address or a range is of the younger family. */
  public static boolean isV6(String value) {
    return value.indexOf(':') >= 0;
  }

  /** The address, null where the text is none. */
  private static @Nullable InetAddress parse(String value) {
    try {
      if (isV6(value)) {
        // A zone is no part of an address in a document.
        return value.indexOf('%') >= 0 || value.startsWith("[")
            ? null
            : InetAddress.ofLiteral(value);
      }
      return fourParts(value) ? Inet4Address.ofLiteral(plain(value)) : null;
    } catch (IllegalArgumentException e) {
      // No address in any spelling: what the caller reports.
      return null;
    }
  }

  private static boolean fourParts(String value) {
    return value.matches("[0-9]{1,10}\\.[0-9]{1,10}\\.[0-9]{1,10}\\.[0-9]{1,10}");
  }

  private static String plain(String value) {
    return value.replaceAll("(^|\\.)0+(?=[0-9])", "$1");
  }
}
