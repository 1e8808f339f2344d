package garrison.agent.pod;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a container's environment says of services (spec: node-agent 3.10). Pure. */
final class ServiceVariables {
  private ServiceVariables() {}

  /** Always of {@code kubernetes} in default; of the pod's own namespace where it wants links. */
  static Map<String, String> of(List<ObjectNode> services, String namespace, boolean links) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (ObjectNode service : services) {
      String home = service.path("metadata").path("namespace").asString("");
      String name = service.path("metadata").path("name").asString("");
      boolean master = home.equals("default") && name.equals("kubernetes");
      if (master || (links && home.equals(namespace))) {
        add(variables, name, service.path("spec"));
      }
    }
    return variables;
  }

  private static void add(Map<String, String> variables, String name, JsonNode spec) {
    String address = spec.path("clusterIP").asString("");
    JsonNode ports = spec.path("ports");
    if (address.isEmpty() || address.equals("None") || ports.isEmpty()) {
      return;
    }
    String prefix = upper(name);
    variables.put(prefix + "_SERVICE_HOST", address);
    variables.put(prefix + "_SERVICE_PORT", number(ports.get(0)));
    for (JsonNode port : ports) {
      String portName = port.path("name").asString("");
      if (!portName.isEmpty()) {
        variables.put(prefix + "_SERVICE_PORT_" + upper(portName), number(port));
      }
    }
    String host = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
    for (JsonNode port : ports) {
      String protocol = port.path("protocol").asString("TCP");
      String url = protocol.toLowerCase(Locale.ROOT) + "://" + host + ":" + number(port);
      String one = prefix + "_PORT_" + number(port) + "_" + upper(protocol);
      variables.putIfAbsent(prefix + "_PORT", url);
      variables.put(one, url);
      variables.put(one + "_PROTO", protocol.toLowerCase(Locale.ROOT));
      variables.put(one + "_PORT", number(port));
      variables.put(one + "_ADDR", address);
    }
  }

  private static String number(JsonNode port) {
    return Integer.toString(port.path("port").asInt(0));
  }

  private static String upper(String name) {
    return name.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
