package garrison.model.kind;

import static garrison.model.kind.Verb.CREATE;

import garrison.model.kind.table.ConfigurationColumns;
import garrison.model.kind.table.EventColumns;
import garrison.model.kind.table.ForeignColumns;
import garrison.model.kind.table.WorkloadColumns;
import java.util.List;

/** The kinds outside the core group (spec: api-server 2), in the order of discovery. */
final class GroupKinds {
  static final Kind DAEMON_SET =
      KindBuilder.of("apps", "v1", "DaemonSet", "daemonsets")
          .struct("apps.v1.DaemonSet")
          .shortNames("ds")
          .categories("all")
          .status()
          .traits(Trait.GENERATION)
          .columns(WorkloadColumns.DAEMON_SET)
          .build();

  static final Kind CONTROLLER_REVISION =
      KindBuilder.of("apps", "v1", "ControllerRevision", "controllerrevisions")
          .struct("apps.v1.ControllerRevision")
          .columns(WorkloadColumns.CONTROLLER_REVISION)
          .build();

  static final Kind SELF_SUBJECT_REVIEW =
      review("authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews")
          .struct("authentication.v1.SelfSubjectReview")
          .build();

  static final Kind TOKEN_REVIEW =
      review("authentication.k8s.io", "TokenReview", "tokenreviews")
          .struct("authentication.v1.TokenReview")
          .build();

  static final Kind LOCAL_SUBJECT_ACCESS_REVIEW =
      KindBuilder.of(
              "authorization.k8s.io", "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews")
          .struct("authorization.v1.LocalSubjectAccessReview")
          .verbs(CREATE)
          .traits(Trait.REVIEW)
          .build();

  static final Kind SELF_SUBJECT_ACCESS_REVIEW =
      review("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews")
          .struct("authorization.v1.SelfSubjectAccessReview")
          .build();

  static final Kind SELF_SUBJECT_RULES_REVIEW =
      review("authorization.k8s.io", "SelfSubjectRulesReview", "selfsubjectrulesreviews")
          .struct("authorization.v1.SelfSubjectRulesReview")
          .build();

  static final Kind SUBJECT_ACCESS_REVIEW =
      review("authorization.k8s.io", "SubjectAccessReview", "subjectaccessreviews")
          .struct("authorization.v1.SubjectAccessReview")
          .build();

  static final Kind LEASE =
      KindBuilder.of("coordination.k8s.io", "v1", "Lease", "leases")
          .struct("coordination.v1.Lease")
          .traits(Trait.VERSIONED_UPDATE, Trait.CREATE_ON_UPDATE)
          .columns(ConfigurationColumns.LEASE)
          .build();

  static final Kind EVENTS_EVENT =
      KindBuilder.of("events.k8s.io", "v1", "Event", "events")
          .struct("events.v1.Event")
          .shortNames("ev")
          .selectable(
              "regarding.kind",
              "regarding.namespace",
              "regarding.name",
              "regarding.uid",
              "regarding.apiVersion",
              "regarding.resourceVersion",
              "regarding.fieldPath",
              "reason",
              "reportingController",
              "type")
          .traits(Trait.CREATE_ON_UPDATE)
          .storedAs(CoreKinds.EVENT, EventConversion::toCore, EventConversion::fromCore)
          .columns(EventColumns.over(EventConversion::toCore))
          .build();

  static final Kind POD_DISRUPTION_BUDGET =
      KindBuilder.of("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets")
          .struct("policy.v1.PodDisruptionBudget")
          .shortNames("pdb")
          .status()
          .traits(Trait.GENERATION, Trait.VERSIONED_UPDATE)
          .columns(ConfigurationColumns.POD_DISRUPTION_BUDGET)
          .build();

  static final Kind CLUSTER_ROLE =
      rbac("ClusterRole", "clusterroles").struct("rbac.v1.ClusterRole").clusterScoped().build();

