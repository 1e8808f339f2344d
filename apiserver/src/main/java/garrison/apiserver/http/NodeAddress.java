package garrison.apiserver.http;

import garrison.model.StatusException;
import garrison.model.StatusReason;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Where a node's agent listens (spec: api-server 14.4).
 *
 * @param host name or IP address
 * @param port TCP port
 */
record NodeAddress(String host, int port) {
  /** By address first: a fleet's host names need not be known to the server's resolver. */
  private static final List<String> ORDER =
      List.of("InternalIP", "Hostname", "InternalDNS", "ExternalIP", "ExternalDNS");

  private static final int KUBELET_PORT = 10250;

  /** As the Node says; 500 where it names no address. */
  static NodeAddress of(JsonNode node) {
    JsonNode addresses = node.path("status").path("addresses");
    int port =
        node.path("status")
            .path("daemonEndpoints")
            .path("kubeletEndpoint")
            .path("Port")
            .asInt(KUBELET_PORT);
    for (String type : ORDER) {
      for (JsonNode address : addresses) {
        String text = address.path("address").asString("");
        if (address.path("type").asString("").equals(type) && !text.isEmpty()) {
          return new NodeAddress(text, port == 0 ? KUBELET_PORT : port);
        }
      }
    }
    String known =
        addresses
            .valueStream()
            .map(
                a -> "{" + a.path("type").asString("") + " " + a.path("address").asString("") + "}")
            .collect(Collectors.joining(" ", "[", "]"));
    throw StatusException.of(
        StatusReason.UNKNOWN, "no preferred addresses found; known addresses: " + known);
  }

  /** For a URL. */
  String authority() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
