package garrison.model.kind.table;

import garrison.model.OwnerReference;
import garrison.model.kind.Column;
import garrison.model.selector.LabelSelector;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The tables of what makes pods (spec: api-server 7, "Cell rules"). */
public final class WorkloadColumns {
  /** DaemonSets. */
  public static final List<Column> DAEMON_SET =
      Columns.named()
          .integer(
              "Desired",
              "Nodes that should run the daemon.",
              set -> Columns.status(set, "desiredNumberScheduled"))
          .integer(
              "Current",
              "Nodes that should run it and have a pod of it.",
              set -> Columns.status(set, "currentNumberScheduled"))
          .integer(
              "Ready",
              "Nodes on which its pod is ready.",
              set -> Columns.status(set, "numberReady"))
          .integer(
              "Up-to-date",
              "Nodes whose pod is of the current template.",
              set -> Columns.status(set, "updatedNumberScheduled"))
          .integer(
              "Available",
              "Nodes on which its pod has been ready for long enough.",
              set -> Columns.status(set, "numberAvailable"))
          .text(
              "Node Selector",
              "Labels that a node must have.",
              set -> Columns.labels(template(set).path("nodeSelector")))
          .age()
          .wide(
              "Containers",
              "Names of the containers.",
              set -> Columns.joined(template(set).path("containers"), "name"))
          .wide(
              "Images",
              "Images of the containers.",
              set -> Columns.joined(template(set).path("containers"), "image"))
          .wide(
              "Selector",
              "Labels by which it knows its pods.",
              set -> LabelSelector.of(set.path("spec").get("selector")).format())
          .list();

  /** ControllerRevisions. */
  public static final List<Column> CONTROLLER_REVISION =
      Columns.named()
          .text("Controller", "Whose template it remembers.", WorkloadColumns::controller)
          .count("Revision", "Its number.", 0, revision -> revision.path("revision").asLong(0))
          .age()
          .list();

  /** Pod templates. */
  public static final List<Column> POD_TEMPLATE =
      Columns.named()
          .text(
              "Containers",
              "Names of the containers.",
              document -> Columns.joined(containers(document), "name"))
          .text(
              "Images",
              "Images of the containers.",
              document -> Columns.joined(containers(document), "image"))
          .text(
              "Pod Labels",
              "Labels of the pods made from it.",
              document -> Columns.labels(document.path("template").path("metadata").path("labels")))
          .list();

  /** ReplicationControllers: listed, never there. */
  public static final List<Column> REPLICATION_CONTROLLER =
      Columns.named()
          .integer("Desired", "Pods wanted.", set -> set.path("spec").path("replicas").asLong(0))
          .integer("Current", "Pods there.", set -> Columns.status(set, "replicas"))
          .integer("Ready", "Pods ready.", set -> Columns.status(set, "readyReplicas"))
          .age()
          .wide(
              "Containers",
              "Names of the containers.",
              set -> Columns.joined(template(set).path("containers"), "name"))
          .wide(
              "Images",
              "Images of the containers.",
              set -> Columns.joined(template(set).path("containers"), "image"))
          .wide(
              "Selector",
              "Labels by which it knows its pods.",
              set -> Columns.labels(set.path("spec").path("selector")))
          .list();

  private WorkloadColumns() {}

  private static JsonNode template(ObjectNode document) {
    return document.path("spec").path("template").path("spec");
  }

  private static JsonNode containers(ObjectNode podTemplate) {
    return podTemplate.path("template").path("spec").path("containers");
  }

  private static String controller(ObjectNode document) {
    OwnerReference owner = Columns.controller(document);
    if (owner == null) {
      return "<none>";
    }
    int slash = owner.apiVersion().indexOf('/');
    String group = slash < 0 ? "" : "." + owner.apiVersion().substring(0, slash);
    return owner.kind().toLowerCase(Locale.ROOT) + group + "/" + owner.name();
  }
}
