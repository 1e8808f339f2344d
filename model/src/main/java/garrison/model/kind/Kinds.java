package garrison.model.kind;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The registry: every kind that Garrison serves (spec: api-server 2). A new kind is a new value in
 * {@code CoreKinds} or {@code GroupKinds}. Immutable, thread-safe.
 */
public final class Kinds {
  /** Binding. */
  public static final Kind BINDING = CoreKinds.BINDING;

  /** ConfigMap. */
  public static final Kind CONFIG_MAP = CoreKinds.CONFIG_MAP;

  /** Endpoints. */
  public static final Kind ENDPOINTS = CoreKinds.ENDPOINTS;

  /** Event. */
  public static final Kind EVENT = CoreKinds.EVENT;

  /** LimitRange. */
  public static final Kind LIMIT_RANGE = CoreKinds.LIMIT_RANGE;

  /** Namespace. */
  public static final Kind NAMESPACE = CoreKinds.NAMESPACE;

  /** Node. */
  public static final Kind NODE = CoreKinds.NODE;

  /** PersistentVolumeClaim. */
  public static final Kind PERSISTENT_VOLUME_CLAIM = CoreKinds.PERSISTENT_VOLUME_CLAIM;

  /** PersistentVolume. */
  public static final Kind PERSISTENT_VOLUME = CoreKinds.PERSISTENT_VOLUME;

  /** Pod. */
  public static final Kind POD = CoreKinds.POD;

  /** PodTemplate. */
  public static final Kind POD_TEMPLATE = CoreKinds.POD_TEMPLATE;

  /** ReplicationController. */
  public static final Kind REPLICATION_CONTROLLER = CoreKinds.REPLICATION_CONTROLLER;

  /** ResourceQuota. */
  public static final Kind RESOURCE_QUOTA = CoreKinds.RESOURCE_QUOTA;

  /** Secret. */
  public static final Kind SECRET = CoreKinds.SECRET;

  /** ServiceAccount. */
  public static final Kind SERVICE_ACCOUNT = CoreKinds.SERVICE_ACCOUNT;

  /** Service. */
  public static final Kind SERVICE = CoreKinds.SERVICE;

  /** DaemonSet. */
  public static final Kind DAEMON_SET = GroupKinds.DAEMON_SET;

  /** ControllerRevision. */
  public static final Kind CONTROLLER_REVISION = GroupKinds.CONTROLLER_REVISION;

  /** SelfSubjectReview. */
  public static final Kind SELF_SUBJECT_REVIEW = GroupKinds.SELF_SUBJECT_REVIEW;

  /** TokenReview. */
  public static final Kind TOKEN_REVIEW = GroupKinds.TOKEN_REVIEW;

  /** LocalSubjectAccessReview. */
  public static final Kind LOCAL_SUBJECT_ACCESS_REVIEW = GroupKinds.LOCAL_SUBJECT_ACCESS_REVIEW;

  /** SelfSubjectAccessReview. */
  public static final Kind SELF_SUBJECT_ACCESS_REVIEW = GroupKinds.SELF_SUBJECT_ACCESS_REVIEW;

  /** SelfSubjectRulesReview. */
  public static final Kind SELF_SUBJECT_RULES_REVIEW = GroupKinds.SELF_SUBJECT_RULES_REVIEW;

  /** SubjectAccessReview. */
  public static final Kind SUBJECT_ACCESS_REVIEW = GroupKinds.SUBJECT_ACCESS_REVIEW;

  /** Lease. */
  public static final Kind LEASE = GroupKinds.LEASE;

  /** Event of events.k8s.io, over the same storage as {@link #EVENT}. */
  public static final Kind EVENTS_EVENT = GroupKinds.EVENTS_EVENT;

  /** PodDisruptionBudget. */
  public static final Kind POD_DISRUPTION_BUDGET = GroupKinds.POD_DISRUPTION_BUDGET;

  /** ClusterRole. */
  public static final Kind CLUSTER_ROLE = GroupKinds.CLUSTER_ROLE;

  /** ClusterRoleBinding. */
  public static final Kind CLUSTER_ROLE_BINDING = GroupKinds.CLUSTER_ROLE_BINDING;

  /** Role. */
  public static final Kind ROLE = GroupKinds.ROLE;

  /** RoleBinding. */
  public static final Kind ROLE_BINDING = GroupKinds.ROLE_BINDING;

  /** PriorityClass. */
  public static final Kind PRIORITY_CLASS = GroupKinds.PRIORITY_CLASS;

  /** CSIDriver. */
  public static final Kind CSI_DRIVER = GroupKinds.CSI_DRIVER;

  /** CSINode. */
  public static final Kind CSI_NODE = GroupKinds.CSI_NODE;

  /** StorageClass. */
  public static final Kind STORAGE_CLASS = GroupKinds.STORAGE_CLASS;

  /** VolumeAttachment. */
  public static final Kind VOLUME_ATTACHMENT = GroupKinds.VOLUME_ATTACHMENT;

  /** RuntimeClass. */
  public static final Kind RUNTIME_CLASS = GroupKinds.RUNTIME_CLASS;

  /** CustomResourceDefinition. */
  public static final Kind CUSTOM_RESOURCE_DEFINITION = GroupKinds.CUSTOM_RESOURCE_DEFINITION;

  /** NodeCredential. */
  public static final Kind NODE_CREDENTIAL = GroupKinds.NODE_CREDENTIAL;

  private static final List<Kind> ALL =
      Stream.concat(CoreKinds.all().stream(), GroupKinds.all().stream()).toList();

  private static final Map<String, Kind> BY_PLURAL = new HashMap<>();
  private static final Map<String, Kind> BY_KIND = new HashMap<>();

  static {
    for (Kind kind : ALL) {
      BY_PLURAL.put(kind.group() + "/" + kind.version() + "/" + kind.plural(), kind);
      BY_KIND.put(kind.apiVersion() + "/" + kind.kind(), kind);
    }
  }

  private Kinds() {}

  /** All kinds: the core group, then the others in the order of discovery. */
  public static List<Kind> all() {
    return ALL;
  }

  /** The kind served at this group, version and plural; null where there is none. */
  public static @Nullable Kind byPlural(String group, String version, String plural) {
    return BY_PLURAL.get(group + "/" + version + "/" + plural);
  }

  /** The kind of that apiVersion and kind name; null where there is none. */
  public static @Nullable Kind byKind(String apiVersion, String kindName) {
    return BY_KIND.get(apiVersion + "/" + kindName);
  }
}
