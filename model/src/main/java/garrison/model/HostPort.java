package garrison.model;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A port that a pod takes on its node.
 *
 * @param ip address it listens on, {@code 0.0.0.0} for all
 * @param protocol TCP, UDP or SCTP
 * @param port number
 */
public record HostPort(String ip, String protocol, int port) {
  private static final String ALL = "0.0.0.0";

  /** All host ports of a pod: those named, and every port of a pod on the host's network. */
  public static List<HostPort> ofPod(JsonNode podSpec) {
    boolean hostNetwork = Fields.flag(podSpec, "hostNetwork");
    List<HostPort> ports = new ArrayList<>(0);
    for (String list : List.of("containers", "initContainers")) {
      for (JsonNode container : podSpec.path(list)) {
        if (list.equals("initContainers")
            && !Fields.text(container, "restartPolicy").equals("Always")) {
          continue;
        }
        for (JsonNode port : container.path("ports")) {
          long number = Fields.number(port, "hostPort", 0);
          if (number == 0 && hostNetwork) {
            number = Fields.number(port, "containerPort", 0);
          }
          if (number > 0) {
            String ip = Fields.text(port, "hostIP");
            String protocol = Fields.text(port, "protocol");
            ports.add(
                new HostPort(
                    ip.isEmpty() ? ALL : ip, protocol.isEmpty() ? "TCP" : protocol, (int) number));
          }
        }
      }
    }
    return List.copyOf(ports);
  }

  /** Whether both cannot be taken on one node. */
  public boolean conflictsWith(HostPort other) {
    return port == other.port
        && protocol.equals(other.protocol)
        && (ip.equals(other.ip) || ip.equals(ALL) || other.ip.equals(ALL));
  }
}