  static final Kind CLUSTER_ROLE_BINDING =
      rbac("ClusterRoleBinding", "clusterrolebindings")
          .struct("rbac.v1.ClusterRoleBinding")
          .clusterScoped()
          .columns(ConfigurationColumns.ROLE_BINDING)
          .build();

  static final Kind ROLE = rbac("Role", "roles").struct("rbac.v1.Role").build();

  static final Kind ROLE_BINDING =
      rbac("RoleBinding", "rolebindings")
          .struct("rbac.v1.RoleBinding")
          .columns(ConfigurationColumns.ROLE_BINDING)
          .build();

  static final Kind PRIORITY_CLASS =
      KindBuilder.of("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses")
          .struct("scheduling.v1.PriorityClass")
          .shortNames("pc")
          .clusterScoped()
          .traits(Trait.GENERATION)
          .columns(ConfigurationColumns.PRIORITY_CLASS)
          .build();

  static final Kind CSI_DRIVER =
      storage("CSIDriver", "csidrivers").readOnly().columns(ForeignColumns.CSI_DRIVER).build();

  static final Kind CSI_NODE =
      storage("CSINode", "csinodes")
          .status()
          .traits(Trait.VERSIONED_UPDATE, Trait.DELETE_ANSWERS_OBJECT)
          .columns(ForeignColumns.CSI_NODE)
          .build();

  static final Kind STORAGE_CLASS =
      storage("StorageClass", "storageclasses")
          .shortNames("sc")
          .readOnly()
          .columns(ForeignColumns.STORAGE_CLASS)
          .build();

  static final Kind VOLUME_ATTACHMENT =
      storage("VolumeAttachment", "volumeattachments")
          .readOnly()
          .columns(ForeignColumns.VOLUME_ATTACHMENT)
          .build();

  static final Kind RUNTIME_CLASS =
      KindBuilder.of("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses")
          .clusterScoped()
          .traits(Trait.VERSIONED_UPDATE)
          .columns(ConfigurationColumns.RUNTIME_CLASS)
          .build();

  static final Kind CUSTOM_RESOURCE_DEFINITION =
      KindBuilder.of(
              "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions")
          .shortNames("crd", "crds")
          .categories("api-extensions")
          .clusterScoped()
          .status()
          .traits(Trait.GENERATION)
          .columns(ConfigurationColumns.CUSTOM_RESOURCE_DEFINITION)
          .build();

  static final Kind NODE_CREDENTIAL =
      review("fleet.garrison", "NodeCredential", "nodecredentials").build();

  private GroupKinds() {}

  private static KindBuilder review(String group, String kind, String plural) {
    return KindBuilder.of(group, "v1", kind, plural)
        .clusterScoped()
        .verbs(CREATE)
        .traits(Trait.REVIEW);
  }

  private static KindBuilder rbac(String kind, String plural) {
    return KindBuilder.of("rbac.authorization.k8s.io", "v1", kind, plural);
  }

  private static KindBuilder storage(String kind, String plural) {
    return KindBuilder.of("storage.k8s.io", "v1", kind, plural).clusterScoped();
  }

  static List<Kind> all() {
    return List.of(
        CONTROLLER_REVISION,
        DAEMON_SET,
        EVENTS_EVENT,
        SELF_SUBJECT_REVIEW,
        TOKEN_REVIEW,
        LOCAL_SUBJECT_ACCESS_REVIEW,
        SELF_SUBJECT_ACCESS_REVIEW,
        SELF_SUBJECT_RULES_REVIEW,
        SUBJECT_ACCESS_REVIEW,
        POD_DISRUPTION_BUDGET,
        CLUSTER_ROLE_BINDING,
        CLUSTER_ROLE,
        ROLE_BINDING,
        ROLE,
        CSI_DRIVER,
        CSI_NODE,
        STORAGE_CLASS,
        VOLUME_ATTACHMENT,
        CUSTOM_RESOURCE_DEFINITION,
        PRIORITY_CLASS,
        LEASE,
        RUNTIME_CLASS,
        NODE_CREDENTIAL);
  }
}
