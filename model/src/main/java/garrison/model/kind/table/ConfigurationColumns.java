package garrison.model.kind.table;

import garrison.model.kind.Column;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** The tables of what configures a fleet (spec: api-server 7, "Cell rules"). */
public final class ConfigurationColumns {
  /** Namespaces. */
  public static final List<Column> NAMESPACE =
      Columns.named()
          .text("Status", "Active, or on its way out.", space -> Columns.at(space, "status.phase"))
          .age()
          .list();

  /** ConfigMaps. */
  public static final List<Column> CONFIG_MAP =
      Columns.named()
          .count(
              "Data",
              "How many entries it has.",
              0,
              map -> map.path("data").size() + map.path("binaryData").size())
          .age()
          .list();

  /** Secrets: never their values. */
  public static final List<Column> SECRET =
      Columns.named()
          .text("Type", "What it is for.", secret -> Columns.at(secret, "type"))
          .count("Data", "How many entries it has.", 0, secret -> secret.path("data").size())
          .age()
          .list();

  /** Leases. */
  public static final List<Column> LEASE =
      Columns.named()
          .text("Holder", "Who holds it.", lease -> Columns.at(lease, "spec.holderIdentity"))
          .age()
          .list();

  /** PodDisruptionBudgets. */
  public static final List<Column> POD_DISRUPTION_BUDGET =
      Columns.named()
          .text(
              "Min Available",
              "Pods that must stay.",
              budget -> orNotApplicable(Columns.at(budget, "spec.minAvailable")))
          .text(
              "Max Unavailable",
              "Pods that may be missing.",
              budget -> orNotApplicable(Columns.at(budget, "spec.maxUnavailable")))
          .integer(
              "Allowed Disruptions",
              "Pods that may be evicted now.",
              budget -> Columns.status(budget, "disruptionsAllowed"))
          .age()
          .list();

  /** PriorityClasses. */
  public static final List<Column> PRIORITY_CLASS =
      Columns.named()
          .integer("Value", "The priority itself.", kind -> kind.path("value").asLong(0))
          .flag(
              "Global-Default",
              "Whether pods that name no class get it.",
              0,
              kind -> kind.path("globalDefault").asBoolean(false))
          .age()
          .text(
              "PreemptionPolicy",
              "Whether its pods may displace others.",
              kind -> Columns.at(kind, "preemptionPolicy"))
          .list();

  /** RuntimeClasses. */
  public static final List<Column> RUNTIME_CLASS =
      Columns.named()
          .text("Handler", "What runs its pods.", kind -> Columns.at(kind, "handler"))
          .age()
          .list();

  /** RoleBindings and ClusterRoleBindings. */
  public static final List<Column> ROLE_BINDING =
      Columns.named()
          .text(
              "Role",
              "What is allowed.",
              binding ->
                  Columns.at(binding, "roleRef.kind") + "/" + Columns.at(binding, "roleRef.name"))
          .age()
          .wide("Users", "To these users.", binding -> subjects(binding, "User"))
          .wide("Groups", "To these groups.", binding -> subjects(binding, "Group"))
          .wide(
              "ServiceAccounts",
              "To these service accounts.",
              binding -> subjects(binding, "ServiceAccount"))
          .list();

  /** CustomResourceDefinitions. */
  public static final List<Column> CUSTOM_RESOURCE_DEFINITION =
      Columns.named()
          .text("Scope", "Where its objects live.", kind -> Columns.at(kind, "spec.scope"))
          .text("Versions", "Its versions.", ConfigurationColumns::versions)
          .add(
              "Created At",
              "date",
              "",
              "When the server stored the definition first.",
              0,
              (kind, now) -> StringNode.valueOf(Columns.at(kind, "metadata.creationTimestamp")))
          .wide("Group", "Its API group.", kind -> Columns.at(kind, "spec.group"))
          .wide("Kind", "The kind it defines.", kind -> Columns.at(kind, "spec.names.kind"))
          .wide("ShortNames", "Short names of the resource.", ConfigurationColumns::shortNames)
          .flag("Established", "Whether it is served.", 1, ConfigurationColumns::established)
          .list();

  private ConfigurationColumns() {}

  private static String orNotApplicable(String text) {
    return text.isEmpty() ? "N/A" : text;
  }

  private static String subjects(ObjectNode binding, String kind) {
    List<String> names = new ArrayList<>();
    for (JsonNode subject : binding.path("subjects")) {
      if (subject.path("kind").asString("").equals(kind)) {
        String name = subject.path("name").asString("");
        names.add(
            kind.equals("ServiceAccount")
                ? subject.path("namespace").asString("") + "/" + name
                : name);
      }
    }
    return String.join(",", names);
  }

  private static String versions(ObjectNode definition) {
    List<String> texts = new ArrayList<>();
    for (JsonNode version : definition.path("spec").path("versions")) {
      String name = version.path("name").asString("");
      texts.add(version.path("storage").asBoolean(false) ? name + "(storage)" : name);
    }
    return String.join(",", texts);
  }

  private static String shortNames(ObjectNode definition) {
    List<String> names = new ArrayList<>();
    definition
        .path("spec")
        .path("names")
        .path("shortNames")
        .forEach(name -> names.add(name.asString("")));
    return String.join(",", names);
  }

  private static boolean established(ObjectNode definition) {
    for (JsonNode condition : definition.path("status").path("conditions")) {
      if (condition.path("type").asString("").equals("Established")) {
        return condition.path("status").asString("").equals("True");
      }
    }
    return false;
  }
}
