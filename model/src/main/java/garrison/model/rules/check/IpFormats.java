package garrison.model.rules.check;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** IP addresses and ranges of them, as documents spell them. Never asks a name server. Pure. */
public final class IpFormats {
  private static final String NO_ADDRESS =
      "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
  private static final String NO_RANGE =
      "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

  private IpFormats() {}

  /** An IPv4 or IPv6 address. */
  public static List<String> address(String value) {
    return parse(value) == null ? List.of(NO_ADDRESS) : unclear(value);
  }

  /** An address and the length of a prefix, with nothing set behind the prefix. */
  public static List<String> range(String value) {
    int slash = value.indexOf('/');
    InetAddress address = slash < 0 ? null : parse(value.substring(0, slash));
    String length = value.substring(slash + 1);
    if (address == null || !length.matches("[0-9]{1,3}")) {
      return List.of(NO_RANGE);
    }
    byte[] bytes = address.getAddress();
    int prefix = Integer.parseInt(length);
    if (prefix > bytes.length * 8) {
      return List.of(NO_RANGE);
    }
    String base = value.substring(0, slash);
    if (isPadded(base) || (length.length() > 1 && length.startsWith("0"))) {
      return List.of("must not have leading 0s in IP or prefix length");
    }
    if (isMapped(base)) {
      return List.of("must not have an IPv4-mapped IPv6 address");
    }
    return hasBitsBehind(bytes, prefix)
        ? List.of("must not have bits set beyond the prefix length")
        : List.of();
  }

  private static boolean hasBitsBehind(byte[] address, int prefix) {
    for (int bit = prefix; bit < address.length * 8; bit++) {
      if ((address[bit / 8] >> (7 - bit % 8) & 1) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Spellings that some programs read otherwise than others. */
  private static List<String> unclear(String address) {
    if (isPadded(address)) {
      return List.of("must not have leading 0s");
    }
    return isMapped(address) ? List.of("must not be an IPv4-mapped IPv6 address") : List.of();
  }

  private static boolean isMapped(String address) {
    return isV6(address) && parse(address) instanceof Inet4Address;
  }

  private static boolean isPadded(String address) {
    return !isV6(address)
        && Arrays.stream(address.split("\\."))
            .anyMatch(part -> part.length() > 1 && part.startsWith("0"));
  }

  /** Whether an address or a range is of the younger family. */
  public static boolean isV6(String value) {
    return value.indexOf(':') >= 0;
  }

  /** What to warn of in a valid address, null where nothing is. */
  public static @Nullable String warning(String address) {
    InetAddress parsed = isV6(address) ? parse(address) : null;
    if (parsed == null || parsed instanceof Inet4Address) {
      return null;
    }
    String canonical = canonical(parsed.getAddress());
    return canonical.equals(address)
        ? null
        : "IPv6 address "
            + GoValue.quoted(address)
            + " should be in RFC 5952 canonical format ("
            + GoValue.quoted(canonical)
            + ")";
  }

  /** RFC 5952: lower case, no leading zeros, the longest run of zeros left out. */
  private static String canonical(byte[] bytes) {
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int longest = 1;
    int start = -1;
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && groups[end] == 0) {
        end++;
      }
      if (end - i > longest) {
        longest = end - i;
        start = i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == start) {
        text.append("::");
        i += longest - 1;
      } else {
        boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
        text.append(first ? "" : ":").append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }

  /**
   * The address, null where the text is none; zeros in front are read as if they were not there.
   */
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
