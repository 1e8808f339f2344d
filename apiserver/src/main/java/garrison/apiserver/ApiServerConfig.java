package garrison.apiserver;

import garrison.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/**
 * What a server needs to know.
 *
 * @param data folder of the certificates and the kubeconfig, already held by the caller
 * @param port of the API, 0 for any free one
 * @param addresses to listen on, at least one
 * @param names further names and addresses by which clients reach this server
 * @param advertised the address, without brackets, at which pods find this server
 * @param store that keeps the objects; the server does not close it
 * @param clock for every time that is written
 */
public record ApiServerConfig(
    Path data,
    int port,
    List<String> addresses,
    List<String> names,
    String advertised,
    Store store,
    Clock clock) {
  /** Lists are copied. */
  public ApiServerConfig {
    addresses = List.copyOf(addresses);
    names = List.copyOf(names);
  }

  /** Of a server that pods find where it listens. */
  public ApiServerConfig(
      Path data, int port, List<String> addresses, List<String> names, Store store, Clock clock) {
    this(data, port, addresses, names, reachable(addresses), store, clock);
  }

  /** Of an address that means all of them, the one that is always there. */
  static String reachable(List<String> addresses) {
    String first = addresses.getFirst();
    return first.equals("0.0.0.0") || first.equals("::") ? "127.0.0.1" : first;
  }
}
