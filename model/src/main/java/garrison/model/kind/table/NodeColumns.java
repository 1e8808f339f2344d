package garrison.model.kind.table;

import garrison.model.kind.Column;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The table of nodes (spec: api-server 7, "Cell rules"). */
public final class NodeColumns {
  private static final String ROLE_PREFIX = "node-role.kubernetes.io/";

  /** Its columns. */
  public static final List<Column> ALL =
      Columns.named()
          .text("Status", "Whether the node is ready, and takes new pods.", NodeColumns::status)
          .text("Roles", "What the node is for, by its labels.", NodeColumns::roles)
          .age()
          .text(
              "Version",
              "Version of the node's agent.",
              node -> Columns.at(node, "status.nodeInfo.kubeletVersion"))
          .wide("Internal-IP", "Address inside the fleet.", node -> address(node, "InternalIP"))
          .wide("External-IP", "Address from outside.", node -> address(node, "ExternalIP"))
          .wide(
              "OS-Image",
              "Operating system of the node.",
              node -> unknown(Columns.at(node, "status.nodeInfo.osImage")))
          .wide("Kernel-Version", "Kernel, and its architecture.", NodeColumns::kernel)
          .wide(
              "Container-Runtime",
              "What runs the node's containers.",
              node -> unknown(Columns.at(node, "status.nodeInfo.containerRuntimeVersion")))
          .list();

  private NodeColumns() {}

  private static String status(ObjectNode node) {
    String status = "Unknown";
    for (JsonNode condition : node.path("status").path("conditions")) {
      if (condition.path("type").asString("").equals("Ready")) {
        status = condition.path("status").asString("").equals("True") ? "Ready" : "NotReady";
      }
    }
    return node.path("spec").path("unschedulable").asBoolean(false)
        ? status + ",SchedulingDisabled"
        : status;
  }

  private static String roles(ObjectNode node) {
    TreeSet<String> roles = new TreeSet<>();
    node.path("metadata")
        .path("labels")
        .forEachEntry(
            (key, value) -> {
              if (key.startsWith(ROLE_PREFIX) && key.length() > ROLE_PREFIX.length()) {
                roles.add(key.substring(ROLE_PREFIX.length()));
              } else if (key.equals("kubernetes.io/role") && !value.asString("").isEmpty()) {
                roles.add(value.asString(""));
              }
            });
    return Columns.orNone(String.join(",", roles));
  }

  private static String address(ObjectNode node, String type) {
    for (JsonNode address : node.path("status").path("addresses")) {
      if (address.path("type").asString("").equals(type)) {
        return Columns.orNone(address.path("address").asString(""));
      }
    }
    return "<none>";
  }

  private static String kernel(ObjectNode node) {
    String version = Columns.at(node, "status.nodeInfo.kernelVersion");
    String architecture = Columns.at(node, "status.nodeInfo.architecture");
    return version.isEmpty()
        ? "<unknown>"
        : architecture.isEmpty() ? version : version + " (" + architecture + ")";
  }

  private static String unknown(String text) {
    return text.isEmpty() ? "<unknown>" : text;
  }
}
