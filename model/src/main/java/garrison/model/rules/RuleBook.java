package garrison.model.rules;

import garrison.model.kind.Rules;
import garrison.model.rules.pod.PodRules;
import java.util.Map;

/** Finds the rules of a kind. Immutable, thread-safe. */
public final class RuleBook {
  private static final String RBAC = "rbac.authorization.k8s.io/";

  private static final Map<String, Rules> RULES =
      Map.ofEntries(
          Map.entry("/ConfigMap", new ConfigMapRules()),
          Map.entry("/Event", EventRules.ofCore()),
          Map.entry("/Namespace", new NamespaceRules()),
          Map.entry("/Node", new NodeRules()),
          Map.entry("/Pod", new PodRules()),
          Map.entry("/PodTemplate", new PodTemplateRules()),
          Map.entry("/Secret", new SecretRules()),
          Map.entry("/ServiceAccount", new ServiceAccountRules()),
          Map.entry("apps/ControllerRevision", new ControllerRevisionRules()),
          Map.entry("apps/DaemonSet", new DaemonSetRules()),
          Map.entry("coordination.k8s.io/Lease", new LeaseRules()),
          Map.entry("events.k8s.io/Event", EventRules.ofEvents()),
          Map.entry("node.k8s.io/RuntimeClass", new RuntimeClassRules()),
          Map.entry("policy/PodDisruptionBudget", new DisruptionBudgetRules()),
          Map.entry("scheduling.k8s.io/PriorityClass", new PriorityClassRules()),
          Map.entry("storage.k8s.io/CSINode", new CsiNodeRules()),
          Map.entry(
              "apiextensions.k8s.io/CustomResourceDefinition", new CustomResourceDefinitionRules()),
          Map.entry(RBAC + "Role", RbacRules.role(true)),
          Map.entry(RBAC + "ClusterRole", RbacRules.role(false)),
          Map.entry(RBAC + "RoleBinding", RbacRules.binding(true)),
          Map.entry(RBAC + "ClusterRoleBinding", RbacRules.binding(false)));

  private RuleBook() {}

  /** The rules of that kind; {@link Rules#NONE} where it has none of its own. */
  public static Rules of(String group, String kind) {
    return RULES.getOrDefault(group + "/" + kind, Rules.NONE);
  }
}
