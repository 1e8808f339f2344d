package garrison.agent.pod;

import garrison.model.Resources;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A pod on its node: what its containers may ask about themselves.
 *
 * @param pod the document; shared, not to be changed
 * @param node name of the node
 * @param address of the node
 * @param allocatable of the node, the limit of those that have none
 * @param podIps addresses of the pod; empty while it has none
 * @param ofFile whether it is a static pod: a file of the node defines it, not the API
 */
public record PodContext(
    ObjectNode pod,
    String node,
    String address,
    Resources allocatable,
    List<String> podIps,
    boolean ofFile) {
  /** One of the API. */
  public PodContext(
      ObjectNode pod, String node, String address, Resources allocatable, List<String> podIps) {
    this(pod, node, address, allocatable, podIps, false);
  }

  /** The same pod with these addresses. */
  PodContext at(List<String> ips) {
    return new PodContext(pod, node, address, allocatable, ips, ofFile);
  }

  /** Whether its network is the node's. */
  public boolean hostNetwork() {
    return spec().path("hostNetwork").asBoolean(false);
  }

  /** The pod's spec. */
  public JsonNode spec() {
    return pod.path("spec");
  }

  /** The pod's metadata. */
  public JsonNode metadata() {
    return pod.path("metadata");
  }

  /** Its namespace. */
  public String namespace() {
    return metadata().path("namespace").asString("");
  }

  /** Its name. */
  public String name() {
    return metadata().path("name").asString("");
  }

  /** Its uid. */
  public String uid() {
    return metadata().path("uid").asString("");
  }

  /** {@code name_namespace(uid)}, as in upstream's messages. */
  public String full() {
    return name() + "_" + namespace() + "(" + uid() + ")";
  }
}
