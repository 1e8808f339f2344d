package garrison.model.kind.table;

import garrison.model.kind.Column;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * The tables of kinds that clients cannot change here: of most there is never an object, yet every
 * cell is true to its header.
 */
public final class ForeignColumns {
  /** Services. */
  public static final List<Column> SERVICE =
      Columns.named()
          .text("Type", "How it is reached.", service -> Columns.at(service, "spec.type"))
          .text(
              "Cluster-IP",
              "Its address in the cluster.",
              service -> Columns.orNone(Columns.at(service, "spec.clusterIP")))
          .text("External-IP", "None: there is no load balancer.", service -> "<none>")
          .text("Port(s)", "Its ports.", service -> ports(service.path("spec").path("ports")))
          .age()
          .wide(
              "Selector",
              "Labels of the pods behind it.",
              service -> Columns.labels(service.path("spec").path("selector")))
          .list();

  /** Endpoints. */
  public static final List<Column> ENDPOINTS =
      Columns.named()
          .text("Endpoints", "Where they are.", endpoints -> places(endpoints.path("subsets")))
          .age()
          .list();

  /** ResourceQuotas. */
  public static final List<Column> RESOURCE_QUOTA = texts("Request:", "Limit:", "Age").list();

  /** PersistentVolumes. */
  public static final List<Column> PERSISTENT_VOLUME =
      texts(
              "Capacity:spec.capacity.storage",
              "Access Modes:",
              "Reclaim Policy:spec.persistentVolumeReclaimPolicy",
              "Status:status.phase",
              "Claim:spec.claimRef.name",
              "StorageClass:spec.storageClassName",
              "VolumeAttributesClass:spec.volumeAttributesClassName",
              "Reason:status.reason",
              "Age")
          .wide("VolumeMode", "How it is attached.", pv -> Columns.at(pv, "spec.volumeMode"))
          .list();

  /** PersistentVolumeClaims. */
  public static final List<Column> PERSISTENT_VOLUME_CLAIM =
      texts(
              "Status:status.phase",
              "Volume:spec.volumeName",
              "Capacity:status.capacity.storage",
              "Access Modes:",
              "StorageClass:spec.storageClassName",
              "VolumeAttributesClass:spec.volumeAttributesClassName",
              "Age")
          .wide("VolumeMode", "How it is attached.", pvc -> Columns.at(pvc, "spec.volumeMode"))
          .list();

  /** CSINodes. */
  public static final List<Column> CSI_NODE =
      Columns.named()
          .integer(
              "Drivers",
              "Storage drivers on the node.",
              node -> node.path("spec").path("drivers").size())
          .age()
          .list();

  /** CSIDrivers. */
  public static final List<Column> CSI_DRIVER =
      Columns.named()
          .flag("AttachRequired", "Must be attached.", 0, d -> spec(d, "attachRequired"))
          .flag("PodInfoOnMount", "Wants to know the pod.", 0, d -> spec(d, "podInfoOnMount"))
          .flag("StorageCapacity", "Reports capacity.", 0, d -> spec(d, "storageCapacity"))
          .text("TokenRequests", "Tokens it wants.", d -> "<unset>")
          .flag("RequiresRepublish", "Wants renewals.", 0, d -> spec(d, "requiresRepublish"))
          .text("Modes", "How its volumes live.", d -> "<unset>")
          .age()
          .list();

  /** StorageClasses. */
  public static final List<Column> STORAGE_CLASS =
      texts(
              "Provisioner:provisioner",
              "ReclaimPolicy:reclaimPolicy",
              "VolumeBindingMode:volumeBindingMode",
              "AllowVolumeExpansion:allowVolumeExpansion",
              "Age")
          .list();

  /** VolumeAttachments. */
  public static final List<Column> VOLUME_ATTACHMENT =
      Columns.named()
          .add(
              "Attacher",
              "string",
              "name",
              "The driver that attaches.",
              0,
              (document, now) -> StringNode.valueOf(Columns.at(document, "spec.attacher")))
          .text("PV", "The volume.", a -> Columns.at(a, "spec.source.persistentVolumeName"))
          .text("Node", "Where to.", a -> Columns.at(a, "spec.nodeName"))
          .flag(
              "Attached",
              "Whether it is.",
              0,
              a -> a.path("status").path("attached").asBoolean(false))
          .age()
          .list();

  private ForeignColumns() {}

  private static String ports(JsonNode ports) {
    List<String> texts = new ArrayList<>();
    ports.forEach(
        port ->
            texts.add(port.path("port").asInt(0) + "/" + port.path("protocol").asString("TCP")));
    return Columns.orNone(String.join(",", texts));
  }

  /** Each address with each of its ports. */
  private static String places(JsonNode subsets) {
    List<String> texts = new ArrayList<>();
    for (JsonNode subset : subsets) {
      for (JsonNode port : subset.path("ports")) {
        for (JsonNode address : subset.path("addresses")) {
          String ip = address.path("ip").asString("");
          String host = ip.indexOf(':') < 0 ? ip : "[" + ip + "]";
          texts.add(host + ":" + port.path("port").asInt(0));
        }
      }
    }
    return Columns.orNone(String.join(",", texts));
  }

  private static boolean spec(JsonNode document, String member) {
    return document.path("spec").path(member).asBoolean(false);
  }

  /** Columns given as {@code header:path}, with {@code Age} where it stands. */
  private static Columns texts(String... headers) {
    Columns columns = Columns.named();
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 0) {
        columns.age();
        continue;
      }
      String path = header.substring(colon + 1);
      columns.text(
          header.substring(0, colon),
          "As Kubernetes shows it.",
          document -> path.isEmpty() ? "<none>" : Columns.orNone(Columns.at(document, path)));
    }
    return columns;
  }
}
