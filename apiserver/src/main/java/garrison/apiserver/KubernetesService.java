package garrison.apiserver;

import garrison.apiserver.resource.Resources;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import tools.jackson.databind.node.ObjectNode;

/**
 * The service {@code kubernetes} of namespace default, by which clients in pods find the API server
 * (spec: node-agent 3.10), and its Endpoints. There is no kube-proxy here, so the service leads
 * straight to the server: its cluster IP is the address at which the server is reached, its port
 * the server's own. Thread-safe.
 */
final class KubernetesService {
  private static final String NAME = "kubernetes";
  private static final String NAMESPACE = "default";
  private static final String PORT_NAME = "https";
  private static final String PROTOCOL = "TCP";

  private final Resources resources;
  private final ObjectNode service;
  private final ObjectNode endpoints;

  /**
   * With the server's address, as a literal without brackets, and port. Nothing happens before
   * {@link #keep}.
   */
  KubernetesService(Resources resources, String address, int port) {
    this.resources = resources;
    this.service = service(address, port);
    this.endpoints = endpoints(address, port);
  }

  /** Makes what is missing, and puts back what is otherwise than it must be. */
  void keep() {
    resources.keep(Kinds.SERVICE, NAMESPACE, service);
    resources.keep(Kinds.ENDPOINTS, NAMESPACE, endpoints);
  }

  private static ObjectNode service(String address, int port) {
    ObjectNode document = object(Kinds.SERVICE);
    ObjectNode metadata = document.withObject("metadata");
    metadata.putObject("labels").put("component", "apiserver").put("provider", NAME);
    ObjectNode spec = document.putObject("spec");
    spec.putArray("ports")
        .addObject()
        .put("name", PORT_NAME)
        .put("protocol", PROTOCOL)
        .put("port", port)
        .put("targetPort", port);
    spec.put("clusterIP", address);
    spec.putArray("clusterIPs").add(address);
    spec.put("type", "ClusterIP").put("sessionAffinity", "None");
    spec.putArray("ipFamilies").add(address.indexOf(':') < 0 ? "IPv4" : "IPv6");
    spec.put("ipFamilyPolicy", "SingleStack").put("internalTrafficPolicy", "Cluster");
    document.putObject("status").putObject("loadBalancer");
    return document;
  }

  private static ObjectNode endpoints(String address, int port) {
    ObjectNode document = object(Kinds.ENDPOINTS);
    ObjectNode subset = document.putArray("subsets").addObject();
    subset.putArray("addresses").addObject().put("ip", address);
    subset
        .putArray("ports")
        .addObject()
        .put("name", PORT_NAME)
        .put("port", port)
        .put("protocol", PROTOCOL);
    return document;
  }

  private static ObjectNode object(Kind kind) {
    ObjectNode document =
        Json.object().put("kind", kind.kind()).put("apiVersion", kind.apiVersion());
    document.putObject("metadata").put("name", NAME).put("namespace", NAMESPACE);
    return document;
  }
}
