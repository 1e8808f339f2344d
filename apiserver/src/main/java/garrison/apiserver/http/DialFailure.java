package garrison.apiserver.http;

import java.net.ConnectException;

/** Why the agent of a node cannot be reached, in the words that clients know from Go. Pure. */
final class DialFailure {
  private DialFailure() {}

  /** Of a call to that address that failed. */
  static String words(NodeAddress address, Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String text = String.valueOf(cause.getMessage());
    if (!(e instanceof ConnectException)) {
      return text;
    }
    String dial = "dial tcp " + address.authority() + ": ";
    if (text.contains("timed out")) {
      return dial + "i/o timeout";
    }
    return dial + (text.contains("refused") ? "connect: connection refused" : text);
  }
}
